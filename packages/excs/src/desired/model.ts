/** What the EX organisation should hold, in Engage's terms: no cloud ID occurs here. */
import type { Dbid, EmployeeId } from '@exec/common/ids';
import type { SkillLevels } from '../engage/skill-levels.ts';
import type { QueueValues } from './queue-fields.ts';
import type { UserValues } from './user-fields.ts';

export interface DesiredSkill {
  readonly dbid: Dbid;
  readonly name: string;
}

export interface DesiredUser extends UserValues {
  readonly dbid: Dbid;
  readonly employeeId: EmployeeId;
  readonly supervisor: boolean;
  /** Mapped skills with their proficiency. */
  readonly skills: SkillLevels;
  readonly logins: readonly { readonly switch: string; readonly code: string }[];
}

export interface DesiredQueue extends QueueValues {
  readonly dbid: Dbid;
  readonly switch: string;
  readonly number: string;
  /** What the queue is called when its name is held by a cloud queue that is not its own. */
  readonly fallbackName: string;
  /** DBIDs of mapped persons. */
  readonly members: ReadonlySet<Dbid>;
  /** Set when a linked group cannot be evaluated, or may be linked unseen: nobody is removed until it can. */
  readonly keepMembers: boolean;
}

export interface DesiredWrapupCode {
  readonly dbid: Dbid;
  /** Name in the cloud: the display name, else the name. */
  readonly name: string;
  readonly systemName: string;
  readonly displayName?: string;
}

export interface DnOfSwitch {
  readonly switch: string;
  readonly number: string;
  readonly type: 'Extension' | 'ACDPosition';
}

export const conflictReasons = [
  'person.no-email',
  'person.duplicate-email',
  'person.no-employee-id',
  'person.duplicate-employee-id',
  'person.email-taken',
  'person.identity-taken',
  'person.unreadable',
  'skill.no-name',
  'skill.name-case',
  'skill.unreadable',
  'queue.name-case',
  'queue.duplicate-name',
  'queue.name-taken',
  'queue.unreadable',
  'group.ambiguous-queue',
  'group.unknown-queue',
  'group.bad-script',
  'group.unreadable',
  'wrapup.name-case',
  'wrapup.duplicate-name',
  'wrapup.name-taken',
  'wrapup.attribute-missing',
  'wrapup.unreadable',
  'role.missing',
  'user.protected',
  'operation.refused',
] as const;
export type ConflictReason = (typeof conflictReasons)[number];

/** Something in Engage that cannot be mapped as it stands; nothing else stops because of it. */
export interface Conflict {
  readonly reason: ConflictReason;
  readonly object: EngageObject;
  /** One sentence for the operator. */
  readonly detail: string;
}

export const engageKinds = ['person', 'skill', 'queue', 'group', 'wrapup-code', 'tenant'] as const;
export type EngageKind = (typeof engageKinds)[number];

/** Names an object of Engage for people. */
export interface EngageObject {
  readonly kind: EngageKind;
  readonly dbid: Dbid;
  readonly name: string;
  /** Where it lies in Engage, from the tenant down. */
  readonly path: string;
}

/** Kinds whose read can be refused on its own. */
export const refusableKinds = ['persons', 'skills', 'queues'] as const;
export type RefusableKind = (typeof refusableKinds)[number];

export interface RefusedKind {
  readonly kind: RefusableKind;
  readonly detail: string;
}

export interface Frozen {
  readonly persons: ReadonlySet<Dbid>;
  readonly queues: ReadonlySet<Dbid>;
  readonly skills: ReadonlySet<Dbid>;
  readonly wrapupCodes: ReadonlySet<Dbid>;
}

export interface Desired {
  readonly tenant: { readonly dbid: Dbid; readonly name: string };
  readonly skills: ReadonlyMap<Dbid, DesiredSkill>;
  readonly users: ReadonlyMap<Dbid, DesiredUser>;
  readonly queues: ReadonlyMap<Dbid, DesiredQueue>;
  readonly wrapupCodes: ReadonlyMap<Dbid, DesiredWrapupCode>;
  /** False when the business attribute could not be read: wrap-up codes are then left as they are. */
  readonly wrapupKnown: boolean;
  readonly dns: readonly DnOfSwitch[];
  readonly conflicts: readonly Conflict[];
  /**
   * Objects that a conflict keeps from being mapped, or whose rows cannot be read: what exists of them in the cloud is
   * left alone.
   */
  readonly frozen: Frozen;
  readonly refused: readonly RefusedKind[];
  /** Levels above the highest one, which were cut. */
  readonly clampedLevels: number;
  /** Eligible objects before names and conflicts, for the metric. */
  readonly eligible: { readonly persons: number; readonly skills: number; readonly queues: number };
}
