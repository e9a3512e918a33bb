/** Two EXAS of different releases: the states are in the hands of the one that reads them. */
import { Formats } from '@exec/common/formats';
import type { EmployeeId } from '@exec/common/ids';
import { nextFormat, nextRelease } from '@exec/common/testing';
import { testRedis } from '@exec/testing/vitest';
import { afterEach, expect, it, vi } from 'vitest';
import { Site } from './testing/site.ts';

let site: Site;
afterEach(() => site.close());

const patience = { timeout: 60_000, interval: 50 };

async function readiness(port: number) {
  const answer = await fetch(`http://127.0.0.1:${port}/health/ready`);
  return (await answer.json()) as { readonly ready: boolean; readonly active: boolean };
}

/** When an instance announced itself last, by the clock of Redis. */
async function announcedAt(instance: string): Promise<number> {
  const { client, key } = site.stored;
  const fields = await client.hgetall(key.replace(/exas:agents$/, 'formats'));
  const times = Object.entries(fields).flatMap(([field, at]) => (field.includes(`"${instance}"`) ? at : []));
  return Math.max(0, ...times.map(Number));
}

it('an instance that cannot read the stored states leaves the lease to one that can; no state is lost', async () => {
  site = await Site.start({ redis: testRedis(), agents: 2 });
  const [agent] = site.employees as [EmployeeId];
  for (const employeeId of site.employees) site.login(employeeId);
  const { client, key } = site.stored;
  // The older one has the lease, but cannot load yet.
  await client.set(key, 'no hash');
  const old = await site.exas({ INSTANCE_ID: 'old' });
  const lease = key.replace(/agents$/, 'lease');
  await vi.waitFor(async () => expect(await client.get(lease)).toMatch(/^old:/), patience);
  const next = await site.exas({ INSTANCE_ID: 'next' }, { formats: nextRelease });
  await vi.waitFor(async () => expect(await readiness(next.port)).toMatchObject({ ready: true }), patience);
  expect((await readiness(next.port)).active).toBe(false);
  // The older one has heard of the newer one: it could leave the lease to nobody whom it does not know.
  const known = await announcedAt('next');
  expect(known).toBeGreaterThan(0);
  await vi.waitFor(async () => expect(await announcedAt('old')).toBeGreaterThan(known), patience);
  const formats = new Formats(nextRelease);
  formats.writes = nextFormat;
  const text = formats.write('exas:agent', { u: site.userOf(agent), l: 1 });
  await client.multi().del(key).hset(key, agent, text).exec();
  await vi.waitFor(async () => {
    expect(await readiness(next.port)).toMatchObject({ ready: true, active: true });
    expect(await readiness(old.port)).toMatchObject({ ready: true, active: false });
  }, patience);
  const busy = { presence: 'Busy', routingStatus: 'OffQueue' } as const;
  await site.untilShown(new Map(site.employees.map((employeeId) => [employeeId, busy])));
  await vi.waitFor(
    async () =>
      expect(Object.values(await client.hgetall(key)).every((one) => one.includes('"v":1,'))).toBe(true),
    patience,
  );
});
