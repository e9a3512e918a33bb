/** Before the first plan of EXCS is approved nothing is mapped: EXCP is ready all the same, and begins when agents are. */
import { produce, ScenarioRunner, scenarioNamed } from '@exec/simulators/scenarios';
import { testRedis } from '@exec/testing/vitest';
import { expect, it } from 'vitest';
import { ScriptClock } from './testing/script-clock.ts';
import { askAsOperator, readiness, Stand, waitFor } from './testing/stand.ts';
import { expectedSteps, verdict } from './testing/verdict.ts';

it('both instances are ready without anything mapped, send nothing, and tell calls once something is', async (test) => {
  const stand = await Stand.start({
    redis: testRedis(),
    production: produce([scenarioNamed('inbound-queue-call'), scenarioNamed('inbound-queue-call')]),
  });
  test.onTestFinished(() => stand.close());
  await stand.storeMapping('nothing');
  const instances = [await stand.excp(), await stand.excp()] as const;
  await stand.ready();
  const details = async () => {
    const answers = await Promise.all(instances.map(({ port }) => readiness(port)));
    return answers.map(({ ready, dependencies }) => ({
      ready,
      detail: dependencies.find(({ name }) => name === 'mapping')?.detail ?? '',
    }));
  };
  for (const { detail } of await details()) expect(detail).toContain('nothing is mapped yet');
  const { record } = stand.cloud;
  const runner = new ScenarioRunner({ clock: new ScriptClock(), switches: stand.switches, speed: 8 });
  const [early, late] = stand.production.performances;
  if (early === undefined || late === undefined) throw new Error('two calls are played');
  runner.logIn([early, late]);
  const [call = ''] = (await runner.play(early)).expected.map((one): string => one.call);
  await waitFor(async () => {
    const [{ port }] = instances;
    const answer = await askAsOperator(port, `/api/v1/conversations/${call}`);
    return ((await answer.json()) as { readonly state?: string }).state === 'over';
  }, 'the early call is over for them as well');
  expect(record.events().accepted).toBe(0);

  await stand.storeMapping();
  await waitFor(
    async () => (await details()).every(({ ready, detail }) => ready && / [1-9]\d* agents/.test(detail)),
    'both work from the new mapping',
  );
  const played = [await runner.play(late)];
  const steps = expectedSteps(played);
  await stand.until(
    () => record.events().accepted >= steps,
    () => JSON.stringify({ ...record.events(), steps, ...verdict(stand, played) }),
  );
  expect(verdict(stand, played).wrong).toEqual([]);
  expect(record.violations).toEqual([]);
});
