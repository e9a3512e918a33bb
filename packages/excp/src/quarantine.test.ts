/** One bad input harms one call: seen from outside, with two EXCP, Redis and a cloud. */

import { Formats } from '@exec/common/formats';
import { wallMs } from '@exec/common/instants';
import { maskPersonsInJson } from '@exec/common/persons';
import type { RunningService } from '@exec/common/service';
import { produce, ScenarioRunner, scenarioNamed } from '@exec/simulators/scenarios';
import { testRedis } from '@exec/testing/vitest';
import { describe, expect, it, type TestContext } from 'vitest';
import type { EngageEvent } from './events/engage-events.ts';
import { writeEntry } from './events/in-stream-entry.ts';
import { command } from './testing/command.ts';
import { ScriptClock } from './testing/script-clock.ts';
import { askAsOperator, metricOf, readiness, Stand, waitFor } from './testing/stand.ts';
import { expectedSteps, verdict } from './testing/verdict.ts';

const formats = new Formats();

interface SetAside {
  readonly id: string;
  readonly kind: string;
  readonly reason: string;
  readonly calls: readonly { readonly callUuid: string }[];
}

async function stage(test: TestContext) {
  const production = produce([scenarioNamed('hold')], { times: 4 });
  const stand = await Stand.start({ redis: testRedis(), production });
  test.onTestFinished(() => stand.close());
  const instances: RunningService[] = [await stand.excp(), await stand.excp()];
  await stand.ready();
  const runner = new ScenarioRunner({ clock: new ScriptClock(), switches: stand.switches, speed: 6 });
  const [half, other] = [production.performances.slice(0, 2), production.performances.slice(2)];
  return {
    stand,
    instances,
    play: () => runner.playAll(half, 100),
    playRest: () => runner.playAll(other, 100),
  };
}

const caller = '+4930123456789';

/** A call that talks to an agent, with all its times in microseconds where seconds belong. */
function microsecondsForSeconds(stand: Stand): EngageEvent[] {
  const [agent] = stand.production.agents;
  const [site] = stand.production.sites;
  const call = 'BAD0000000000000000000000000BAD0';
  const of = { site, at: Date.now() * 1e9, call } as const;
  return [
    { kind: 'call-created', ...of, type: 'Inbound', ani: caller },
    { kind: 'party-added', ...of, party: 'P1', dn: caller, type: 'External', state: 'Connected' },
    {
      kind: 'party-added',
      ...of,
      party: 'P2',
      ref: caller,
      dn: agent?.dn,
      type: 'Extension',
      state: 'Connected',
      agentId: agent?.loginCode,
    },
    { kind: 'call-deleted', ...of },
  ] as unknown as EngageEvent[];
}

/** Past the wire, as an older instance or a fault of ours might have stored it. */
async function store(stand: Stand, inputs: readonly EngageEvent[]): Promise<void> {
  for (const content of inputs)
    await stand.redis.client.xadd(
      stand.keys.in,
      '*',
      'e',
      writeEntry(formats, { received: wallMs(Date.now()), content }),
    );
}

async function listOf(instance: RunningService): Promise<readonly SetAside[]> {
  const answer = await askAsOperator(instance.port, '/api/v1/quarantine');
  return ((await answer.json()) as { items: readonly SetAside[] }).items;
}

async function untilAllPublished(stand: Stand, played: Awaited<ReturnType<ScenarioRunner['playAll']>>) {
  await stand.until(
    () => stand.cloud.record.events().accepted >= expectedSteps(played),
    () => JSON.stringify({ ...stand.cloud.record.events(), ...verdict(stand, played) }),
  );
  expect(verdict(stand, played).wrong).toEqual([]);
  expect(stand.cloud.record.violations).toEqual([]);
}

describe('one call whose times are microseconds instead of seconds', () => {
  it('is set aside, whichever of two EXCP processes; all other calls are told', async (test) => {
    const { stand, instances, play, playRest } = await stage(test);
    const playing = play();
    await store(stand, microsecondsForSeconds(stand));
    await waitFor(async () => (await stand.redis.client.xlen(stand.keys.quarantine)) === 1, 'set aside');
    const played = await playing;
    await untilAllPublished(stand, played);
    await waitFor(async () => (await stand.redis.client.xlen(stand.keys.in)) === 0, 'all is dealt with');

    for (const instance of instances)
      expect(await listOf(instance)).toMatchObject([
        {
          kind: 'party-added',
          reason: expect.stringContaining('Invalid time value'),
          calls: [{ callUuid: 'BAD0000000000000000000000000BAD0' }],
        },
      ]);
    // Whichever of them processed then.
    const counts = await Promise.all(instances.map((one) => metricOf(one, 'excp_quarantined_total')));
    expect(counts.toSorted()).toEqual([0, 1]);
    for (const instance of instances)
      await waitFor(async () => (await metricOf(instance, 'excp_quarantine_entries')) === 1, 'the gauge');

    // The other one meets the same entry again: it is told once more, and stops nothing there either.
    let at = -1;
    await waitFor(async () => {
      const answers = await Promise.all(instances.map(({ port }) => readiness(port)));
      at = answers.findIndex(({ active }) => active === true);
      return at >= 0;
    }, 'one of them processes');
    const [active, other] = (at === 0 ? instances : instances.toReversed()) as [
      RunningService,
      RunningService,
    ];
    await stand.stop(active);
    await store(stand, microsecondsForSeconds(stand).slice(0, 3));
    await untilAllPublished(stand, [...played, ...(await playRest())]);
    await waitFor(async () => (await listOf(other)).length === 2, 'set aside again');

    const [first] = await listOf(other);
    expect(await command(other, 'quarantine', 'list')).toMatchObject({ code: 0 });
    expect((await command(other, 'quarantine', 'list')).lines.at(-1)).toMatch(/party-added +RangeError/);
    const contentOf = async (query = '') => {
      const detail = await askAsOperator(other.port, `/api/v1/quarantine/${first?.id}${query}`);
      return ((await detail.json()) as { content: string }).content;
    };
    const masked = await contentOf();
    expect(masked).toContain('"kind":"party-added"');
    expect(masked).toContain('+**********789');
    expect(masked).not.toContain(caller);
    const whole = await contentOf('?numbers=full');
    expect(whole).toContain(caller);
    expect(maskPersonsInJson(whole)).toBe(masked);
    await waitFor(async () => {
      const audit = await (await askAsOperator(other.port, '/api/v1/audit')).text();
      return audit.includes(`Content of entry ${first?.id} of the quarantine shown`);
    }, 'the audit says who saw it');
    expect(await command(other, 'quarantine', 'drop', first?.id ?? '')).toMatchObject({ code: 0 });
    expect(await command(other, 'quarantine', 'drop', first?.id ?? '')).toMatchObject({ code: 1 });
    expect(await command(other, 'quarantine', 'drop', '--all')).toMatchObject({ code: 0 });
    expect(await command(other, 'quarantine', 'list')).toMatchObject({
      lines: ['Nothing is in the quarantine.'],
    });
  });

  it('is shown by the list of conversations as long as it is known, odd times and all', async (test) => {
    const { stand, instances } = await stage(test);
    // A call that no mapped agent or queue takes part in is known and not told.
    await store(stand, microsecondsForSeconds(stand).slice(0, 2));
    const [one] = instances;
    const ask = (path: string) => askAsOperator(one?.port ?? 0, `/api/v1/conversations${path}`);
    let details: { readonly legs?: readonly object[] } = {};
    await waitFor(async () => {
      details = (await (await ask('/BAD0000000000000000000000000BAD0')).json()) as typeof details;
      return details.legs?.length === 1;
    }, 'the call is known, and who takes part in it');
    expect(details).toMatchObject({ legs: [{ establishedAt: 'invalid' }] });
    expect((await ask('')).status).toBe(200);
  });
});
