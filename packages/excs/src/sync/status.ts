/** What the service tells about its synchronisation: for the API, the metrics and the log. */

import type { Conflict, RefusedKind } from '../desired/model.ts';
import type { Orphan } from '../plan/orphans.ts';
import type { Plan } from '../plan/plan.ts';
import type { Quarantined } from './journal.ts';

export type SyncState =
  /** Another instance holds the lease. */
  | 'standby'
  /** Nothing to do. */
  | 'idle'
  | 'reading'
  | 'comparing'
  | 'applying'
  | 'paused'
  /** A limit or a wrong setting keeps plans from being applied. */
  | 'stopped'
  /** The last cycle met a fault; the next one tries again. */
  | 'failing';

/** Closed set of reasons, each a label of a metric. */
export const stopReasons = [
  'limit',
  'settings',
  'organization',
  'foreign-deployment',
  'read-refused',
  'engage',
  'cloud',
  'redis',
  'paused',
] as const;
export type StopReason = (typeof stopReasons)[number];

export interface CycleReport {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly planId: string | undefined;
  readonly operations: number;
  readonly done: number;
  readonly failed: number;
  readonly outcome: 'unchanged' | 'complete' | 'interrupted' | 'stopped' | 'failed';
  readonly detail?: string | undefined;
}

export interface Progress {
  readonly total: number;
  readonly done: number;
  /** Seconds until the rest is done at the rate of the budget. */
  readonly etaSeconds: number;
}

export interface Counts {
  readonly persons: number;
  readonly skills: number;
  readonly queues: number;
  readonly users: number;
  readonly mappedSkills: number;
  readonly mappedQueues: number;
  readonly wrapupCodes: number;
  readonly clampedLevels: number;
}

export class SyncStatus {
  state: SyncState = 'standby';
  stop: { readonly reason: StopReason; readonly detail: string } | undefined;
  running: { readonly startedAt: number } | undefined;
  last: CycleReport | undefined;
  /** Milliseconds since 1970. */
  lastSuccessAt: number | undefined;
  progress: Progress | undefined;
  plan: Plan | undefined;
  /** Conflicts within Engage and between Engage and the cloud. */
  conflicts: readonly Conflict[] = [];
  orphans: readonly Orphan[] = [];
  refused: readonly RefusedKind[] = [];
  counts: Counts | undefined;
  quarantined: ReadonlyMap<string, Quarantined> = new Map();
  /** Milliseconds since 1970 of the oldest check object by object. */
  oldestCheckAt: number | undefined;
  paused = false;
}
