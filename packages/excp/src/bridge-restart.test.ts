/** The bridge before a SIP Server restarts under calls: new connections, a fresh snapshot, sequence numbers from 1. */

import { produce, ScenarioRunner, scenarioNamed } from '@exec/simulators/scenarios';
import { testRedis } from '@exec/testing/vitest';
import { expect, it } from 'vitest';
import { ScriptClock } from './testing/script-clock.ts';
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
