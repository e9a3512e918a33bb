/** Changes of a contact centre over time, by what an administrator does. All numbers are DBIDs. */
import type { ContactCentre } from '../contact-centre.ts';
import type { SkillExpression } from '../model/skill-expression.ts';
import type { HybridIntegration } from '../options.ts';

export type PersonMutation =
  | {
      readonly kind: 'person.hire';
      readonly tenant: number;
      readonly firstName: string;
      readonly lastName: string;
      /** Switch of the telephone and the login. */
      readonly home: number;
      readonly folder: number;
      readonly levels: readonly (readonly [skill: number, level: number])[];
    }
  | { readonly kind: 'person.leave'; readonly person: number }
  /** Deleted and made again: same names, address and employee ID, new DBID, no skills, no groups. */
  | { readonly kind: 'person.re-create'; readonly person: number }
  | { readonly kind: 'person.rename'; readonly person: number; readonly lastName: string }
  | { readonly kind: 'person.change-email'; readonly person: number; readonly email: string }
  | { readonly kind: 'person.disable' | 'person.enable'; readonly person: number }
  | { readonly kind: 'person.promote' | 'person.demote'; readonly person: number }
  | { readonly kind: 'person.move'; readonly person: number; readonly folder: number }
  /** Gives the skill or changes its level. */
  | {
      readonly kind: 'person.set-level';
      readonly person: number;
      readonly skill: number;
      readonly level: number;
    }
  | { readonly kind: 'person.drop-skill'; readonly person: number; readonly skill: number }
  | { readonly kind: 'person.add-login'; readonly person: number; readonly switch: number };

export type SkillMutation =
  | { readonly kind: 'skill.create'; readonly tenant: number; readonly name: string; readonly folder: number }
  | { readonly kind: 'skill.rename'; readonly skill: number; readonly name: string }
  | { readonly kind: 'skill.disable' | 'skill.enable' | 'skill.delete'; readonly skill: number }
  | { readonly kind: 'skill.move'; readonly skill: number; readonly folder: number };

export type QueueMutation =
  | {
      readonly kind: 'queue.create';
      readonly switch: number;
      readonly number: string;
      readonly alias: string;
      readonly folder: number;
    }
  | { readonly kind: 'queue.change-alias'; readonly queue: number; readonly alias: string }
  | { readonly kind: 'queue.disable' | 'queue.enable' | 'queue.delete'; readonly queue: number }
  | { readonly kind: 'queue.move'; readonly queue: number; readonly folder: number };

export type GroupMutation =
  | {
      readonly kind: 'group.create';
      readonly tenant: number;
      readonly name: string;
      readonly link: string;
      readonly members: readonly number[];
    }
  | { readonly kind: 'group.delete'; readonly group: number }
  | {
      readonly kind: 'group.add-member' | 'group.remove-member';
      readonly group: number;
      readonly person: number;
    }
  | { readonly kind: 'group.link'; readonly group: number; readonly link: string }
  | { readonly kind: 'group.unlink'; readonly group: number }
  /** A group with listed members keeps them in the database, but the script alone counts from now on. */
  | {
      readonly kind: 'group.set-script';
      readonly group: number;
      readonly script: SkillExpression | 'unreadable';
    }
  | { readonly kind: 'group.drop-script'; readonly group: number };

export type WrapupMutation =
  | {
      readonly kind: 'wrapup.add';
      readonly attribute: number;
      readonly name: string;
      readonly displayName: string;
    }
  | { readonly kind: 'wrapup.change-display-name'; readonly value: number; readonly displayName: string }
  | { readonly kind: 'wrapup.disable' | 'wrapup.enable' | 'wrapup.delete'; readonly value: number };

/** Creates the transaction `hybrid_integration` when the tenant has none, and writes the options that are given. */
export interface IntegrationMutation {
  readonly kind: 'integration.set';
  readonly tenant: number;
  readonly integration: HybridIntegration;
}

export type Mutation =
  | PersonMutation
  | SkillMutation
  | QueueMutation
  | GroupMutation
  | WrapupMutation
  | IntegrationMutation;

export type MutationKind = Mutation['kind'];

/** The mutation of one kind. */
export type MutationOf<K extends MutationKind> = Mutation extends infer M
  ? M extends { readonly kind: infer Kinds }
    ? K extends Kinds
      ? Omit<M, 'kind'> & { readonly kind: K }
      : never
    : never
  : never;

/** What each kind of change does. */
export type Changes<Kinds extends MutationKind> = {
  readonly [K in Kinds]: (centre: ContactCentre, mutation: MutationOf<K>) => void;
};
