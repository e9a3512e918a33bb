/** A whole cycle against a real database, a real Redis and the fake cloud. */
import { expectation } from '@exec/simulators/config-db';
import { describe, expect, it } from 'vitest';
import { cloudView, expectedView } from '../testing/comparison.ts';
import { startEngine, startSite } from '../testing/test-site.ts';

describe('a cycle', () => {
  it('makes an empty organisation equal to what Engage calls for, and then writes nothing more', async () => {
    const site = await startSite({ centre: { agents: 60 } });
    const engine = await startEngine(site);
    await engine.converge();
    const expected = expectedView(expectation(site.centre), site.centre.tenantDbid);
    expect(cloudView(site.cloud)).toEqual(expected);

    site.cloud.record.reset();
    await engine.run({ drift: true });
    await engine.checkAll();
    await engine.run({ drift: true });
    expect(Object.fromEntries(site.cloud.record.writes)).toEqual({});
  });
});
