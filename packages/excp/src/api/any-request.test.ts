/** Whatever anybody sends to the REST interface: an answer, or a refusal in our form, and EXCP lives on. */
import { produce, ScenarioRunner, scenarioNamed } from '@exec/simulators/scenarios';
import { playAnyRequests, reached } from '@exec/testing/rest';
import { testRedis } from '@exec/testing/vitest';
import { expect, it } from 'vitest';
import { ScriptClock } from '../testing/script-clock.ts';
import { Stand, waitFor } from '../testing/stand.ts';
import { expectedSteps } from '../testing/verdict.ts';

const token = 'token-of-the-test-of-any-request';

it('any request is answered or refused in form', async (test) => {
  const production = produce([scenarioNamed('hold')]);
  const stand = await Stand.start({ redis: testRedis(), production, env: { API_TOKEN: token } });
  test.onTestFinished(() => stand.close());
  const { client } = stand.redis;
  const { port } = await stand.excp();
  await stand.ready();
  const runner = new ScenarioRunner({ clock: new ScriptClock(), switches: stand.switches, speed: 20 });
  const played = await runner.playAll(production.performances);
  await stand.until(
    () => stand.cloud.record.events().accepted >= expectedSteps(played),
    () => 'the call is told',
  );
  // What nobody can read is set aside.
  await client.xadd(stand.keys.in, '*', 'e', '{');
  await waitFor(async () => (await client.xlen(stand.keys.quarantine)) > 0, 'the quarantine has an entry');
  const [[quarantined = ''] = []] = await client.xrange(stand.keys.quarantine, '-', '+', 'COUNT', 1);
  const tally = await playAnyRequests({
    baseUrl: `http://127.0.0.1:${port}`,
    headers: { authorization: `Bearer ${token}` },
    samples: {
      callUuid: played.flatMap(({ expected }) => expected.map(({ call }) => call)),
      id: [quarantined],
    },
  });
  // There is no dead letter: those are dealt with in dead-letters.test.ts.
  const operations = [...tally.keys()].filter((id) => /\/api\//.test(id) && !/dead-letters\/\{id\}/.test(id));
  // What only ever refuses, or is never refused, would prove little.
  expect(operations.filter((id) => !reached(tally, id, 'answer'))).toEqual([]);
  expect(operations.filter((id) => !reached(tally, id, 'refusal') && !/(gaps|overview)$/.test(id))).toEqual(
    [],
  );
});
