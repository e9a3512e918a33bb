import type { RunningService } from '@exec/common/service';
import { Random } from '@exec/simulators/scenarios';
import { ownRedis, testRedis } from '@exec/testing/vitest';
import { describe, expect, it } from 'vitest';
import { RandomDay } from './testing/random-day.ts';
import { RudeRedis } from './testing/rude-redis.ts';
import { Site } from './testing/site.ts';

const agents = 25;
const steps = 120;

type Nemesis = (site: Site, random: Random) => void;

/** Some are not in the mapping any more, others are again. */
const otherAgents = (site: Site, random: Random) =>
  site.storeMapping(site.employees.filter(() => random.chance(0.8)));

const faults: readonly Nemesis[] = [
  (site, random) => site.statServers.switchover({ crash: random.chance(0.5) }),
  (site) => site.cloud.faults.revokeTokens(),
  (site) => site.cloud.faults.outage(200),
  (site) => void site.cloud.faults.inject({ operation: '*', fault: { kind: 'rate-limited', retryAfter: 1 } }),
  (site) => void site.cloud.faults.inject({ operation: '*', fault: { kind: 'reset', when: 'after' } }),
  (site) => void site.cloud.faults.inject({ operation: '*', fault: { kind: 'reset', when: 'before' } }),
  (site) =>
    void site.cloud.faults.inject({ operation: '*', fault: { kind: 'status', status: 503, applied: true } }),
  (site) => void site.cloud.faults.inject({ operation: '*', fault: { kind: 'bad-gateway' } }),
  (site) => void site.cloud.faults.inject({ times: 20, fault: { kind: 'event-errors', retryable: true } }),
];

/** Random days under random faults: whatever happened, in the end the cloud shows what the Stat Server shows. */
describe.each([
  ['dedupe', 11],
  ['refuse-repeat', 12],
  ['dedupe', 13],
  ['refuse-repeat', 14],
] as const)('random agent days under random faults, mode %s, seed %i', (repeatMode, seed) => {
  it("end with every agent's last state, no state out of the table and no time that ran backwards", async () => {
    const site = await Site.start({ redis: testRedis(), agents, cloud: { repeatMode } });
    try {
      const random = new Random(seed);
      const day = new RandomDay(site.states, site.employees, random);
      let running: RunningService = await site.exas();
      await site.untilShown(day.expectedStates());
      for (let step = 0; step < steps; step++) {
        for (let change = 0; change < 5; change++) day.step();
        if (random.chance(0.15)) random.pick(faults)(site, random);
        if (random.chance(0.05)) await otherAgents(site, random);
        if (random.chance(0.02)) {
          await site.stop(running);
          day.step();
          running = await site.exas();
        }
        await site.untilRequests(random.int(1, 3), 40);
      }
      site.cloud.faults.clear();
      await site.storeMapping(site.employees);
      await site.untilShown(day.expectedStates());
      const { refusedBy } = site.cloud.record.events();
      expect({ broken: refusedBy.rule, violations: site.cloud.record.violations }).toEqual({
        broken: 0,
        violations: [],
      });
    } finally {
      await site.close();
    }
  });
});

type RedisNemesis = (redis: RudeRedis, site: Site, random: Random) => Promise<void>;

/** Each lasts until Redis is healed, or is over at once. */
const redisFaults: readonly RedisNemesis[] = [
  (redis) => redis.full(),
  (redis) => redis.readOnly(),
  (redis) => redis.hung(1500),
  (redis) => redis.cut(),
  (redis) => redis.leaseLost(),
  (_redis, site, random) => otherAgents(site, random),
  async (redis, site) => {
    await redis.emptied();
    await site.storeSettings();
    await site.storeMapping(site.employees);
  },
];

/** The same with two instances, one Redis that is rude to both, and a lease that moves between them at any moment. */
describe.each([
  ['dedupe', 21],
  ['refuse-repeat', 22],
] as const)(
  'random agent days of two instances beside a rude Redis, mode %s, seed %i',
  (repeatMode, seed) => {
    it("end with every agent's last state, no contradiction and no time that ran backwards", async () => {
      const { url } = await ownRedis();
      const redis = await RudeRedis.start(url);
      const env = { REDIS_URL: redis.url };
      const site = await Site.start({ redis: { url, prefix: 'exec' }, agents, cloud: { repeatMode }, env });
      try {
        const random = new Random(seed);
        const day = new RandomDay(site.states, site.employees, random);
        let running = [await site.exas(), await site.exas()];
        await site.untilShown(day.expectedStates());
        let isRude = false;
        for (let step = 0; step < steps; step++) {
          for (let change = 0; change < 5; change++) day.step();
          if (random.chance(0.1)) random.pick(faults)(site, random);
          if (isRude && random.chance(0.2)) {
            await redis.heal();
            isRude = false;
          } else if (!isRude && random.chance(0.1)) {
            await random.pick(redisFaults)(redis, site, random);
            isRude = true;
          }
          if (!isRude && random.chance(0.02)) {
            const [first, second] = running as [RunningService, RunningService];
            await site.stop(first);
            running = [second, await site.exas()];
          }
          await site.untilRequests(random.int(1, 3), 40);
        }
        await redis.heal();
        site.cloud.faults.clear();
        await site.storeMapping(site.employees);
        await site.untilShown(day.expectedStates());
        const { refusedBy } = site.cloud.record.events();
        expect({ broken: refusedBy.rule, violations: site.cloud.record.violations }).toEqual({
          broken: 0,
          violations: [],
        });
      } finally {
        await redis.heal();
        await site.close();
        await redis.close();
      }
    });
  },
);
