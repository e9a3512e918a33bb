/** A Redis that is restarted under calls, with its data, without them, or that is emptied while it runs. */
import type { RunningService } from '@exec/common/service';
import { produce, ScenarioRunner, scenarioNamed } from '@exec/simulators/scenarios';
import type { OwnServer } from '@exec/testing/servers';
import { ownRedis } from '@exec/testing/vitest';
import { describe, expect, it, type TestContext } from 'vitest';
import { ScriptClock } from './testing/script-clock.ts';
import { gapsOf, readiness, Stand, waitFor } from './testing/stand.ts';
import { untilEnded, verdict } from './testing/verdict.ts';

async function stage(test: TestContext, redis: OwnServer, names: readonly string[]) {
  const production = produce(names.map(scenarioNamed));
  const stand = await Stand.start({ redis: { url: redis.url, prefix: 'exec' }, production });
  test.onTestFinished(() => stand.close());
  return stand;
}

async function twoInstances(stand: Stand): Promise<Map<string, RunningService>> {
  const instances = new Map<string, RunningService>();
  for (const name of ['one', 'two']) instances.set(name, await stand.excp({ INSTANCE_ID: name }));
  await stand.ready();
  return instances;
}

/** Resolves when a term has begun: who holds the lease processes. */
async function currentTerm(stand: Stand, instances: ReadonlyMap<string, RunningService>) {
  let term = { holder: '', epoch: '' };
  await waitFor(async () => {
    const held = (await stand.redis.client.get(stand.keys.lease)) ?? '';
    term = { holder: held.split(':', 1)[0] ?? '', epoch: held.split(':').at(-1) ?? '' };
    const holder = instances.get(term.holder);
    return holder !== undefined && (await readiness(holder.port)).active === true;
  }, 'a term has begun');
  return term;
}

describe.concurrent('Redis', () => {
  it('that cuts a connection may yet carry out what came on it: it is fenced by the next term', async (test) => {
    const stand = await stage(test, await ownRedis(), ['inbound-queue-call']);
    await stand.excp();
    await stand.ready();
    const { client } = stand.redis;
    const before = await client.get(stand.keys.lease);
    await client.client('KILL', 'TYPE', 'normal');
    await waitFor(async () => {
      const held = await client.get(stand.keys.lease);
      return held !== null && held !== before;
    }, 'the lease is held under another token');
    await stand.ready();
  });

  it('may be restarted with its data while calls go on', async (test) => {
    const redis = await ownRedis({ durable: true });
    const calls = ['inbound-queue-call', 'hold', 'transfer-to-agent', 'consult-completed'];
    const stand = await stage(test, redis, calls);
    await stand.excp();
    await stand.excp();
    await stand.ready();
    const runner = new ScenarioRunner({ clock: new ScriptClock(), switches: stand.switches, speed: 4 });
    const playing = runner.playAll(stand.production.performances, 500);
    await stand.untilPublished(15, playing);
    await redis.restart();
    const played = await playing;
    await untilEnded(stand, played);
    expect(verdict(stand, played).wrong).toEqual([]);
    expect(stand.cloud.record.violations).toEqual([]);
  });

  it('that is emptied, and again when the other instance has taken over: nothing is told twice', async (test) => {
    const stand = await stage(test, await ownRedis(), ['hold', 'abandon-on-hold', 'transfer-to-agent']);
    const instances = await twoInstances(stand);
    const speed = 4;
    // On hold since the twelfth second.
    const clock = new ScriptClock([14_000 / speed]);
    const playing = new ScenarioRunner({ clock, switches: stand.switches, speed }).playAll(
      stand.production.performances,
      0,
    );
    await waitFor(async () => clock.stands, 'the calls are on hold');
    const emptied = async () => {
      await stand.redis.client.flushall();
      await stand.storeSettings();
      await stand.storeMapping();
      return currentTerm(stand, instances);
    };
    const { holder } = await emptied();
    const instance = instances.get(holder);
    if (instance === undefined) throw new Error(`there is no ${holder}`);
    await stand.stop(instance);
    instances.delete(holder);
    await currentTerm(stand, instances);
    await emptied();
    clock.goOn();
    const played = await playing;
    await untilEnded(stand, played);
    expect(verdict(stand, played).wrong).toEqual([]);
    expect(stand.cloud.record.violations).toEqual([]);
  });

  it.for([
    [
      'comes back without its data',
      async (redis: OwnServer) => {
        await redis.kill();
        await redis.restart();
      },
    ],
    // FLUSHALL: every connection stays.
    [
      'is emptied while it runs',
      async (_: OwnServer, stand: Stand) => void (await stand.redis.client.flushall()),
    ],
  ] as const)(
    'that %s, again and again under calls: nothing is lost, nothing told twice, and the gap is told',
    async ([, empty], test) => {
      const redis = await ownRedis();
      const stand = await stage(test, redis, [
        ...['inbound-queue-call', 'abandon-on-hold', 'hold', 'conference', 'consult-completed'],
        ...['transfer-to-agent', 'disposition-after-call', 'outbound-call'],
      ]);
      const instances = await twoInstances(stand);
      let { epoch } = await currentTerm(stand, instances);
      let sameTerms = true;
      const runner = new ScenarioRunner({ clock: new ScriptClock(), switches: stand.switches, speed: 2 });
      const playing = runner.playAll(stand.production.performances, 500);
      // Whichever of the two is active then, and whatever is on its way.
      for (let round = 0; round < 3; round++) {
        await stand.untilPublished(12, playing);
        // Where the machine stood still another term may just begin, which does not remember everything yet.
        sameTerms &&= (await currentTerm(stand, instances)).epoch === epoch;
        await empty(redis, stand);
        await stand.redisUp();
        await stand.storeSettings();
        await stand.storeMapping();
        ({ epoch } = await currentTerm(stand, instances));
      }
      const played = await playing;
      await untilEnded(stand, played);
      const { record } = stand.cloud;
      expect(verdict(stand, played).wrong).toEqual([]);
      expect(record.violations).toEqual([]);
      sameTerms &&= (await stand.leaseEpoch()) === epoch;
      const [sent, accepted] = [record.eventsSent, record.accepted().length];
      // Not even as a repeat: it is remembered, not found again. Of a term that ended because the machine stood still the
      // next one sends once more what was on its way, never all of it.
      if (sameTerms) expect(sent).toBe(accepted);
      else expect(sent).toBeLessThan(2 * accepted);
      const [instance] = instances.values();
      await waitFor(
        async () =>
          instance !== undefined && (await gapsOf(instance)).some((gap) => gap.why === 'redis-data-lost'),
        'the lost data is told',
      );
    },
  );
});
