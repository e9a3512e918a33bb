/** What a sample contact centre shall be like. */

/** Irregularities that real databases have; each can be switched on alone. */
export const flaws = [
  /** Skills, queue aliases and disposition values that differ only in case. */
  'case-conflicts',
  /** A second person with the e-mail address of another one, in another letter case. */
  'duplicate-email',
  /** Agents without an e-mail address whose user name is not one either. */
  'missing-email',
  /** A person under a new DBID; the old DBID is still in skill levels and groups. */
  'recreated-person',
  /** Blanks behind names and numbers. */
  'trailing-blanks',
  /** Disabled persons, skills, queues and disposition values. */
  'disabled-objects',
  /** A group whose link names no queue. */
  'missing-queue',
  /** A group whose link fits queues on two switches. */
  'ambiguous-queue',
  /** Skill levels above the highest one. */
  'high-levels',
  /** Members and levels that point to objects which are gone. */
  'dangling-references',
  /** Virtual groups whose script asks who is logged in. */
  'login-scripts',
  /** A virtual group whose script cannot be read. */
  'broken-script',
  /** A client secret in the main tenant that is shown as asterisks: the settings cannot be used. */
  'masked-secret',
] as const;
export type Flaw = (typeof flaws)[number];

/** What does not keep the connector from working; the default. */
export const harmlessFlaws: readonly Flaw[] = flaws.filter(
  (flaw) => flaw !== 'masked-secret' && flaw !== 'broken-script',
);

/** Content of the transaction `hybrid_integration`. */
export interface HybridIntegration {
  readonly organizationId: string;
  readonly organizationShortName?: string;
  /** For example `https://api.mypurecloud.com`. */
  readonly baseServiceUrl: string;
  readonly baseAuthUrl?: string;
  readonly clients: {
    readonly [S in 'config_sync' | 'agent_state_sync' | 'conversation_provider']?: {
      readonly clientId: string;
      readonly clientSecret: string;
    };
  };
  /** Seconds. */
  readonly agentPollingInterval?: number;
}

export interface ContactCentreOptions {
  /** The same seed and options give the same contact centre, row by row. */
  readonly seed: number;
  /** Persons with *Is Agent* in the main tenant, 20 to 20,000. */
  readonly agents: number;
  /** Default: 2 up to 200 agents, 3 up to 5,000, else 4. */
  readonly switches?: number;
  /** Virtual queues in the main tenant. Default: about one for 40 agents, at least 6. */
  readonly queues?: number;
  /** Skills in the main tenant. Default: about 12 plus one for 100 agents. */
  readonly skills?: number;
  /** Mean number of skills of an agent. Default 5. */
  readonly skillsPerAgent?: number;
  /** Highest regular skill level. Default 5. */
  readonly levelMax?: number;
  /** Name of the folder in which the objects to map lie. Default `EX_EVOLUTION`. */
  readonly folder?: string;
  /** Share of agents, skills and queues in that folder, 0 to 1. Default 0.9. */
  readonly folderShare?: number;
  /** Domain of the e-mail addresses. Default `contact.example`. */
  readonly emailDomain?: string;
  /** Default: {@link harmlessFlaws}. */
  readonly flaws?: readonly Flaw[];
  /** Without it the main tenant has no transaction of that name. */
  readonly integration?: HybridIntegration;
}

export type ResolvedOptions = Required<Omit<ContactCentreOptions, 'integration' | 'flaws'>> & {
  readonly flaws: ReadonlySet<Flaw>;
  readonly integration: HybridIntegration | undefined;
};

/** @throws RangeError when the size is out of bounds. */
export function resolveOptions(options: ContactCentreOptions): ResolvedOptions {
  const { agents } = options;
  if (!Number.isInteger(agents) || agents < 20 || agents > 20_000)
    throw new RangeError(`agents must be a whole number from 20 to 20,000, not ${agents}`);
  return {
    seed: options.seed,
    agents,
    switches: options.switches ?? (agents <= 200 ? 2 : agents <= 5_000 ? 3 : 4),
    queues: options.queues ?? Math.max(6, Math.round(agents / 40)),
    skills: options.skills ?? 12 + Math.floor(agents / 100),
    skillsPerAgent: options.skillsPerAgent ?? 5,
    levelMax: options.levelMax ?? 5,
    folder: options.folder ?? 'EX_EVOLUTION',
    folderShare: options.folderShare ?? 0.9,
    emailDomain: options.emailDomain ?? 'contact.example',
    flaws: new Set(options.flaws ?? harmlessFlaws),
    integration: options.integration,
  };
}
