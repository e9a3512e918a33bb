import { systemClock } from '@exec/common/clock';
import { produce, Random, ScenarioRunner, scenarios } from '@exec/simulators/scenarios';
import { testRedis, testSeed } from '@exec/testing/vitest';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { ExcpProcess } from './testing/processes.ts';
import { ScriptClock } from './testing/script-clock.ts';
import { metricOf, readiness, Stand, waitFor } from './testing/stand.ts';
import { expectedSteps, verdict } from './testing/verdict.ts';

const processes = new Set<ExcpProcess>();

afterEach(async () => {
  await Promise.all([...processes].map((one) => one.kill()));
  processes.clear();
});

async function start(stand: Stand, instance: string): Promise<ExcpProcess> {
  const one = new ExcpProcess({ ...stand.environment(), INSTANCE_ID: instance, LOG_LEVEL: 'info' });
  processes.add(one);
  return one;
}

async function whenReady(one: ExcpProcess): Promise<void> {
  const port = await one.port();
  await waitFor(async () => (await readiness(port)).ready, 'the instance is ready');
}

/** Resolves when it has passed on what it heard: nothing waits in it, look after look. */
async function whenPassedOn(one: ExcpProcess): Promise<void> {
  const port = await one.port();
  let looks = 0;
  await waitFor(async () => {
    looks = (await metricOf({ port }, 'excp_intake_backlog_events')) === 0 ? looks + 1 : 0;
    return looks >= 3;
  }, 'what it heard is passed on');
}

/**
 * So many times faster than life, in which what hangs on the time between two events cannot be told: an instance may be so
 * late that who answers behind an unmapped queue looks like who was sent the call, and that a button which was pressed in
 * the last quarter of a second of a call comes after its end.
 */
const speed = 8;
const inexact = ['transfer-to-unmapped-queue', 'mute', 'attached-data'];
/** An instance may be so late with what it was told. */
const lateMs = 2_000;
const usual = scenarios.filter(
  ({ name, solo, settings }) =>
    !solo && settings === undefined && !name.includes('site') && !inexact.includes(name),
);

describe('instances killed at any moment while the other one lives', () => {
  it.each(['dedupe', 'refuse-repeat'] as const)(
    'leave every call told once, as it was (%s)',
    async (repeatMode) => {
      const seed = testSeed();
      const random = new Random(seed);
      const production = produce(usual, { times: 2 });
      const stand = await Stand.start({ redis: testRedis(), production, cloud: { repeatMode } });
      onTestFinished(() => stand.close());
      const instances = [await start(stand, 'one'), await start(stand, 'two')];
      for (const one of instances) await whenReady(one);

      const runner = new ScenarioRunner({ clock: new ScriptClock(), switches: stand.switches, speed });
      let playing = true;
      const performance = runner.playAll(production.performances, 800).finally(() => {
        playing = false;
      });
      let kills = 0;
      while (playing) {
        await systemClock.sleep(random.next() * 500);
        const index = random.next() < 0.5 ? 0 : 1;
        await instances[index]?.kill();
        kills++;
        const next = await start(stand, index === 0 ? 'one' : 'two');
        instances[index] = next;
        await whenReady(next);
        // What the server told before this one listened may still be on its way through the other one.
        await systemClock.sleep(lateMs);
        const other = instances[1 - index];
        if (other !== undefined) await whenPassedOn(other);
      }
      const played = await performance;
      const steps = expectedSteps(played);
      const { record } = stand.cloud;
      const state = () =>
        JSON.stringify({
          seed,
          kills,
          steps,
          ...record.events(),
          wrong: verdict(stand, played).wrong.slice(0, 2),
        });
      await stand.until(() => record.events().accepted >= steps, state);
      const { wrong, latest } = verdict(stand, played);
      expect(wrong, `seed ${seed}`).toEqual([]);
      expect(latest, 'milliseconds of event time').toBeLessThanOrEqual(2_000);
      expect(record.events().accepted).toBe(steps);
      expect(record.violations).toEqual([]);
      // How many there are is up to the machine: each waits until the killed instance is back.
      expect(kills).toBeGreaterThan(0);
    },
  );
});
