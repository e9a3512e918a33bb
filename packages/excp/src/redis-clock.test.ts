/** After Redis' clock was a day ahead and is right again, the stream goes on with IDs of tomorrow: nothing depends on them. */

import { Formats } from '@exec/common/formats';
import { wallMs } from '@exec/common/instants';
import { produce, ScenarioRunner, scenarioNamed } from '@exec/simulators/scenarios';
import { testRedis } from '@exec/testing/vitest';
import { expect, it } from 'vitest';
import { writeEntry } from './events/in-stream-entry.ts';
import { ScriptClock } from './testing/script-clock.ts';
import { Stand, waitFor } from './testing/stand.ts';
import { expectedSteps, verdict } from './testing/verdict.ts';

const formats = new Formats();

const dayMs = 86_400_000;

it("Redis' clock was a day ahead under calls and is back: no conversation ends by it, and waits still end", async (test) => {
  const names = ['hold', 'transfer-to-queue', 'inbound-queue-call', 'conference'] as const;
  const production = produce(
    names.map((name) => scenarioNamed(name)),
    { times: 2 },
  );
  const stand = await Stand.start({ redis: testRedis(), production });
  test.onTestFinished(() => stand.close());
  await stand.excp();
  await stand.excp();
  await stand.ready();
  const { client } = stand.redis;
  const runner = new ScenarioRunner({ clock: new ScriptClock(), switches: stand.switches, speed: 5 });
  const playing = runner.playAll(production.performances, 1_500);
  await stand.until(
    () => stand.cloud.record.events().accepted >= 8,
    () => 'the first calls',
  );
  const content = { kind: 'call-shed', site: 'S', call: 'nobody' } as const;
  await client.xadd(
    stand.keys.in,
    `${Date.now() + dayMs}-0`,
    'e',
    writeEntry(formats, { received: wallMs(Date.now()), content }),
  );
  const played = await playing;
  const steps = expectedSteps(played);
  await stand.until(
    () => stand.cloud.record.events().accepted >= steps,
    () => JSON.stringify({ ...stand.cloud.record.events(), steps, ...verdict(stand, played) }),
  );
  expect(verdict(stand, played).wrong).toEqual([]);
  // What waits for a call that never comes is given up in its time, not tomorrow.
  const lost = {
    kind: 'queued',
    site: 'S',
    at: Date.now() * 1000,
    call: 'unknown',
    queue: 'Q',
    type: 'Unknown',
  } as const;
  await client.xadd(
    stand.keys.in,
    '*',
    'e',
    writeEntry(formats, { received: wallMs(Date.now()), content: lost as never }),
  );
  await waitFor(async () => (await client.xlen(stand.keys.in)) === 0, 'the wait is over');
  expect(stand.cloud.record.events().accepted).toBe(steps);
  expect(stand.cloud.record.violations).toEqual([]);
});
