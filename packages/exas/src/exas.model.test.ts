import type { RunningService } from '@exec/common/service';
import { testRedis } from '@exec/testing/vitest';
import { describe, expect, it } from 'vitest';
import { RandomDay, randomOf } from './testing/random-day.ts';
import { Site } from './testing/site.ts';

const agents = 25;
const steps = 120;

type Nemesis = (site: Site, random: () => number) => void;

const faults: readonly Nemesis[] = [
  (site, random) => site.statServers.switchover({ crash: random() < 0.5 }),
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
      const random = randomOf(seed);
      const day = new RandomDay(site.states, site.employees, random);
      let running: RunningService = await site.exas();
      await site.untilShown(day.settle());
      for (let step = 0; step < steps; step++) {
        for (let change = 0; change < 5; change++) day.step();
        if (random() < 0.15) faults[Math.floor(random() * faults.length)]?.(site, random);
        if (random() < 0.02) {
          await site.stop(running);
          day.step();
          running = await site.exas();
        }
        await site.untilRequests(1 + Math.floor(random() * 3), 40);
      }
      site.cloud.faults.clear();
      await site.untilShown(day.settle());
      const { refusedBy } = site.cloud.record.events();
      expect({ broken: refusedBy.rule, violations: site.cloud.record.violations }).toEqual({
        broken: 0,
        violations: [],
      });
    } finally {
      await site.close();
    }
  }, 180_000);
});
