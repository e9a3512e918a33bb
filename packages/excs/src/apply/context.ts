/** What the steps of a plan work with, and the few ways in which they wait and look again. */
import type { Clock } from '@exec/common/clock';
import { CloudError, type GenesysCloud, isNotFound } from '@exec/common/genesys-cloud';
import type { LeaseToken } from '@exec/common/lease';
import type { KnownState } from '../cloud/known-state.ts';
import type { Ledger } from '../cloud/ledger.ts';
import type { Change } from '../cloud/ledger-changes.ts';
import type { Desired } from '../desired/model.ts';
import type { Operation } from '../plan/operation.ts';

/** `adopted`: something existed that the plan did not know of; the next cycle compares it. */
export type StepResult = 'done' | 'skipped' | 'adopted';

export interface ApplyContext {
  readonly cloud: GenesysCloud;
  readonly state: KnownState;
  readonly ledger: Ledger;
  readonly desired: Desired;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The lease; undefined when it is not held any more. */
  readonly token: () => LeaseToken | undefined;
  /** Writes down what the safety limits count, before it happens. */
  readonly count: (operation: Operation) => Promise<void>;
}

/** @throws ExecError `lease.lost`, `redis.unavailable` */
export function record(context: ApplyContext, changes: readonly Change[]): Promise<void> {
  return context.ledger.write(context.token(), changes);
}

/** The cloud shows what was written after seconds: waits between looks, in milliseconds. */
const looks = [0, 1000, 2000, 4000];

/** Looks until something is found; undefined when it does not show in time. */
export async function findEventually<T>(
  context: ApplyContext,
  find: () => Promise<T | undefined>,
): Promise<T | undefined> {
  for (const wait of looks) {
    if (wait > 0) await context.clock.sleep(wait, context.signal);
    const found = await find();
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Repeats a request that names an object which may have been created a moment ago. */
export async function onceVisible<T>(context: ApplyContext, request: () => Promise<T>): Promise<T> {
  for (const wait of looks.slice(1)) {
    try {
      return await request();
    } catch (error) {
      if (!isNotFound(error)) throw error;
      await context.clock.sleep(wait, context.signal);
    }
  }
  return await request();
}

/** Whether the request may have been carried out although it failed. */
export function isUnknown(error: unknown): error is CloudError {
  return error instanceof CloudError && (error.code === 'cloud.outcome-unknown' || error.outcomeUnknown);
}

/** Removing what is not there is as good as removing it. */
export async function ignoringNotFound(request: () => Promise<void>): Promise<void> {
  try {
    await request();
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** A name or address that the cloud says is taken, by an object that stands for something else. */
export function taken(what: string): CloudError {
  return new CloudError('cloud.conflict', `${what} is taken by an object that stands for something else`);
}
