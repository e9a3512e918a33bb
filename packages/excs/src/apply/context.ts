/** What the steps of a plan work with, how they write down what they did, and how they wait for what shows late. */
import type { Clock } from '@exec/common/clock';
import { CloudError, isNotFound } from '@exec/common/genesys-cloud';
import type { LeaseToken } from '@exec/common/leadership';
import type { Change } from '../organization/ledger-changes.ts';
import type { OrganizationState } from '../organization/organization-state.ts';
import type { Gone } from '../plan/gone.ts';
import type { Operation } from '../plan/operation.ts';
import type { UserLink } from '../plan/organization.ts';
import type { CloudPort, LedgerPort } from './ports.ts';

/** `adopted`: something existed that the plan did not know of; the next cycle compares it. */
export type StepResult = 'done' | 'skipped' | 'adopted';

export interface ApplyContext {
  readonly cloud: CloudPort;
  readonly state: OrganizationState;
  readonly ledger: LedgerPort;
  /** Of the plan: whose counterparts may be taken over. */
  readonly gone: Gone;
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

export async function saveUser(context: ApplyContext, link: UserLink): Promise<void> {
  const former = context.state.setUser(link);
  await record(context, context.ledger.keys.user(link, former));
}

/** The cloud shows what was written after seconds: waits between looks, in milliseconds. */
const looks = [0, 1000, 2000, 4000];

/**
 * Looks until something is found; undefined when it does not show in time.
 *
 * @rule What the cloud shows late is waited for, and not created a second time.
 * @test apply/faults.test.ts: is waited for: nothing is created twice, no member is lost
 */
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

/**
 * Repeats a request that names an object which may have been created a moment ago.
 * @throws CloudError: of the last try when the object does not become visible, of any try for another reason
 */
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

/**
 * Removing what is not there is as good as removing it.
 * @throws CloudError: any answer of the cloud but 404
 */
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
