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
import type { QueueValues } from '../desired/queue-fields.ts';
import type { UserValues } from '../desired/user-fields.ts';
import type { UserSkills } from './user-skills.ts';

export type UserState = 'active' | 'inactive' | 'deleted';

/** A queue as the cloud shows it. */
export interface NamedQueue extends QueueValues {
  readonly id: CloudQueueId;
}

/** A user as the cloud shows it. */
export interface CloudUser extends UserValues {
  readonly id: CloudUserId;
  readonly state: UserState;
  /** Undefined after a write whose answer does not tell it. */
  readonly version?: number | undefined;
  readonly skills: UserSkills;
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

export interface QueueLink extends NamedQueue, Linked {}

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

/**
 * Who holds the external identity of a person, as far as it was asked. `hidden`: the cloud refuses the identity as taken,
 * but no look-up shows by whom; a deleted user, for example.
 */
export type IdentityHolder = CloudUserId | 'nobody' | 'hidden';

export interface CloudSource {
  readonly id: CloudSourceId;
  readonly name: string;
  readonly description: string;
  readonly deactivated: boolean;
}

/** How our source becomes the primary one: set for each user, or as the default of the organisation. */
export type PrimarySourceScope = 'user' | 'organization';

export interface Organization {
  /** Our authority of external identities: `engage/<tenant>`. */
  readonly authority: string;
  /** How our source is to be called and described. */
  readonly wantedSource: { readonly name: string; readonly description: string };
  readonly source: CloudSource | undefined;
  readonly primarySourceScope: PrimarySourceScope;
  /** Source that is the default of the organisation; read only where the scope asks for it. */
  readonly defaultSourceId: string | undefined;
  readonly homeDivisionId: string | undefined;
  /** Undefined when the organisation has no such role. */
  readonly supervisorRoleId: string | undefined;
  readonly users: ReadonlyMap<Dbid, UserLink>;
  readonly skills: ReadonlyMap<Dbid, SkillLink>;
  readonly queues: ReadonlyMap<Dbid, QueueLink>;
  readonly wrapupCodes: ReadonlyMap<Dbid, WrapupLink>;
  readonly formerSkills: ReadonlyMap<CloudSkillId, FormerSkill>;
  /** Persons whose external identity was looked for. */
  readonly identityHolders: ReadonlyMap<Dbid, IdentityHolder>;
  /** Users whose identities were read in a look that has not come to its end. */
  readonly identitiesRead: ReadonlySet<CloudUserId>;
  /** Whether users that are matched by e-mail address are likely to hold identities of ours already. */
  readonly identitiesLikely: boolean;
  /** Any user of the organisation, by its ID. */
  user(id: CloudUserId): CloudUser | undefined;
  /** Users that no person stands behind. */
  otherUsers(): Iterable<CloudUser>;
  /** By e-mail address in any case. */
  userByEmail(email: string): CloudUser | undefined;
  /** DBID of the person whose user it is. */
  personOf(id: CloudUserId): Dbid | undefined;
  /** By name in any case; linked ones too. */
  skillByName(name: string): NamedEntity<CloudSkillId> | undefined;
  queueByName(name: string): NamedQueue | undefined;
  wrapupCodeByName(name: string): NamedEntity<CloudWrapupCodeId> | undefined;
  /** Undefined while they have not been read. */
  members(queue: CloudQueueId): ReadonlyMap<CloudUserId, Owner> | undefined;
  queueCodes(queue: CloudQueueId): ReadonlyMap<CloudWrapupCodeId, Owner> | undefined;
  /** Users that hold the role "Supervisor" in the home division. */
  readonly supervisors: ReadonlyMap<CloudUserId, Owner>;
  /** Users that hold a protected role. */
  readonly protectedUsers: ReadonlySet<CloudUserId>;
}
