/**
 * After a sequence of changes in Engage, edits in the cloud and kills, against real servers: both sides agree, then
 * nothing is written. Hundreds of sequences without kills are played in memory by `convergence.property.test.ts`.
 */
import { expectation, mutations, Random } from '@exec/simulators/config-db';
import { askedSeed } from '@exec/testing/vitest';
import { expect, it } from 'vitest';
import { disagreements } from '../testing/agreement.ts';
import { cloudEdits, noHandMade } from '../testing/cloud-edits.ts';
import { Engine } from '../testing/engine.ts';
import type { Site } from '../testing/site.ts';
import { startSite } from '../testing/test-site.ts';

/** Seeds that once failed stay here; `PROPERTY_SEED` adds another one. */
const asked = askedSeed();
const seeds = [1, 2, 3, ...(asked === undefined ? [] : [asked])];

const generous = {
  SYNC_MAX_DEACTIVATIONS: '100000',
  SYNC_MAX_REMOVALS: '100000',
  DEFAULT_EMAIL_DOMAIN: 'contact.example',
};

/** Starts an engine whose process ends in the middle of its work, after so many requests. */
async function runAndKill(site: Site, requests: number): Promise<void> {
  const engine = await Engine.start({ env: { ...site.env, ...generous } });
  const limit = site.cloud.record.requests + requests;
  const ended = new AbortController();
  const reached = site.cloud
    .until(() => site.cloud.record.requests >= limit, ended.signal)
    .catch(() => undefined);
  const work = engine.converge().catch(() => undefined);
  await Promise.race([reached, work]);
  await engine.kill();
  ended.abort();
  await work;
}

it.each(seeds)('seed %i', async (seed) => {
  const site = await startSite({ centre: { agents: 24, seed }, env: generous });
  const random = new Random(seed);
  const changes = mutations(site.centre, { seed });
  const hand = noHandMade();
  const history: string[] = [];
  for (let round = 0; round < 6; round++) {
    const count = random.int(1, 6);
    for (let change = 0; change < count; change++) {
      const { mutation, statements } = changes.next().value;
      history.push(JSON.stringify(mutation));
      await site.write(statements);
    }
    const edits = Object.keys(cloudEdits);
    for (let edit = random.int(0, 3); edit > 0 && round > 0; edit--) {
      const name = random.pick(edits);
      history.push(`by hand: ${name}`);
      cloudEdits[name]?.(site.cloud, random, hand);
    }
    if (random.chance(0.6)) {
      const requests = random.int(1, 60);
      history.push(`killed after ${requests} requests`);
      await runAndKill(site, requests);
    }
    const engine = await Engine.start({ env: { ...site.env, ...generous } });
    try {
      await engine.converge();
      await engine.checkAll();
      await engine.converge();
      const desired = engine.parts.engage.state?.desired;
      const state = engine.parts.stateKeeper.state;
      const frozen = new Set<string>();
      for (const person of desired?.frozen.persons ?? []) {
        const link = state?.users.get(person);
        if (link !== undefined) frozen.add(link.email.toLowerCase());
      }
      const expected = expectation(site.centre, { defaultEmailDomain: 'contact.example' });
      const faults = disagreements(site.cloud, expected, { tenant: site.centre.tenantDbid, hand, frozen });
      expect(faults, `seed ${seed}, round ${round}:\n${history.join('\n')}`).toEqual([]);
      site.cloud.record.reset();
      await engine.run({ drift: true });
      await engine.checkAll();
      await engine.run({ drift: true });
      expect(Object.fromEntries(site.cloud.record.writes), `seed ${seed}: writes without a change`).toEqual(
        {},
      );
    } finally {
      await engine.stop();
    }
  }
});
