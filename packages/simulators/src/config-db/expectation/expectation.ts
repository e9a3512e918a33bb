/** What a correct mapping makes of a contact centre, worked out apart from the connector's own code. */
import type { ContactCentre } from '../contact-centre.ts';
import type { SchemaProfile } from '../schema/profiles.ts';

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

export interface ExpectedUser {
  readonly dbid: number;
  readonly employeeId: string;
  readonly name: string;
  readonly email: string;
  readonly supervisor: boolean;
  /** Skill name and proficiency 0.0–5.0, in the order of the skills' DBIDs. */
  readonly skills: readonly { readonly name: string; readonly proficiency: number }[];
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

export interface ExpectedConflict {
  readonly reason: string;
  readonly dbid: number;
}

export interface Expectation {
  readonly users: readonly ExpectedUser[];
  readonly skills: readonly { readonly dbid: number; readonly name: string }[];
  readonly queues: readonly ExpectedQueue[];
  readonly wrapupCodes: readonly { readonly dbid: number; readonly name: string }[];
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

export function expectation(_centre: ContactCentre, _rules: ExpectationRules = {}): Expectation {
  throw new Error('not yet');
}
