/** An external identity that is set: written, replaced, or found to be somebody else's. */
import { CloudError } from '@exec/common/genesys-cloud';
import type { CloudUserId } from '@exec/common/ids';
import { describe, expect, it, vi } from 'vitest';
import { MemorySite } from '../testing/memory-site.ts';
import { id, person } from '../testing/snapshot.ts';

const centre = { persons: [person(1)] };
const identity = 'engage/101/1';
const unknown = new CloudError('cloud.outcome-unknown', 'no answer', { outcomeUnknown: true });
const refused = new CloudError('cloud.refused', 'no', { httpStatus: 400 });
const conflict = new CloudError('cloud.conflict', 'taken', { cloudCode: 'general.resource.conflict' });

/** A site whose user lost its identity, and the plan that sets it again. */
async function siteWithout() {
  const site = new MemorySite();
  await site.converge(centre);
  site.cloud.identities.clear();
  await site.learn();
  const plan = site.plan(centre);
  expect(plan.operations.map(({ type }) => type)).toEqual(['external-identity.add']);
  site.cloud.requests.length = 0;
  const user = site.state.users.get(id(1))?.id as CloudUserId;
  return { site, plan, user };
}
const keyOf = (site: MemorySite) => site.state.users.get(id(1))?.externalKey;
const stored = (site: MemorySite) => site.ledger.records('users')['1'];

describe('an identity', () => {
  it('is added; what is known of the user is old then', async () => {
    const { site, plan, user } = await siteWithout();
    site.state.identityHolders.set(id(1), user);
    site.clock.wait(5);
    expect(await site.apply(plan)).toMatchObject({ done: 1, surprised: false });
    expect(site.cloud.requests).toEqual(['externalIds.add']);
    expect(site.cloud.identities).toEqual(new Map([[identity, user]]));
    expect(site.state.identityHolders.has(id(1))).toBe(false);
    const link = { externalKey: '1', at: site.clock.now() };
    expect(site.state.users.get(id(1))).toMatchObject({ ...link, version: undefined });
    expect(stored(site)).toMatchObject(link);
  });

  it('of a DBID that the person had is removed first, and it is no matter if it is gone', async () => {
    for (const there of [true, false]) {
      const { site, user } = await siteWithout();
      if (there) site.cloud.identities.set('engage/101/9', user);
      const link = site.state.users.get(id(1));
      if (link !== undefined) site.state.setUser({ ...link, externalKey: '9' });
      const plan = site.plan(centre);
      expect(plan.operations.map(({ type }) => type)).toEqual(['external-identity.replace']);
      const remove = vi.spyOn(site.cloud.externalIds, 'remove');
      expect(await site.apply(plan)).toMatchObject({ done: 1, failed: 0 });
      expect(remove.mock.calls.map(([of, what]) => [of, what])).toEqual([
        [user, { authorityName: 'engage/101', externalKey: '9' }],
      ]);
      expect([...site.cloud.identities]).toEqual([[identity, user]]);
    }
  });

  it('that the user has already by its link is not removed before it is added', async () => {
    const { site, plan } = await siteWithout();
    const link = site.state.users.get(id(1));
    if (link !== undefined) site.state.setUser({ ...link, externalKey: '1' });
    await site.apply(plan);
    expect(site.cloud.requests).toEqual(['externalIds.add']);
  });

  it('is left alone when the person has no user any more', async () => {
    const { site, plan } = await siteWithout();
    site.state.dropUser(id(1));
    expect(await site.apply(plan)).toMatchObject({ skipped: 1, done: 0 });
    expect(site.cloud.requests).toEqual([]);
  });

  it.each<[string, CloudError, boolean]>([
    ['the answer is lost, and it was carried out', unknown, true],
    ['the cloud says that it is taken, by the user itself', conflict, true],
  ])('is that of the user when %s', async (_what, error, carriedOut) => {
    const { site, plan } = await siteWithout();
    site.cloud.failNext('externalIds.add', error, { carriedOut });
    expect(await site.apply(plan)).toMatchObject({ done: 1, surprised: false });
    expect(site.cloud.requests).toEqual(['externalIds.add', 'externalIds.find']);
    expect(keyOf(site)).toBe('1');
  });

  it.each<[string, CloudError, number]>([
    ['is refused', refused, 0],
    ['was not carried out, and no answer came', unknown, 4],
  ])('that %s is a failure', async (_what, error, looks) => {
    const { site, plan } = await siteWithout();
    site.cloud.failNext('externalIds.add', error);
    expect(await site.apply(plan)).toMatchObject({ failed: 1 });
    expect(site.failures).toMatchObject([{ error }]);
    expect(site.cloud.requests.filter((name) => name === 'externalIds.find')).toHaveLength(looks);
    expect(site.state.identityHolders.has(id(1))).toBe(false);
  });
});

describe('an identity that somebody else holds', () => {
  it('is no failure: who holds it is remembered, and known from now on', async () => {
    const { site, plan } = await siteWithout();
    const other = site.cloud.addUser('other');
    site.cloud.identities.set(identity, other);
    expect(await site.apply(plan)).toMatchObject({ done: 1, failed: 0, surprised: true });
    expect(site.state.identityHolders.get(id(1))).toBe(other);
    expect(site.state.user(other)).toMatchObject({ name: 'other' });
    expect(keyOf(site)).toBeUndefined();
    expect(site.diff(centre).conflicts.map(({ reason }) => reason)).toEqual(['person.identity-taken']);
  });

  it('does not make what is known of the holder older', async () => {
    const { site, plan } = await siteWithout();
    const other = site.cloud.addUser('other');
    await site.learn();
    const known = site.state.user(other);
    site.cloud.identities.set(identity, other);
    expect(await site.apply(plan)).toMatchObject({ surprised: true });
    expect(site.state.user(other)).toBe(known);
  });

  it('and that no look-up shows is hidden', async () => {
    const { site, plan } = await siteWithout();
    site.cloud.identities.set(identity, site.cloud.addUser('other', { state: 'deleted' }));
    site.clock.wait(5);
    const now = site.clock.now();
    expect(await site.apply(plan)).toMatchObject({ done: 1, surprised: true });
    expect(site.state.identityHolders.get(id(1))).toBe('hidden');
    const link = site.state.users.get(id(1));
    expect(link).toMatchObject({ externalKey: undefined, version: undefined });
    expect(link?.at).toBeGreaterThan(now);
    expect(stored(site)).not.toHaveProperty('externalKey');
  });

  it('also when its answer is lost, by a user that is found', async () => {
    const { site, plan } = await siteWithout();
    const other = site.cloud.addUser('other');
    site.cloud.identities.set(identity, other);
    site.cloud.failNext('externalIds.add', unknown);
    expect(await site.apply(plan)).toMatchObject({ done: 1, surprised: true });
    expect(site.state.identityHolders.get(id(1))).toBe(other);
  });
});
