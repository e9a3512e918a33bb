/** The settings that the mapping follows. */

export interface SyncRules {
  /** Name of the folder that limits what is mapped; undefined: everything eligible. */
  readonly folder?: string | undefined;
  /** DN types that become queues. */
  readonly queueTypes: readonly number[];
  readonly defaultEmailDomain?: string | undefined;
  /** Level that stands for the cloud's highest proficiency 5.0. */
  readonly skillLevelMax: number;
  readonly virtualGroups: VirtualGroupRules;
}

export interface VirtualGroupRules {
  /** What `Skill(x)` is for an agent without the skill: every comparison false, or the level 0. */
  readonly missingSkill: 'no-match' | 'zero';
  /** Whether an agent counts as member when only `LoggedIn` could tell. */
  readonly unknownLogin: 'member' | 'no-member';
}
