/** What can be expected of a mapping, and under which rules. */
import type { ContactCentre } from '../contact-centre.ts';
import type { SchemaProfile } from '../schema/profiles.ts';
import type { UserTexts } from './user-texts.ts';

export interface ExpectationRules {
  /** Default: the main tenant. */
  readonly tenantDbid?: number;
  /** Name of the folder that limits what is mapped; without it everything eligible. */
  readonly folder?: string;
  /** DN types that become queues. Default: virtual queues. */
  readonly dnTypes?: readonly number[];
  readonly defaultEmailDomain?: string;
  /** Default 5. */
  readonly skillLevelMax?: number;
  /** Default `DispositionCode`. */
  readonly wrapupAttribute?: string;
  /** What the database does not hold cannot be expected. Default `default`. */
  readonly profile?: SchemaProfile;
}

/** The rules with their defaults, and the contact centre they are applied to. */
export interface Case {
  readonly centre: ContactCentre;
  readonly tenantDbid: number;
  readonly folder: string | undefined;
  readonly dnTypes: readonly number[];
  readonly defaultEmailDomain: string | undefined;
  readonly skillLevelMax: number;
  readonly wrapupAttribute: string;
  /** The database has the names that are assumed only: folders, e-mail addresses, business attributes … */
  readonly complete: boolean;
  readonly conflicts: ExpectedConflict[];
}

export interface ExpectedUser extends UserTexts {
  readonly dbid: number;
  readonly employeeId: string;
  readonly email: string;
  readonly supervisor: boolean;
  /** Skill name and proficiency 0.0–5.0, in the order of the skills' DBIDs. */
  readonly skills: readonly { readonly name: string; readonly proficiency: number }[];
  /** In the order of switch name and code. */
  readonly logins: readonly { readonly switch: string; readonly code: string }[];
}

export interface ExpectedQueue {
  readonly dbid: number;
  readonly switch: string;
  readonly number: string;
  readonly name: string;
  /** DBIDs of mapped persons, rising. */
  readonly members: readonly number[];
  /** A linked group has a script that cannot be read: who is a member now stays one. */
  readonly keepsMembers: boolean;
}

/** Object that cannot be mapped as it stands; `dbid` is that of the person, skill, queue DN, group or value. */
export interface ExpectedConflict {
  readonly reason:
    | 'person.no-email'
    | 'person.duplicate-email'
    | 'skill.name-case'
    | 'queue.name-case'
    | 'queue.duplicate-name'
    | 'group.ambiguous-queue'
    | 'group.unknown-queue'
    | 'group.bad-script'
    | 'wrapup.name-case';
  readonly dbid: number;
}

export interface ExpectedNumber {
  readonly switch: string;
  readonly number: string;
  readonly type: 'Extension' | 'ACDPosition';
}

export interface Expectation {
  /** Each list by rising DBID. */
  readonly users: readonly ExpectedUser[];
  readonly skills: readonly { readonly dbid: number; readonly name: string }[];
  readonly queues: readonly ExpectedQueue[];
  readonly wrapupCodes: readonly { readonly dbid: number; readonly name: string }[];
  /** Telephones of the switches that have a queue in scope, whatever the folder. */
  readonly numbers: readonly ExpectedNumber[];
  readonly conflicts: readonly ExpectedConflict[];
  readonly counts: {
    readonly users: number;
    readonly supervisors: number;
    readonly skills: number;
    /** Pairs of user and skill. */
    readonly userSkills: number;
    readonly queues: number;
    /** Pairs of queue and user. */
    readonly members: number;
    readonly wrapupCodes: number;
  };
}
