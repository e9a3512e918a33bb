/** Two releases side by side: what a newer one wrote is left for it, and stops nothing here. */

import { Formats } from '@exec/common/formats';
import { wallMs } from '@exec/common/instants';
import { nextFormat, nextRelease } from '@exec/common/testing';
import { produce, ScenarioRunner, scenarioNamed } from '@exec/simulators/scenarios';
import { testRedis } from '@exec/testing/vitest';
import { expect, it } from 'vitest';
import { writeEntry } from './events/in-stream-entry.ts';
import { ScriptClock } from './testing/script-clock.ts';
import { readiness, Stand, waitFor } from './testing/stand.ts';
import { expectedSteps, verdict } from './testing/verdict.ts';

it('what a newer release wrote stays where it is, and is said; the calls of this one go on', async (test) => {
  const production = produce([scenarioNamed('hold')], { times: 2 });
  const stand = await Stand.start({ redis: testRedis(), production });
  test.onTestFinished(() => stand.close());
  const { client } = stand.redis;
  const v = new Formats().reads.max + 1;
  const entry = JSON.stringify({ v, r: Date.now(), c: { kind: 'of-tomorrow', site: 'S', call: 'C' } });
  const record = JSON.stringify({ v, conversation: 'of tomorrow' });
  const first = await client.xadd(stand.keys.in, '*', 'e', entry);
  await client.hset(stand.keys.conversations, 'S/C', record);
  const instances = [await stand.excp(), await stand.excp()];
  await stand.ready();
  const runner = new ScenarioRunner({ clock: new ScriptClock(), switches: stand.switches, speed: 6 });
  const playing = runner.playAll(production.performances, 100);
  const second = await client.xadd(stand.keys.in, '*', 'e', entry);
  const played = await playing;
  await stand.until(
    () => stand.cloud.record.events().accepted >= expectedSteps(played),
    () => JSON.stringify(verdict(stand, played)),
  );
  expect(verdict(stand, played).wrong).toEqual([]);
  let left: readonly string[] = [];
  await waitFor(
    async () => {
      left = (await client.xrange(stand.keys.in, '-', '+')).map(([id]) => id);
      return left.join() === [first, second].join();
    },
    () => `all other entries are dealt with: ${first}, ${second}, but ${left}`,
  );
  expect(await client.hget(stand.keys.conversations, 'S/C')).toBe(record);
  expect(await client.xlen(stand.keys.quarantine)).toBe(0);
  const details = await Promise.all(
    instances.map(async ({ port }) =>
      (await readiness(port)).dependencies.find(({ name }) => name === 'processing'),
    ),
  );
  expect(details.map((one) => one?.detail)).toContain(
    'what a newer release wrote waits for an instance of that release',
  );
});

it('what nobody can read is set aside, in the stream and in the stored state, and stops nothing', async (test) => {
  const production = produce([scenarioNamed('hold')]);
  const stand = await Stand.start({ redis: testRedis(), production });
  test.onTestFinished(() => stand.close());
  const { client } = stand.redis;
  await client.xadd(stand.keys.in, '*', 'e', 'no JSON');
  await client.hset(stand.keys.conversations, 'S/C', '{"v":1,"c":[]}');
  await client.hset(stand.keys.agents, 'S/5001', '[]');
  await client.xadd(stand.keys.out, '1-1', 'e', '{"v":1,"c":"S/C"}');
  await stand.excp();
  await stand.ready();
  const runner = new ScenarioRunner({ clock: new ScriptClock(), switches: stand.switches, speed: 6 });
  const played = await runner.playAll(production.performances);
  await stand.until(
    () => stand.cloud.record.events().accepted >= expectedSteps(played),
    () => JSON.stringify(verdict(stand, played)),
  );
  expect(verdict(stand, played).wrong).toEqual([]);
  await waitFor(async () => (await client.xlen(stand.keys.quarantine)) === 4, 'all four are set aside');
  expect(await client.hexists(stand.keys.conversations, 'S/C')).toBe(0);
  expect(await client.hexists(stand.keys.agents, 'S/5001')).toBe(0);
  await waitFor(async () => (await client.xlen(stand.keys.out)) === 0, 'everything else is sent');
});

it('an instance that cannot read what is stored keeps the lease while it is alone, and leaves it to one that can', async (test) => {
  const production = produce([scenarioNamed('hold')], { times: 6 });
  const stand = await Stand.start({ redis: testRedis(), production });
  test.onTestFinished(() => stand.close());
  const { client } = stand.redis;
  const old = await stand.excp({ INSTANCE_ID: 'old' });
  await stand.ready();
  const runner = new ScenarioRunner({ clock: new ScriptClock(), switches: stand.switches, speed: 6 });
  const playing = runner.playAll(production.performances, 3_000);
  const formats = new Formats(nextRelease);
  formats.writes = nextFormat;
  const content = { kind: 'call-shed', site: production.sites[0], call: 'of tomorrow' } as const;
  await client.xadd(stand.keys.in, '*', 'e', writeEntry(formats, { received: wallMs(Date.now()), content }));
  const detailOf = async (name: string) =>
    (await readiness(old.port)).dependencies.find((one) => one.name === name)?.detail;
  await waitFor(
    async () =>
      (await detailOf('processing')) === 'what a newer release wrote waits for an instance of that release',
    'the old one says that something is left',
  );
  expect(await readiness(old.port)).toMatchObject({ ready: true, active: true });
  const next = await stand.excp({ INSTANCE_ID: 'next' }, { formats: nextRelease });
  await waitFor(async () => (await readiness(next.port)).active === true, 'the new one processes');
  await waitFor(async () => (await client.xlen(stand.keys.in)) === 0, 'nothing is left');
  expect(await readiness(old.port)).toMatchObject({ ready: true, active: false });
  const played = await playing;
  await stand.until(
    () => stand.cloud.record.events().accepted >= expectedSteps(played),
    () => JSON.stringify(verdict(stand, played)),
  );
  expect(verdict(stand, played).wrong).toEqual([]);
  expect(stand.cloud.record.violations).toEqual([]);
});
