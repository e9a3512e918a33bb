/** Writes are fenced: who has lost the lease writes nothing more, and the next one ends in the same state. */
import { expectation } from '@exec/simulators/config-db';
import { expect, it } from 'vitest';
import { cloudView, expectedView } from '../testing/comparison.ts';
import { startEngine, startSite } from '../testing/test-site.ts';

it('a holder that lost the lease in the middle of a plan leaves the ledger alone', async () => {
  const site = await startSite({ centre: { flaws: [], agents: 40 } });
  const first = await startEngine(site);
  const { leaseKey } = first.parts.ledger;
  const reached = site.cloud.until(() => site.cloud.record.totalWrites > 60);
  const work = first.run().then(
    () => undefined,
    (error: unknown) => error,
  );
  await reached;
  // As after a pause that was longer than the lease: another one has it, and this one does not know yet.
  await first.redis.client.set(leaseKey, 'another:1');
  expect(await work).toMatchObject({ code: 'lease.lost' });
  const key = first.parts.ledger.keys.of('users');
  const links = await first.redis.client.hlen(key);
  expect(links).toBeLessThan(expectation(site.centre).counts.users);
  await first.stop();

  const second = await startEngine(site, {
    beforeLease: async (redis) => void (await redis.client.del(leaseKey)),
  });
  await second.converge();
  expect(cloudView(site.cloud)).toEqual(expectedView(expectation(site.centre), site.centre.tenantDbid));
  expect(site.cloud.state.users.size).toBe(expectation(site.centre).counts.users);
});
