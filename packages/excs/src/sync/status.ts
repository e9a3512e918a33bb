/** What the service tells about its synchronisation, as a machine: the API, the metrics and health show its state. */

import type { Conflict, RefusedKind } from '../desired/model.ts';
import type { Orphan } from '../plan/orphans.ts';
import type { Plan } from '../plan/plan.ts';
import type { Review } from '../plan/review.ts';
import type { Quarantined } from './journal/quarantine-rules.ts';

export type SyncState =
  /** Another instance holds the lease. */
  | 'standby'
  /** Nothing to do. */
  | 'idle'
  | 'reading'
  | 'comparing'
  | 'applying'
  | 'paused'
  /** The newest plan is applied as soon as a person has approved it. */
  | 'waiting-for-approval'
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
  'internal',
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
  readonly outcome: 'unchanged' | 'complete' | 'interrupted' | 'stopped' | 'waiting' | 'failed';
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
  /** Values of the business attribute that can be mapped. */
  readonly wrapupValues: number;
  readonly wrapupCodes: number;
  readonly clampedLevels: number;
}

export interface Stopped {
  readonly reason: StopReason;
  readonly detail: string;
}

export interface SyncStatus {
  readonly state: SyncState;
  /** Why plans are not applied at present. */
  readonly stop: Stopped | undefined;
  readonly running: { readonly startedAt: number } | undefined;
  readonly last: CycleReport | undefined;
  /** End of the last cycle that left nothing to do, milliseconds since 1970. */
  readonly lastSuccessAt: number | undefined;
  readonly progress: Progress | undefined;
  readonly plan: Plan | undefined;
  /** Conflicts within Engage and between Engage and the cloud. */
  readonly conflicts: readonly Conflict[];
  readonly orphans: readonly Orphan[];
  readonly refused: readonly RefusedKind[];
  readonly counts: Counts | undefined;
  /** The list of the quarantine itself, which goes on changing. */
  readonly quarantined: ReadonlyMap<string, Quarantined>;
  /** Milliseconds since 1970 of the oldest check object by object. */
  readonly oldestCheckAt: number | undefined;
  readonly paused: boolean;
  /** What is being done; `state` says it together with what stands in the way. */
  readonly activity: 'standby' | 'idle' | 'reading' | 'comparing' | 'applying';
  /** A limit that the newest plan exceeds: it holds until another comparison, whatever happens in between. */
  readonly limit: string | undefined;
  /** What the newest plan waits for: it holds as long as a limit does. */
  readonly review: Review | undefined;
  /** What the last cycle ended with, until one ends well. */
  readonly fault: (Stopped & { readonly lasting: boolean }) | undefined;
}

export type StatusEvent =
  | { readonly type: 'standing-by' }
  | { readonly type: 'pause-read'; readonly paused: boolean }
  | { readonly type: 'cycle-began'; readonly at: number }
  | { readonly type: 'reading' | 'comparing' | 'applying' }
  | {
      readonly type: 'compared';
      readonly plan: Plan;
      readonly orphans: readonly Orphan[];
      readonly refused: readonly RefusedKind[];
      readonly quarantined: ReadonlyMap<string, Quarantined>;
    }
  | { readonly type: 'counted'; readonly counts: Counts }
  | { readonly type: 'progressed'; readonly progress: Progress | undefined }
  | { readonly type: 'checked'; readonly oldestAt: number | undefined }
  /** `planned`: the plan was to be made only. */
  | {
      readonly type: 'cycle-ended';
      readonly outcome: Exclude<CycleReport['outcome'], 'failed'> | 'planned';
      readonly report: CycleReport;
    }
  /** `lasting`: waiting will not cure it. */
  | { readonly type: 'cycle-failed'; readonly stop: Stopped; readonly lasting: boolean };

const pauseDetail = 'Paused by request; POST /api/v1/sync/resume goes on.';

export const initialStatus: SyncStatus = {
  state: 'standby',
  stop: undefined,
  running: undefined,
  last: undefined,
  lastSuccessAt: undefined,
  progress: undefined,
  plan: undefined,
  conflicts: [],
  orphans: [],
  refused: [],
  counts: undefined,
  quarantined: new Map(),
  oldestCheckAt: undefined,
  paused: false,
  activity: 'standby',
  limit: undefined,
  review: undefined,
  fault: undefined,
};

/** The status after an event; pure. */
export function nextStatus(status: SyncStatus, event: StatusEvent): SyncStatus {
  const after = { ...status, ...changes(status, event) };
  return { ...after, state: stateOf(after), stop: stopOf(after) };
}

function changes(status: SyncStatus, event: StatusEvent): Partial<SyncStatus> {
  switch (event.type) {
    case 'standing-by':
      return {
        activity: 'standby',
        running: undefined,
        progress: undefined,
        fault: undefined,
        limit: undefined,
        review: undefined,
      };
    case 'pause-read':
      return { paused: event.paused, activity: 'idle' };
    case 'cycle-began':
      return { running: { startedAt: event.at } };
    case 'reading':
    case 'comparing':
      return { activity: event.type };
    case 'applying':
      // What is being applied is not stopped.
      return { activity: 'applying', fault: undefined };
    case 'compared': {
      const { plan, orphans, refused, quarantined } = event;
      const limit = plan.stop?.detail;
      const { review } = plan;
      return { plan, conflicts: plan.conflicts, orphans, refused, quarantined, limit, review };
    }
    case 'counted':
      return { counts: event.counts };
    case 'progressed':
      return { progress: event.progress };
    case 'checked':
      return { oldestCheckAt: event.oldestAt };
    case 'cycle-ended':
      return {
        activity: 'idle',
        running: undefined,
        progress: undefined,
        fault: undefined,
        ...(event.outcome === 'unchanged' ? {} : { last: event.report }),
        ...(leftNothing(status, event.outcome) ? { lastSuccessAt: event.report.endedAt } : {}),
      };
    case 'cycle-failed':
      return {
        activity: 'idle',
        running: undefined,
        progress: undefined,
        fault: { ...event.stop, lasting: event.lasting },
      };
  }
}

/** A cycle that found nothing new has done well only if the one before it was allowed to do its work. */
function leftNothing(
  status: SyncStatus,
  outcome: (StatusEvent & { type: 'cycle-ended' })['outcome'],
): boolean {
  switch (outcome) {
    case 'complete':
      return true;
    case 'unchanged':
      return status.limit === undefined && status.review === undefined;
    case 'planned':
      return status.plan?.operations.length === 0;
    case 'interrupted':
    case 'stopped':
    case 'waiting':
      return false;
  }
}

function stopOf({ activity, paused, fault, limit }: SyncStatus): Stopped | undefined {
  if (activity === 'standby') return undefined;
  if (paused) return { reason: 'paused', detail: pauseDetail };
  if (fault !== undefined) return { reason: fault.reason, detail: fault.detail };
  return limit === undefined ? undefined : { reason: 'limit', detail: limit };
}

function stateOf({ activity, paused, fault, limit, review }: SyncStatus): SyncState {
  if (activity !== 'idle') return activity;
  if (paused) return 'paused';
  if (fault !== undefined) return fault.lasting ? 'stopped' : 'failing';
  if (limit !== undefined) return 'stopped';
  return review === undefined ? 'idle' : 'waiting-for-approval';
}

/** Holds the newest status; whoever works tells it what happened. */
export class StatusBoard {
  #current = initialStatus;

  get current(): SyncStatus {
    return this.#current;
  }

  note(event: StatusEvent): void {
    this.#current = nextStatus(this.#current, event);
  }
}
