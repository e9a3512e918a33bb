/** What carrying out a plan asks of the cloud and of the store: their clients, and what tests put in their place. */
import type { GenesysCloud } from '@exec/common/genesys-cloud';
import type { LeaseToken } from '@exec/common/leadership';
import type { Change, LedgerKeys } from '../organization/ledger-changes.ts';

type Operations<Name extends keyof GenesysCloud, Used extends keyof GenesysCloud[Name]> = Pick<
  GenesysCloud[Name],
  Used
>;

/** The requests of the steps, each as the client of the cloud makes it. */
export interface CloudPort {
  readonly skills: Operations<'skills', 'list' | 'create'>;
  readonly wrapupCodes: Operations<'wrapupCodes', 'list' | 'create' | 'get' | 'update'>;
  readonly queues: Operations<
    'queues',
    | 'list'
    | 'create'
    | 'get'
    | 'update'
    | 'addMembers'
    | 'removeMembers'
    | 'addWrapupCodes'
    | 'removeWrapupCode'
  >;
  readonly users: Operations<
    'users',
    'create' | 'change' | 'findByEmail' | 'get' | 'replaceSkills' | 'addSkills' | 'removeSkill'
  >;
  readonly externalIds: Operations<'externalIds', 'add' | 'remove' | 'find'>;
  readonly presence: Operations<
    'presence',
    'sources' | 'createSource' | 'updateSource' | 'setPrimarySource' | 'settings' | 'updateSettings'
  >;
  readonly authorization: Operations<'authorization', 'bulkAdd' | 'removeGrant'>;
}

/** Where what is known of the cloud is written down. */
export interface LedgerPort {
  readonly keys: LedgerKeys;
  /** @throws ExecError `lease.lost`, `redis.unavailable` */
  write(token: LeaseToken | undefined, changes: readonly Change[]): Promise<void>;
}
