/** Every field of the tables goes the whole way: wanted, written, seen when changed by hand, set back, stored. */
import { describe, expect, it } from 'vitest';
import { queueFields } from '../desired/queue-fields.ts';
import { userFields } from '../desired/user-fields.ts';
import { MemorySite } from '../testing/memory-site.ts';
import { id, person, queue } from '../testing/snapshot.ts';

const centre = { persons: [person(1)], dns: [queue(21)] };

async function convergedSite(): Promise<MemorySite> {
  const site = new MemorySite();
  expect(await site.run(centre)).toMatchObject({ ended: 'complete', failed: 0 });
  await site.learn();
  expect(site.plan(centre).operations).toEqual([]);
  return site;
}

describe.each(userFields.names)('the field %s of a user', (field) => {
  it('is written when the user is created, and stored', async () => {
    const { cloud, state, ledger } = await convergedSite();
    const link = state.users.get(id(1));
    const [user] = cloud.usersById.values();
    expect(user?.[field]).toBe(link?.[field]);
    expect(link?.[field]).not.toBe('');
    expect(ledger.records('users')).toEqual({ 1: expect.objectContaining({ [field]: link?.[field] }) });
  });

  it('is set back when it was changed by hand, and nothing else is written', async () => {
    const site = await convergedSite();
    const [user] = site.cloud.usersById.values();
    const before = user?.[field];
    Object.assign(user ?? {}, { [field]: 'by.hand@example.com' });
    await site.learn();
    const plan = site.plan(centre);
    expect(plan.operations).toMatchObject([{ type: 'user.update', user: { [field]: before } }]);
    expect(plan.operations[0]?.before).toContain('by.hand@example.com');
    site.cloud.requests.length = 0;
    await site.apply(plan);
    expect(user?.[field]).toBe(before);
    expect(site.cloud.requests).toEqual(['users.change']);
    await site.learn();
    expect(site.plan(centre).operations).toEqual([]);
  });
});

describe.each(queueFields.names)('the field %s of a queue', (field) => {
  it('is written when the queue is created, and stored', async () => {
    const { cloud, state, ledger } = await convergedSite();
    const link = state.queues.get(id(21));
    const [found] = cloud.queuesById.values();
    expect(found?.[field]).toBe(link?.[field]);
    expect(link?.[field]).not.toBe('');
    expect(ledger.records('queues')).toEqual({ 21: expect.objectContaining({ [field]: link?.[field] }) });
  });

  it('is set back when it was changed by hand, and nothing else is written', async () => {
    const site = await convergedSite();
    const [found] = site.cloud.queuesById.values();
    const before = found?.[field];
    Object.assign(found ?? {}, { [field]: 'by hand' });
    await site.learn();
    const plan = site.plan(centre);
    expect(plan.operations).toMatchObject([{ type: 'queue.update', queue: { [field]: before } }]);
    expect(plan.operations[0]?.before).toContain('by hand');
    site.cloud.requests.length = 0;
    await site.apply(plan);
    expect(found?.[field]).toBe(before);
    expect(site.cloud.requests).toEqual(['queues.get', 'queues.update']);
    await site.learn();
    expect(site.plan(centre).operations).toEqual([]);
  });
});
