/** Clocks that jump by hours under calls: a service's own, and that of Redis. Whoever talks goes on talking. */

import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '@exec/common/clock';
import { Formats } from '@exec/common/formats';
import { engageMicros, laterBy, type WallMs } from '@exec/common/instants';
import { silentLogger } from '@exec/common/logging';
import type { RunningService } from '@exec/common/service';
import { type Played, produce, ScenarioRunner, scenarioNamed } from '@exec/simulators/scenarios';
import { OtherClock } from '@exec/testing/servers';
import { ownRedis, testRedis } from '@exec/testing/vitest';
import { expect, it, type TestContext } from 'vitest';
import { Claimer } from './intake/claimer.ts';
import { openRedis } from './testing/redis.ts';
import { ScriptClock } from './testing/script-clock.ts';
import { metricOf, Stand, type StandOptions, waitFor } from './testing/stand.ts';
import { expectedSteps, verdict } from './testing/verdict.ts';

const hourMs = 3_600_000;
const names = [
  'hold',
  'transfer-to-queue',
  'consult-completed',
  'conference',
  'disposition-after-call',
] as const;

/** The wall clock of one instance, which somebody sets; its monotonic one goes on. */
class SetClock implements Clock {
  ahead = 0;
  readonly monotonic = systemClock.monotonic;
  readonly setTimer = systemClock.setTimer;
  readonly sleep = systemClock.sleep;
  now(): WallMs {
    return laterBy(systemClock.now(), this.ahead);
  }
}

function jumpsOf(instance: RunningService, clock: string, direction: string): Promise<number> {
  return metricOf(instance, `exec_clock_jumps_total{clock="${clock}",direction="${direction}"}`);
}

/** Plays calls, lets `jump` set clocks once some of them talk, and compares what the cloud was told with the calls. */
async function underCalls(
  test: TestContext,
  o: Partial<StandOptions>,
  jump: (stand: Stand) => Promise<void>,
) {
  const production = produce(names.map((name) => scenarioNamed(name)));
  const stand = await Stand.start({ redis: testRedis(), env: { MAX_CALL_HOURS: '1' }, ...o, production });
  test.onTestFinished(() => stand.close());
  const { record } = stand.cloud;
  const play = async () => {
    const runner = new ScenarioRunner({ clock: new ScriptClock(), switches: stand.switches, speed: 4 });
    const playing = runner.playAll(production.performances, 3_000);
    await stand.until(
      () => record.events().accepted >= 8,
      () => 'the first calls',
    );
    await jump(stand);
    const played = await playing;
    const steps = expectedSteps(played);
    await stand.until(
      () => record.events().accepted >= steps,
      () => JSON.stringify({ ...record.events(), steps, ...verdict(stand, played) }),
    );
    expect(verdict(stand, played).wrong).toEqual([]);
    expect(record.events().accepted).toBe(steps);
    expect(record.violations).toEqual([]);
  };
  return { stand, play };
}

it.concurrent('the own clocks of both instances jump by 5 h under calls, one ahead and one back, and come right again', async (test) => {
  const clocks = [new SetClock(), new SetClock()];
  const instances: RunningService[] = [];
  const { stand, play } = await underCalls(test, {}, async () => {
    for (const [index, clock] of clocks.entries()) clock.ahead = (index === 0 ? 5 : -5) * hourMs;
    const [first, second] = instances;
    await waitFor(
      async () => first !== undefined && (await jumpsOf(first, 'own', 'ahead')) >= 1,
      'a jump ahead is counted',
    );
    await waitFor(
      async () => second !== undefined && (await jumpsOf(second, 'own', 'back')) >= 1,
      'a jump back is counted',
    );
    // Whoever processes hands over to the one whose clock jumped the other way.
    const active = instances.shift();
    if (active !== undefined) await stand.stop(active);
    for (const clock of clocks) clock.ahead = 0;
  });
  for (const clock of clocks) instances.push(await stand.excp({}, { clock }));
  await stand.ready();
  await play();
});

it.concurrent("Redis' clock jumps 13 h ahead under calls, and back again", async (test) => {
  const folder = await mkdtemp(join(tmpdir(), 'excp-clock-'));
  test.onTestFinished(() => rm(folder, { recursive: true, force: true }));
  // Redis runs as another user.
  await chmod(folder, 0o755);
  const clock = await OtherClock.create(folder, 'redis');
  const server = await ownRedis({ env: clock.env });
  const instances: RunningService[] = [];
  const counted = async (direction: string) => {
    const answers = await Promise.all(instances.map((one) => jumpsOf(one, 'redis', direction)));
    return answers.every((count) => count >= 1);
  };
  const { stand, play } = await underCalls(
    test,
    { redis: { url: server.url, prefix: 'clock' } },
    async () => {
      await clock.set((13 * hourMs) / 1000);
      await waitFor(() => counted('ahead'), 'both count the jump');
      await clock.set(0);
      await waitFor(() => counted('back'), 'both count the way back');
    },
  );
  for (let n = 0; n < 2; n++) instances.push(await stand.excp());
  await stand.ready();
  await play();
});

it.concurrent.for([
  ['ahead', 13],
  ['back', -13],
] as const)(
  "Redis' clock has jumped %s: what ended while nobody watched is closed, what goes on is not",
  async ([direction, hours], test) => {
    const folder = await mkdtemp(join(tmpdir(), 'excp-clock-'));
    test.onTestFinished(() => rm(folder, { recursive: true, force: true }));
    // Redis runs as another user.
    await chmod(folder, 0o755);
    const clock = await OtherClock.create(folder, 'redis');
    const server = await ownRedis({ env: clock.env });
    const production = produce(['ended-in-gap', 'found-on-hold'].map((name) => scenarioNamed(name)));
    const stand = await Stand.start({ redis: { url: server.url, prefix: 'clock' }, production });
    test.onTestFinished(() => stand.close());
    let running = [await stand.excp()];
    await stand.ready();
    await clock.set((hours * hourMs) / 1000);
    await waitFor(
      async () => (await jumpsOf(running[0] as RunningService, 'redis', direction)) >= 1,
      'the jump',
    );
    const script = new ScriptClock();
    let change: Promise<unknown> = Promise.resolve();
    const watching = (on: boolean) => {
      script.stop();
      change = change.then(async () => {
        if (on) {
          running = [await stand.excp()];
          await stand.ready();
        } else await Promise.all(running.splice(0).map((instance) => stand.stop(instance)));
        script.goOn();
      });
    };
    const { switches } = stand;
    const runner = new ScenarioRunner({ clock: script, switches, speed: 3, hooks: { watching } });
    // Each watches by itself: one after the other.
    const played: Played[] = [];
    for (const performance of production.performances) {
      played.push(...(await runner.playAll([performance])));
      await change;
      await stand.until(
        () => verdict(stand, played).wrong.length === 0,
        () => JSON.stringify(verdict(stand, played).wrong),
      );
    }
    expect(stand.cloud.record.violations).toEqual([]);
  },
);

it.concurrent('Redis forgets no claim when its clock jumps a day ahead: what the other instance offers late is taken once', async (test) => {
  const folder = await mkdtemp(join(tmpdir(), 'excp-clock-'));
  test.onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o755);
  const clock = await OtherClock.create(folder, 'redis');
  const server = await ownRedis({ env: clock.env });
  const { redis, keys } = await openRedis({ url: server.url, prefix: 'claims' });
  test.onTestFinished(() => redis.close());
  const claimers = [0, 1].map(
    () =>
      new Claimer({
        redis,
        keys,
        formats: new Formats(),
        clock: systemClock,
        logger: silentLogger,
        health: { up: () => undefined, down: () => undefined },
        metrics: { duplicate: () => undefined, shed: () => undefined },
      }),
  );
  const [first, second] = claimers;
  const event = { digest: Buffer.alloc(16, 'event'), at: engageMicros(Date.now() * 1000), entry: '{"v":1}' };
  first?.offer(event);
  await first?.idle();
  await clock.set((25 * hourMs) / 1000);
  await waitFor(
    async () => Number((await redis.client.time())[0]) * 1000 > Date.now() + 24 * hourMs,
    'the jump',
  );
  second?.offer(event);
  await second?.idle();
  expect(await redis.client.xlen(keys.in)).toBe(1);
  await Promise.all(claimers.map((claimer) => claimer.stop()));
});
