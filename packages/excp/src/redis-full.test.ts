/** Redis takes nothing for a while: what happened meanwhile is told afterwards, as it was. */
import { produce, ScenarioRunner, scenarioNamed } from '@exec/simulators/scenarios';
import { ownRedis } from '@exec/testing/vitest';
import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { ExcpProcess } from './testing/processes.ts';
import { ScriptClock } from './testing/script-clock.ts';
import { readiness, Stand, waitFor } from './testing/stand.ts';
import { expectedSteps, verdict } from './testing/verdict.ts';

/** Again and again full from the moment in which the cloud accepts something until what follows it cannot be written. */
async function fullAfterEachAnswer(stand: Stand, admin: Redis, playing: Promise<unknown>): Promise<void> {
  let over = false;
  void playing.finally(() => {
    over = true;
  });
  while (!over) {
    await stand.untilPublished(1, playing);
    await admin.config('SET', 'maxmemory', '1');
    await stand.untilHappened(5, playing);
    await admin.config('SET', 'maxmemory', '0');
  }
}

it('Redis full (maxmemory) while 20 calls begin and end: nothing lost, nothing twice, order kept', async (test) => {
  const names = ['hold', 'transfer-to-queue', 'inbound-queue-call', 'conference'] as const;
  const production = produce(
    names.map((name) => scenarioNamed(name)),
    { times: 5 },
  );
  const server = await ownRedis();
  // What the cloud has accepted and is sent again it refuses: then a leg that lives would be a dead letter.
  const stand = await Stand.start({
    redis: { url: server.url, prefix: 'full' },
    production,
    cloud: { repeatMode: 'refuse-repeat' },
  });
  const admin = new Redis(server.url);
  const env = { ...stand.environment(), LOG_LEVEL: 'info' };
  const instances = ['one', 'two'].map((name) => new ExcpProcess({ ...env, INSTANCE_ID: name }));
  test.onTestFinished(async () => {
    await Promise.all(instances.map((instance) => instance.kill()));
    admin.disconnect();
    await stand.close();
  });
  const ports = await Promise.all(instances.map((instance) => instance.port()));
  await waitFor(async () => {
    const answers = await Promise.all(ports.map((port) => readiness(port)));
    return answers.every((answer) => answer.ready) && answers.some((answer) => answer.active === true);
  }, 'both ready, one active');
  const runner = new ScenarioRunner({ clock: new ScriptClock(), switches: stand.switches, speed: 4 });
  const playing = runner.playAll(production.performances, 2_000);
  await stand.until(
    () => stand.cloud.record.events().accepted >= 5,
    () => 'the first calls',
  );
  await admin.config('SET', 'maxmemory', '1');
  await stand.untilHappened(200, playing);
  const accepted = stand.cloud.record.events().accepted;
  await admin.config('SET', 'maxmemory', '0');
  const [played] = await Promise.all([playing, fullAfterEachAnswer(stand, admin, playing)]);
  const steps = expectedSteps(played);
  expect(accepted).toBeLessThan(steps);
  await stand.until(
    () => stand.cloud.record.events().accepted >= steps,
    () => JSON.stringify({ ...stand.cloud.record.events(), steps, ...verdict(stand, played) }),
  );
  expect(verdict(stand, played).wrong).toEqual([]);
  expect(stand.cloud.record.events().accepted).toBe(steps);
  expect(stand.cloud.record.violations).toEqual([]);
});
