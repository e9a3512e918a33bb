/** Sorts the faults of a cycle: under which label each is shown, and whether waiting may cure it. */

import { ExecError } from '@exec/common/errors';
import { CloudError } from '@exec/common/genesys-cloud';
import type { StopReason } from './status.ts';

/** The label under which a fault is counted and shown. */
export function stopReasonOf(error: unknown): StopReason {
  if (error instanceof CloudError) return 'cloud';
  // A fault of our own says nothing about Engage, Redis or the cloud.
  if (!(error instanceof ExecError)) return 'internal';
  switch (error.code) {
    case 'settings.missing':
    case 'settings.invalid':
    case 'settings.unprotected':
    case 'settings.unreadable':
      return 'settings';
    case 'organization.mismatch':
      return 'organization';
    case 'sync.foreign-deployment':
      return 'foreign-deployment';
    case 'engage.read-refused':
      return 'read-refused';
    case 'redis.unavailable':
    case 'redis.takes-no-writes':
    case 'redis.refused':
    case 'lease.lost':
    case 'id-map.unreadable':
    case 'ledger.unreadable':
      return 'redis';
    default:
      return error.code.startsWith('engage.') ? 'engage' : 'internal';
  }
}

/** Whether what is known may differ from what is stored: then the ledger is loaded anew. */
export function leavesDoubt(error: unknown): boolean {
  return (
    !(error instanceof ExecError) ||
    ['redis.unavailable', 'redis.takes-no-writes', 'redis.refused', 'lease.lost'].includes(error.code)
  );
}

/** Whether the operator must change something: waiting will not help, but the service goes on looking. */
export function isStop(error: unknown): boolean {
  return (
    error instanceof ExecError &&
    [
      'settings.missing',
      'settings.invalid',
      'organization.mismatch',
      'sync.foreign-deployment',
      'engage.read-refused',
      'ledger.unreadable',
    ].includes(error.code)
  );
}
