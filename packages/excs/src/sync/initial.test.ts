/** The first synchronisation of an empty organisation: as few requests as possible, never one too many a minute. */
import { expectation } from '@exec/simulators/config-db';
import { expect, it } from 'vitest';
import { cloudView, expectedView } from '../testing/comparison.ts';
import { fewestRequests } from '../testing/minimum.ts';
import { ScaledClock } from '../testing/scaled-clock.ts';
import { startEngine, startSite } from '../testing/test-site.ts';

it.each(['user', 'organization'] as const)(
  'costs at most 1.05 times the fewest requests and meets no 429: %s',
  async (scope) => {
    const clock = new ScaledClock(30);
    const site = await startSite({
      centre: { agents: 200, skills: 20, queues: 30, skillsPerAgent: 8, flaws: [] },
      cloud: { clock, requestsPerMinute: 300 },
      env: { GENESYS_CLOUD_REQUESTS_PER_MINUTE: '285', PRIMARY_SOURCE_SCOPE: scope },
    });
    const engine = await startEngine(site, { clock });
    const result = await engine.run();
    expect(result.outcome).toBe('complete');
    const expected = expectation(site.centre);
    expect(cloudView(site.cloud)).toEqual(expectedView(expected, site.centre.tenantDbid));
    const { record } = site.cloud;
    // Of the 15 between what is sent in a minute and what is allowed, a busy machine may use some on the way.
    expect(record.answers429).toBe(0);
    expect(record.requests).toBeLessThanOrEqual(1.05 * fewestRequests(expected, scope));
  },
);
