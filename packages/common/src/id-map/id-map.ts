/** The ID map in memory: immutable, indexed for every look-up the services make. */
import type { EmployeeId } from '../ids.ts';
import type {
  AgentMapping,
  DnEntry,
  IdMapContent,
  QueueMapping,
  SkillMapping,
  WrapupCodeMapping,
} from './content.ts';

/**
 * What a service says of the map that it works from. An empty one is complete: EXCS writes it before its first plan has
 * been approved, and those that read it are ready to begin.
 */
export function aboutMap({ version, content }: Pick<IdMap, 'version' | 'content'>): string {
  const { agents, queues } = content;
  if (agents.length + queues.length > 0)
    return `version ${version}, ${agents.length} agents, ${queues.length} queues`;
  return (
    `version ${version}, nothing is mapped yet: work begins when EXCS has applied its first plan ` +
    '(exop sync status says whether it waits for approval)'
  );
}

/** Look-ups in one version of the ID map; it never changes. */
export class IdMap {
  readonly version: number;
  readonly content: IdMapContent;
  readonly #agents = new Map<string, AgentMapping>();
  readonly #logins = new Map<string, AgentMapping>();
  readonly #queues = new Map<string, QueueMapping>();
  readonly #skills = new Map<string, SkillMapping>();
  readonly #wrapupCodes = new Map<string, WrapupCodeMapping>();
  readonly #dns = new Map<string, DnEntry[]>();

  /**
   * Where two entries share a key, the first in `content` is found.
   * @param version rises with each change
   */
  constructor(version: number, content: IdMapContent) {
    this.version = version;
    this.content = content;
    for (const agent of content.agents) {
      add(this.#agents, agent.employeeId, agent);
      for (const login of agent.logins) add(this.#logins, pair(login.switch, login.code), agent);
    }
    for (const queue of content.queues) add(this.#queues, pair(queue.switch, queue.number), queue);
    for (const skill of content.skills) add(this.#skills, anyCase(skill.name), skill);
    // A name goes before an equal display name of another code.
    for (const code of content.wrapupCodes) add(this.#wrapupCodes, anyCase(code.name), code);
    for (const code of content.wrapupCodes)
      if (code.displayName !== undefined) add(this.#wrapupCodes, anyCase(code.displayName), code);
    for (const dn of content.dns) {
      const known = this.#dns.get(dn.switch);
      if (known === undefined) this.#dns.set(dn.switch, [dn]);
      else known.push(dn);
    }
  }

  agent(employeeId: EmployeeId): AgentMapping | undefined {
    return this.#agents.get(employeeId);
  }

  /** The agent who logs in with `code` on that switch. */
  login(switchName: string, code: string): AgentMapping | undefined {
    return this.#logins.get(pair(switchName, code));
  }

  queue(switchName: string, number: string): QueueMapping | undefined {
    return this.#queues.get(pair(switchName, number));
  }

  /** In any case. */
  skill(name: string): SkillMapping | undefined {
    return this.#skills.get(anyCase(name));
  }

  /** By name or display name, in any case. */
  wrapupCode(name: string): WrapupCodeMapping | undefined {
    return this.#wrapupCodes.get(anyCase(name));
  }

  /** Extension and ACD Position DNs of one switch, or of all. */
  dns(switchName?: string): readonly DnEntry[] {
    return switchName === undefined ? this.content.dns : (this.#dns.get(switchName) ?? []);
  }
}

function add<V>(index: Map<string, V>, key: string, value: V): void {
  if (!index.has(key)) index.set(key, value);
}

function pair(switchName: string, part: string): string {
  return `${switchName}\u0000${part}`;
}

function anyCase(name: string): string {
  return name.trim().toLowerCase();
}
