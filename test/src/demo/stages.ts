/** The waits of the demo: each shows how far it has come and ends when what it waits for is true. */
import { setTimeout as delay } from 'node:timers/promises';
import type { DemoOptions } from './options.ts';
import type { Screen } from './screen.ts';
import { isComplete, type Played } from './verdict.ts';
import type { World } from './world.ts';

export interface Watch {
  readonly world: World;
  readonly screen: Screen;
  /** Aborted when the demo shall end; its reason says why. */
  readonly signal: AbortSignal;
}

const lookEveryMs = 250;
/** A stage in which nothing moves for so long has failed. */
const patienceMs = 60_000;
/** After the last event of the day. */
const drainPatienceMs = 30_000;

/** Long enough for the calls to overlap as they do in life, short enough to be watched. */
export function dayDurationMs({ calls, agents }: Pick<DemoOptions, 'calls' | 'agents'>): number {
  return Math.min(60_000, Math.max(20_000, calls * 120, agents * 60));
}

/** Looks again and again until `look` answers undefined; what it answers otherwise shows whether anything moves. */
async function until(
  look: () => Promise<string | undefined>,
  signal: AbortSignal,
  limitMs: number,
): Promise<boolean> {
  let seen = '';
  let movedAt = performance.now();
  for (;;) {
    signal.throwIfAborted();
    const state = await look();
    if (state === undefined) return true;
    if (state !== seen) {
      seen = state;
      movedAt = performance.now();
    }
    if (performance.now() - movedAt > limitMs) return false;
    await delay(lookEveryMs, undefined, { signal });
  }
}

export async function waitForSync({ world, screen, signal }: Watch): Promise<void> {
  const { users, queues, members, wrapupCodes } = world.expectation.counts;
  const total = users + queues + members + wrapupCodes;
  const done = await until(
    async () => {
      const counts = await world.cloud.counts();
      const now = counts.activeUsers + counts.queues + counts.queueMembers + counts.wrapupCodes;
      const detail = `${counts.activeUsers}/${users} users, ${counts.queues}/${queues} queues, ${counts.queueMembers}/${members} members`;
      screen.progress({ label: 'EXCS synchronises', detail, share: total === 0 ? 1 : now / total });
      if (now < total) return `${now} ${(await world.cloud.record()).requests}`;
      // The cloud has everything; the first cycle is over when nothing more is planned.
      const sync = await world.services.excs.metric('excs_last_successful_sync_timestamp_seconds');
      return sync > 0 ? undefined : `${(await world.cloud.record()).requests}`;
    },
    signal,
    patienceMs,
  );
  if (!done) throw new Error(`EXCS stands still; its log is ${world.services.excs.logFile}`);
  const { requests, peakPerMinute } = await world.cloud.record();
  screen.done(
    'EXCS synchronised',
    `${users} users, ${queues} queues, ${members} members with ${requests} requests (peak ${peakPerMinute} a minute)`,
  );
}

export async function waitForReady({ world, screen, signal }: Watch): Promise<void> {
  const { exas, excp1, excp2 } = world.services;
  const { users, queues } = world.expectation.counts;
  // Every telephone and every queue is registered on the server that is in use, once for both instances.
  const addresses = world.addresses;
  const mapped = `${users} agents, ${queues} queues`;
  let missing: string[] = [];
  const done = await until(
    async () => {
      const [counts, status, ...readiness] = await Promise.all([
        world.cloud.counts(),
        world.engage.status(),
        exas.readiness(),
        excp1.readiness(),
        excp2.readiness(),
      ]);
      missing = [exas, excp1, excp2].flatMap(({ name }, index) =>
        (readiness[index]?.dependencies ?? [])
          .filter(({ up }) => !up)
          .map((one) => `${name}: ${one.name}: ${one.detail}`),
      );
      const detail = `${counts.presences}/${users} agents, ${status.registeredAddresses}/${addresses} addresses registered`;
      screen.progress({
        label: 'EXAS, EXCP get ready',
        detail,
        share: users === 0 ? 1 : counts.presences / users,
      });
      const isReady =
        readiness.every(({ ready }) => ready) && counts.presences >= users && counts.routingStatuses >= users;
      const knowsAll = readiness
        .slice(1)
        .every(({ dependencies }) => dependencies.some(({ detail: text }) => text.includes(mapped)));
      if (!knowsAll) missing.push('EXCP has not read the whole mapping yet');
      return isReady && knowsAll && status.registeredAddresses >= addresses
        ? undefined
        : `${detail} ${missing.join()}`;
    },
    signal,
    patienceMs,
  );
  if (!done)
    throw new Error(`not ready: ${missing.join('; ') || 'agents are missing'}; logs in ${world.logFolder}`);
  screen.done('EXAS, EXCP ready', `${users} agents watched`);
}

export async function waitForDrain(
  { world, screen, signal }: Watch,
  playing: Promise<Played>,
): Promise<Played> {
  let over = false;
  const played = playing.finally(() => {
    over = true;
  });
  played.catch(() => undefined);
  await until(
    async () => {
      if (over) return undefined;
      const [{ day: progress }, record] = await Promise.all([world.engage.status(), world.cloud.record()]);
      screen.progress({
        label: 'the day is played',
        detail: `${record.events.accepted} events accepted, ${record.events.refused} refused`,
        ...(progress === undefined ? {} : { share: progress.done / progress.of }),
      });
      return `${progress?.done}`;
    },
    signal,
    patienceMs,
  );
  const result = await played;
  const { totals } = result.day;
  screen.done(
    'the day was played',
    `${totals.calls} calls, ${totals.stateChanges} states of agents, ${result.scripts.length} scripts`,
  );
  await until(
    async () => {
      if (await isComplete(world, result)) return undefined;
      const { events } = await world.cloud.record();
      screen.progress({ label: 'the rest arrives', detail: `${events.accepted} events accepted` });
      return `${events.accepted} ${events.refused}`;
    },
    signal,
    drainPatienceMs,
  );
  return result;
}
