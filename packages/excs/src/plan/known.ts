/** What is known of the EX organisation: read from it or written by us, kept so that a cycle needs no requests. */
import type {
  CloudQueueId,
  CloudSkillId,
  CloudSourceId,
  CloudUserId,
  CloudWrapupCodeId,
  Dbid,
  EmployeeId,
} from '@exec/common/ids';

export type UserState = 'active' | 'inactive' | 'deleted';

/** A user as the cloud shows it. */
export interface CloudUser {
  readonly id: CloudUserId;
  readonly name: string;
  readonly email: string;
  readonly state: UserState;
  /** Undefined after a write whose answer does not tell it. */
  readonly version?: number | undefined;
  /** `<skill ID>=<proficiency>` joined by `;`, in the order of the IDs. */
  readonly skills: string;
}

/** What every link has. */
export interface Linked {
  readonly dbid: Dbid;
  /** When the connector wrote the object last, milliseconds since 1970: reads lag behind for a while. */
  readonly at: number;
}

/** A user that stands for a person. */
export interface UserLink extends CloudUser, Linked {
  readonly employeeId: EmployeeId;
  /** Whether the connector made the user. */
  readonly created: boolean;
  /** Key under our authority that the user is known to hold. */
  readonly externalKey?: string | undefined;
  /** Source that is known to be the user's primary one. */
  readonly primarySourceId?: string | undefined;
}

export interface SkillLink extends Linked {
  readonly id: CloudSkillId;
  readonly name: string;
}

export interface QueueLink extends Linked {
  readonly id: CloudQueueId;
  readonly name: string;
  readonly peerId: string;
}

export interface WrapupLink extends Linked {
  readonly id: CloudWrapupCodeId;
  readonly name: string;
}

/** A skill that a renamed Engage skill has left behind. */
export interface FormerSkill {
  readonly id: CloudSkillId;
  readonly name: string;
  readonly dbid: Dbid;
}

/** Something in the cloud that no Engage object stands behind. */
export interface NamedEntity<Id extends string> {
  readonly id: Id;
  readonly name: string;
}

/**
 * Who put it there: what is not ours is never removed. `adding` is ours, but the request that adds it may not have
 * been carried out: it is added again, and removed if it is not wanted any more.
 */
export type Owner = 'ours' | 'foreign' | 'adding';

export interface CloudSource {
  readonly id: CloudSourceId;
  readonly name: string;
  readonly description: string;
  readonly deactivated: boolean;
}

export interface Known {
  /** Our authority of external identities: `engage/<tenant>`. */
  readonly authority: string;
  /** How our source is to be called and described. */
  readonly wantedSource: { readonly name: string; readonly description: string };
  readonly source: CloudSource | undefined;
  readonly homeDivisionId: string | undefined;
  /** Undefined when the organisation has no such role. */
  readonly supervisorRoleId: string | undefined;
  readonly users: ReadonlyMap<Dbid, UserLink>;
  readonly skills: ReadonlyMap<Dbid, SkillLink>;
  readonly queues: ReadonlyMap<Dbid, QueueLink>;
  readonly wrapupCodes: ReadonlyMap<Dbid, WrapupLink>;
  readonly formerSkills: ReadonlyMap<CloudSkillId, FormerSkill>;
  /** Persons whose external identity was looked up, and who holds it. */
  readonly externalOwners: ReadonlyMap<Dbid, CloudUserId | undefined>;
  /** Whether external identities of our authority may exist that no link knows of. */
  readonly lookUpExternalIds: boolean;
  /** Any user of the organisation, by its ID. */
  user(id: CloudUserId): CloudUser | undefined;
  /** By e-mail address in any case. */
  userByEmail(email: string): CloudUser | undefined;
  /** DBID of the person whose user it is. */
  personOf(id: CloudUserId): Dbid | undefined;
  /** By name in any case; linked ones too. */
  skillByName(name: string): NamedEntity<CloudSkillId> | undefined;
  queueByName(name: string): (NamedEntity<CloudQueueId> & { readonly peerId: string }) | undefined;
  wrapupCodeByName(name: string): NamedEntity<CloudWrapupCodeId> | undefined;
  /** Undefined while they have not been read. */
  members(queue: CloudQueueId): ReadonlyMap<CloudUserId, Owner> | undefined;
  queueCodes(queue: CloudQueueId): ReadonlyMap<CloudWrapupCodeId, Owner> | undefined;
  /** Users that hold the role "Supervisor" in the home division. */
  readonly supervisors: ReadonlyMap<CloudUserId, Owner>;
  /** Users that hold a protected role. */
  readonly protectedUsers: ReadonlySet<CloudUserId>;
}

/** `skills` of a user as pairs. */
export function parseSkills(skills: string): Map<CloudSkillId, number> {
  const pairs = new Map<CloudSkillId, number>();
  if (skills === '') return pairs;
  for (const pair of skills.split(';')) {
    const at = pair.lastIndexOf('=');
    pairs.set(pair.slice(0, at) as CloudSkillId, Number(pair.slice(at + 1)));
  }
  return pairs;
}

/** The one form in which two equal sets of skills are equal texts. */
export function formatSkills(pairs: Iterable<readonly [string, number]>): string {
  return [...pairs]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, proficiency]) => `${id}=${proficiency}`)
    .join(';');
}
