/** One step of a plan: what is done to which object, why, and what was and will be there. */
import type { CloudSkillId, CloudUserId, CloudWrapupCodeId, Dbid } from '@exec/common/ids';
import type { EngageKind } from '../desired/model.ts';

export const operationKinds = [
  'source',
  'skill',
  'wrapup-code',
  'queue',
  'user',
  'external-identity',
  'user-skills',
  'primary-source',
  'role',
  'queue-member',
  'queue-wrapup-code',
] as const;
export type OperationKind = (typeof operationKinds)[number];

export const operationNames = [
  'create',
  'adopt',
  'update',
  'activate',
  'restore',
  'deactivate',
  'add',
  'replace',
  'set',
  'remove',
  'grant',
  'revoke',
] as const;
export type OperationName = (typeof operationNames)[number];

/** What the safety limits count. */
export type LimitClass = 'deactivations' | 'creations' | `removals.${RemovalKind}`;
export const removalKinds = ['queue-member', 'role', 'user-skill', 'queue-wrapup-code'] as const;
export type RemovalKind = (typeof removalKinds)[number];

export interface Operation {
  /** `<kind>/<operation>/<DBID>`, with a running part where an object needs several; equal in equal plans. */
  readonly id: string;
  readonly kind: OperationKind;
  readonly operation: OperationName;
  readonly engage: { readonly kind: EngageKind; readonly dbid: Dbid; readonly name: string };
  readonly cloudId?: string | undefined;
  readonly reason: string;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  /** Steps of one lane run one after the other; lanes of one phase run side by side. */
  readonly phase: number;
  readonly lane: string;
  readonly work: Work;
  /** What the safety limits count of it: class and a key for each thing. */
  readonly counted?: { readonly limit: LimitClass; readonly items: readonly string[] } | undefined;
}

/** What the executor needs beyond the desired state; cloud IDs are looked up when the step runs. */
export type Work =
  | { readonly do: 'source' }
  | { readonly do: 'create-skill' | 'create-wrapup-code' | 'create-queue' | 'create-user' }
  | { readonly do: 'link'; readonly cloudId: string }
  | { readonly do: 'rename-wrapup-code' }
  | { readonly do: 'update-queue'; readonly name: string }
  | { readonly do: 'update-user' | 'activate-user' | 'deactivate-user' }
  | { readonly do: 'external-identity' }
  | { readonly do: 'primary-source' }
  | { readonly do: 'user-skills'; readonly keep: readonly CloudSkillId[] }
  | { readonly do: 'grant' }
  | { readonly do: 'revoke'; readonly user: CloudUserId }
  | { readonly do: 'add-members'; readonly persons: readonly Dbid[] }
  | { readonly do: 'remove-members'; readonly users: readonly CloudUserId[] }
  | { readonly do: 'add-codes'; readonly codes: readonly Dbid[] }
  | { readonly do: 'remove-code'; readonly code: CloudWrapupCodeId };

/** What exists before what refers to it; what takes something away comes last. */
export const phases = {
  source: 0,
  objects: 1,
  userChanges: 2,
  userUpdates: 3,
  users: 4,
  references: 5,
  removals: 6,
  deactivations: 7,
} as const;
