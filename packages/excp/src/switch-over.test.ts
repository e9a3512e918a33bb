/** The SIP Server pair changes roles while calls go on, and both servers stay up. */
import { produce, type Scenario, ScenarioRunner, scenarioNamed } from '@exec/simulators/scenarios';
import { testRedis } from '@exec/testing/vitest';
import { describe, expect, it, type TestContext } from 'vitest';
import { namesOf, seenConversations } from './testing/golden.ts';
import { ScriptClock } from './testing/script-clock.ts';
import { readiness, Stand, waitFor } from './testing/stand.ts';

const cast: readonly Scenario[] = [
  'consult-completed',
  'consult-completed-by-move',
  'consult-reconnected',
  'consult-queue-completed',
  'consult-completed-while-ringing',
  'conference',
  'hold',
  'transfer-to-agent',
].map((name) => scenarioNamed(name));

const speed = 6;

/** `times`: how often the roles change, each time with a hundred events more of calls. */
async function changingRoles(test: TestContext, times: number): Promise<void> {
  const production = produce(cast, { times: 10 });
  const stand = await Stand.start({ redis: testRedis(), production });
  test.onTestFinished(() => stand.close());
  const excp = await stand.excp();
  await stand.ready();
  const [name] = production.sites;
  const runner = new ScenarioRunner({ clock: new ScriptClock(), switches: stand.switches, speed });
  const playing = runner.playAll(production.performances, 500);
  for (let round = 0; round < times; round++) {
    await stand.untilPublished(100, playing);
    stand.sipServers.get(name)?.switchover();
    await waitFor(async () => !(await readiness(excp.port)).ready, 'the links are down');
    await waitFor(async () => (await readiness(excp.port)).ready, 'the links are back');
  }
  const played = await playing;
  await waitFor(async () => {
    const answer = await fetch(`http://127.0.0.1:${excp.port}/metrics`);
    return /^excp_open_conversations(\{.*\})? 0$/m.test(await answer.text());
  }, 'everything has ended');
  const seen = seenConversations(stand.accepted(), namesOf(production, stand.ids)).map(({ call }) => call);
  const expected = new Set(played.flatMap((one) => one.expected).map((one): string => one.call));
  // What happened in the gap may be missing; nothing is split.
  expect(seen.filter((call) => !expected.has(call))).toEqual([]);
  expect(new Set(seen).size).toBe(seen.length);
  expect(stand.cloud.record.violations).toEqual([]);
}

describe.concurrent('the SIP Server pair switches over, both stay up, among 80 calls', () => {
  it('one conversation per call, also with a consultation', async (test) => {
    await changingRoles(test, 1);
  });

  it('one conversation per call also when it switches back', async (test) => {
    await changingRoles(test, 2);
  });
});
