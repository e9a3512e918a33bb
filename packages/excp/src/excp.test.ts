import { produce, type Scenario, ScenarioRunner, scenarios } from '@exec/simulators/scenarios';
import { testRedis } from '@exec/testing/vitest';
import { describe, expect, it, type TestContext } from 'vitest';
import { ScriptClock } from './testing/script-clock.ts';
import { Stand, type StandOptions } from './testing/stand.ts';
import { expectedSteps, verdict } from './testing/verdict.ts';

const usual = scenarios.filter((scenario) => !scenario.solo && scenario.settings === undefined);
const isOfSites = (scenario: Scenario) =>
  [...Object.values(scenario.cast.agents ?? {}), ...Object.values(scenario.cast.queues ?? {})].some(
    (role) => role.otherSite,
  ) || scenario.name.includes('site');

interface Play extends Partial<StandOptions> {
  readonly scenarios: readonly Scenario[];
  readonly speed: number;
}

/** Plays scenarios side by side into two instances and answers what the cloud made of it. */
async function play(test: TestContext, o: Play) {
  const production = produce(o.scenarios);
  const stand = await Stand.start({ ...o, redis: testRedis(), production });
  test.onTestFinished(() => stand.close());
  await stand.excp();
  await stand.excp();
  await stand.ready();
  const epoch = await stand.leaseEpoch();
  const runner = new ScenarioRunner({ clock: new ScriptClock(), switches: stand.switches, speed: o.speed });
  const played = await runner.playAll(production.performances, 250);
  const steps = expectedSteps(played);
  const { record } = stand.cloud;
  await stand.until(
    () => record.events().accepted >= steps,
    () => JSON.stringify({ ...record.events(), steps, wrong: verdict(stand, played).wrong.slice(0, 2) }),
  );
  const { wrong, latest } = verdict(stand, played);
  expect(wrong).toEqual([]);
  expect(latest, 'milliseconds of event time').toBeLessThanOrEqual(2_000);
  expect(record.events()).toMatchObject({ accepted: steps, refusedBy: { rule: 0, injected: 0 } });
  // The machine may have stood still for longer than a lease lasts: only then is anything sent once more.
  if ((await stand.leaseEpoch()) === epoch)
    expect(record.events()).toMatchObject({ duplicates: 0, refused: 0 });
  expect(record.violations).toEqual([]);
}

describe.concurrent('two EXCP side by side tell each call once, as it was', () => {
  it('by delete and add, at a cloud that drops repeats', async (test) => {
    await play(test, { scenarios: usual.filter((one) => !isOfSites(one)), speed: 8 });
  });

  it('by move, at a cloud that refuses repeats', async (test) => {
    await play(test, {
      scenarios: usual.filter((one) => !isOfSites(one)),
      speed: 8,
      cloud: { repeatMode: 'refuse-repeat' },
      transferStyle: 'move',
    });
  });

  it('over two sites', async (test) => {
    await play(test, { scenarios: usual.filter(isOfSites), speed: 3, sites: 2 });
  });

  it('with after-call work required', async (test) => {
    await play(test, {
      scenarios: scenarios.filter((one) => one.settings !== undefined),
      speed: 30,
      // The grace time runs by the real clock: two seconds stand for the sixty of the script.
      env: { ACW_REQUIRED: 'true', DISPOSITION_GRACE_SECONDS: '2' },
    });
  });
});
