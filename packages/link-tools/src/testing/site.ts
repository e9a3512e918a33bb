/** A simulated Engage side with test calls on command, for tests of the tools. */
import { systemClock } from '@exec/common/clock';
import { EngageSide, engageConfig } from '@exec/simulators/scenarios';
import type { Context } from '../conformance/context.ts';
import { nobody } from '../conformance/test-calls.ts';

export const sitePeople = {
  agents: [1, 2, 3].map((n) => ({ employeeId: `E100${n}`, loginCode: `700${n}`, dn: `500${n}` })),
  queues: ['VQ_A', 'VQ_B'],
};

export function startSite(): Promise<EngageSide> {
  const sites = [{ switch: 'SIP_Switch', ...sitePeople }];
  return EngageSide.start(engageConfig.parse({ sites, testCalls: 0 }), systemClock);
}

/** Patience for peers in the same process. What must come is waited for much longer than it takes. */
export function testContext(more: Partial<Context> = {}): Context {
  return {
    clock: systemClock,
    limits: { answer: 10_000, resync: 10_000, call: 20_000, quiet: 50 },
    client: { applicationName: 'conformance' },
    calls: nobody('no test calls here'),
    ...more,
  };
}
