/** The bridge before a SIP Server restarts under calls: new connections, a fresh snapshot, sequence numbers from 1. */

import { type Clock, systemClock } from '@exec/common/clock';
import { type MonotonicMs, monotonicMs } from '@exec/common/instants';
import { produce, ScenarioRunner, scenarioNamed } from '@exec/simulators/scenarios';
import { testRedis } from '@exec/testing/vitest';
import { expect, it } from 'vitest';
import { readiness, Stand, waitFor } from './testing/stand.ts';
import { expectedSteps, verdict } from './testing/verdict.ts';

const names = [
  'hold',
  'transfer-to-queue',
  'consult-completed',
  'consult-in-consult-handed-on',
  'conference',
  'disposition-after-call',
] as const;
const speed = 8;
/** Seconds of the scripts at which the bridge restarts: one talks, one is on hold, one is consulted, one consults. */
const moments = [15, 26, 37];

/** The time of the scripts, which stands still at given moments until it is told to go on. */
class ScriptClock implements Clock {
  readonly #begin = systemClock.monotonic();
  readonly #moments: MonotonicMs[];
  #stood = 0;
  #stopped: MonotonicMs | undefined;

  constructor(at: readonly number[]) {
    this.#moments = at.map((moment) => monotonicMs(moment));
  }

  get stands(): boolean {
    return this.#stopped !== undefined;
  }

  readonly now = systemClock.now;
  readonly setTimer = systemClock.setTimer;

  monotonic(): MonotonicMs {
    if (this.#stopped !== undefined) return this.#stopped;
    const time = monotonicMs(systemClock.monotonic() - this.#begin - this.#stood);
    const [next] = this.#moments;
    if (next === undefined || time < next) return time;
    this.#stopped = next;
    return next;
  }

  goOn(): void {
    if (this.#stopped === undefined) return;
    this.#moments.shift();
    this.#stood = systemClock.monotonic() - this.#begin - this.#stopped;
    this.#stopped = undefined;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const end = this.monotonic() + ms;
    while (this.monotonic() < end) await systemClock.sleep(Math.min(20, end - this.monotonic()) || 1, signal);
  }
}

it('is noticed, and nothing is lost or told twice', async (test) => {
  const production = produce(names.map((name) => scenarioNamed(name)));
  const stand = await Stand.start({ redis: testRedis(), production });
  test.onTestFinished(() => stand.close());
  const instances = [await stand.excp(), await stand.excp()];
  await stand.ready();
  const { client } = stand.redis;
  const [name] = production.sites;
  const clock = new ScriptClock(moments.map((seconds) => (seconds * 1000) / speed));
  const runner = new ScenarioRunner({ clock, switches: stand.switches, speed });
  let over = false;
  const playing = runner.playAll(production.performances).finally(() => {
    over = true;
  });
  for (const moment of moments) {
    await waitFor(async () => clock.stands || over, `the scripts are at ${moment} s`);
    // What happened until then is told: the restart itself is what is looked at.
    const sent = async () => (await client.xlen(stand.keys.in)) + (await client.xlen(stand.keys.out));
    await waitFor(async () => (await sent()) === 0, 'all is told');
    const link = stand.sipServers.get(name)?.active.link;
    const before = link?.clients.size;
    expect(before).toBe(3 * instances.length);
    await link?.unlisten();
    await link?.listen();
    await waitFor(async () => link?.clients.size === before, 'every connection is back');
    await waitFor(async () => {
      const answers = await Promise.all(instances.map(({ port }) => readiness(port)));
      return answers.every(({ ready }) => ready);
    }, 'both know what goes on');
    clock.goOn();
  }
  const played = await playing;
  const steps = expectedSteps(played);
  await stand.until(
    () => stand.cloud.record.events().accepted >= steps,
    () => JSON.stringify({ ...stand.cloud.record.events(), steps, ...verdict(stand, played) }),
  );
  expect(verdict(stand, played).wrong).toEqual([]);
  expect(stand.cloud.record.events().accepted).toBe(steps);
  expect(stand.cloud.record.violations).toEqual([]);
});
