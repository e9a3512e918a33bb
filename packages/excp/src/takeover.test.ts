import { systemClock } from '@exec/common/clock';
import { produce, ScenarioRunner, scenarioNamed } from '@exec/simulators/scenarios';
import { testRedis } from '@exec/testing/vitest';
import { describe, expect, it, type TestContext } from 'vitest';
import { ExcpProcess } from './testing/processes.ts';
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
  const active = async () => {
    const states = await Promise.all(
      ports.map((port) => readiness(port).catch(() => ({ ready: false, active: false, dependencies: [] }))),
    );
    return {
      ready: states.every((state) => state.ready),
      index: states.findIndex((state) => state.active === true),
    };
  };
  await waitFor(async () => {
    const { ready, index } = await active();
    return ready && index >= 0;
  }, 'both ready, one active');
  const holder = (await active()).index === 0 ? one : two;
  const runner = new ScenarioRunner({ clock: systemClock, switches: stand.switches, speed: 6 });
  return {
    stand,
    holder,
    standby: holder === one ? two : one,
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
    const runner = new ScenarioRunner({ clock: systemClock, switches: stand.switches, speed: 6 });
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
    const { stand, holder, standby, play } = await stage(test);
    const playing = play();
    await stand.untilPublished(20, playing);
    expect(await holder.stop()).toBe(0);
    await untilAllPublished(stand, await playing);
    expect(standby.output).toContain('This instance processes from now on');
    // Nothing is wrong with a Redis that the new holder has only just begun to read from.
    expect(standby.output).not.toContain('Redis does not take what was processed');
  });

  it('is followed by the other one when it is killed', async (test) => {
    const { stand, holder, standby, play } = await stage(test);
    const playing = play();
    await stand.untilPublished(20, playing);
    await holder.kill();
    await untilAllPublished(stand, await playing);
    expect(standby.output).toContain('This instance processes from now on');
  });

  it('that slept through the end of its lease writes nothing when it wakes up', async (test) => {
    const { stand, holder, standby, play } = await stage(test);
    const playing = play();
    await stand.untilPublished(15, playing);
    holder.signal('SIGSTOP');
    // More than the cloud may have been sent already.
    const meanwhile = stand.untilPublished(25, playing);
    await waitFor(
      async () => standby.output.includes('This instance processes from now on'),
      'the other took over',
    );
    await meanwhile;
    holder.signal('SIGCONT');
    await untilAllPublished(stand, await playing);
  });
});
