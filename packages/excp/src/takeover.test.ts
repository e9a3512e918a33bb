import { produce, ScenarioRunner, scenarioNamed } from '@exec/simulators/scenarios';
import { testRedis } from '@exec/testing/vitest';
import { describe, expect, it, type TestContext } from 'vitest';
import { ExcpProcess } from './testing/processes.ts';
import { ScriptClock } from './testing/script-clock.ts';
import { readiness, Stand, waitFor } from './testing/stand.ts';
import { expectedSteps, verdict } from './testing/verdict.ts';

async function stage(test: TestContext) {
  const production = produce([scenarioNamed('hold'), scenarioNamed('conference')], { times: 3 });
  const stand = await Stand.start({ redis: testRedis(), production });
  const env = { ...stand.environment(), LOG_LEVEL: 'info' };
  const instances = ['one', 'two'].map((name) => new ExcpProcess({ ...env, INSTANCE_ID: name }));
  test.onTestFinished(async () => {
    for (const instance of instances) instance.signal('SIGCONT');
    await Promise.all(instances.map((instance) => instance.kill()));
    await stand.close();
  });
  const ports = await Promise.all(instances.map((instance) => instance.port()));
  const [one, two] = instances;
  if (one === undefined || two === undefined) throw new Error('two instances');
  const states = async () => {
    const answers = await Promise.all(
      ports.map((port) => readiness(port).catch(() => ({ ready: false, active: false, dependencies: [] }))),
    );
    return {
      ready: answers.every((answer) => answer.ready),
      active: answers.findIndex((answer) => answer.active === true),
    };
  };
  /** Who holds the lease by now, and who stands by: a machine that stood still may have changed that. */
  const roles = async () => {
    let at = -1;
    await waitFor(async () => {
      const { ready, active } = await states();
      at = active;
      return ready && at >= 0;
    }, 'both ready, one active');
    return at === 0 ? { holder: one, standby: two } : { holder: two, standby: one };
  };
  await roles();
  const runner = new ScenarioRunner({ clock: new ScriptClock(), switches: stand.switches, speed: 6 });
  return {
    stand,
    roles,
    play: () => runner.playAll(production.performances, 900),
  };
}

async function untilAllPublished(stand: Stand, played: Awaited<ReturnType<ScenarioRunner['playAll']>>) {
  const steps = expectedSteps(played);
  await stand.until(
    () => stand.cloud.record.events().accepted >= steps,
    () =>
      JSON.stringify({
        ...stand.cloud.record.events(),
        violations: stand.cloud.record.violations,
        ...verdict(stand, played),
      }),
  );
  expect(verdict(stand, played).wrong).toEqual([]);
  expect(stand.cloud.record.events().accepted).toBe(steps);
  expect(stand.cloud.record.violations).toEqual([]);
}

/** What it says from now on. */
function listenTo(instance: ExcpProcess): () => string {
  const { length } = instance.output;
  return () => instance.output.slice(length);
}

describe('an instance that is alone', () => {
  it('and stands still for some seconds tells afterwards what happened meanwhile, as it was', async (test) => {
    const production = produce([scenarioNamed('inbound-queue-call'), scenarioNamed('transfer-to-queue')], {
      times: 10,
    });
    const stand = await Stand.start({ redis: testRedis(), production });
    const alone = new ExcpProcess({ ...stand.environment(), LOG_LEVEL: 'info' });
    test.onTestFinished(async () => {
      alone.signal('SIGCONT');
      await alone.kill();
      await stand.close();
    });
    const port = await alone.port();
    await waitFor(async () => (await readiness(port)).active === true, 'active');
    const runner = new ScenarioRunner({ clock: new ScriptClock(), switches: stand.switches, speed: 6 });
    const playing = runner.playAll(production.performances, 100);
    await stand.untilPublished(20, playing);
    alone.signal('SIGSTOP');
    await stand.untilHappened(100, playing);
    alone.signal('SIGCONT');
    await untilAllPublished(stand, await playing);
  });
});

describe.concurrent('the holder of the lease', () => {
  it('hands over when it is asked to stop, and ends with 0', async (test) => {
    const { stand, roles, play } = await stage(test);
    const playing = play();
    await stand.untilPublished(20, playing);
    const { holder, standby } = await roles();
    const said = listenTo(standby);
    expect(await holder.stop()).toBe(0);
    await untilAllPublished(stand, await playing);
    expect(said()).toContain('This instance processes from now on');
    // Nothing is wrong with a Redis that the new holder has only just begun to read from; that it is late may be said.
    const troubles = said()
      .split('\n')
      .filter((line) => line.includes('Redis does not take what was processed'));
    expect(troubles.filter((line) => /isn't writeable|no connection to Redis/.test(line))).toEqual([]);
  });

  it('is followed by the other one when it is killed', async (test) => {
    const { stand, roles, play } = await stage(test);
    const playing = play();
    await stand.untilPublished(20, playing);
    const { holder, standby } = await roles();
    const said = listenTo(standby);
    await holder.kill();
    await untilAllPublished(stand, await playing);
    expect(said()).toContain('This instance processes from now on');
  });

  it('that slept through the end of its lease writes nothing when it wakes up', async (test) => {
    const { stand, roles, play } = await stage(test);
    const playing = play();
    await stand.untilPublished(15, playing);
    const { holder, standby } = await roles();
    const said = listenTo(standby);
    holder.signal('SIGSTOP');
    // More than the cloud may have been sent already.
    const meanwhile = stand.untilPublished(25, playing);
    await waitFor(async () => said().includes('This instance processes from now on'), 'the other took over');
    await meanwhile;
    holder.signal('SIGCONT');
    await untilAllPublished(stand, await playing);
  });
});
