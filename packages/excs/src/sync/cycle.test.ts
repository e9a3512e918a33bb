/** A whole cycle against a real database, a real Redis and the fake cloud. */
import { expectation } from '@exec/simulators/config-db';
import { afterEach, describe, expect, it } from 'vitest';
import { cloudView, expectedView } from '../testing/comparison.ts';
import { Engine } from '../testing/engine.ts';
import { Site } from '../testing/site.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function startSite(options: Parameters<typeof Site.start>[0] = {}): Promise<Site> {
  const site = await Site.start(options);
  open.push(site);
  return site;
}

async function startEngine(
  site: Site,
  more: Partial<Parameters<typeof Engine.start>[0]> = {},
): Promise<Engine> {
  const engine = await Engine.start({ env: site.env, ...more });
  open.push({ close: () => engine.stop() });
  return engine;
}

describe('a cycle', () => {
  it('makes an empty organisation equal to what Engage calls for, and then writes nothing more', async () => {
    const site = await startSite({ centre: { agents: 60 } });
    const engine = await startEngine(site);
    await engine.settle();
    const expected = expectedView(expectation(site.centre), site.centre.tenantDbid);
    expect(cloudView(site.cloud)).toEqual(expected);

    site.cloud.record.reset();
    await engine.run({ drift: true });
    await engine.checkAll();
    await engine.run({ drift: true });
    expect(Object.fromEntries(site.cloud.record.writes)).toEqual({});
  });
});
