/** What a step asks of the cloud, beyond what the cloud in memory would notice. */
import { describe, expect, it, vi } from 'vitest';
import { MemorySite } from '../testing/memory-site.ts';
import { group, id, person, queue } from '../testing/snapshot.ts';

const wrapupAttribute = (name: string) => ({
  dbid: id(900),
  name: 'DispositionCode',
  values: [{ dbid: id(901), name, displayName: '', enabled: true }],
});
const centre = {
  persons: [person(1)],
  dns: [queue(21)],
  groups: [group(31, '821', { members: [id(1)] })],
  wrapupAttribute: wrapupAttribute('Sold'),
};

describe('a wrap-up code', () => {
  it('is created in the home division', async () => {
    const site = new MemorySite();
    const create = vi.spyOn(site.cloud.wrapupCodes, 'create');
    await site.run(centre);
    expect(create.mock.calls.map(([body]) => body)).toEqual([{ name: 'Sold', division: { id: 'home' } }]);
  });

  it('keeps its description and division when it is renamed', async () => {
    const site = new MemorySite();
    await site.converge(centre);
    const get = vi.spyOn(site.cloud.wrapupCodes, 'get');
    get.mockImplementation(async (code) => ({
      id: code,
      name: 'Sold',
      description: 'by hand',
      division: { id: 'south' },
    }));
    const update = vi.spyOn(site.cloud.wrapupCodes, 'update');
    await site.run({ ...centre, wrapupAttribute: wrapupAttribute('Bought') });
    expect(update.mock.calls.map(([, body]) => body)).toEqual([
      { name: 'Bought', description: 'by hand', division: { id: 'south' } },
    ]);
  });
});

describe('a user', () => {
  const renamed = { ...centre, persons: [person(1, { lastName: 'Married' })] };

  it('is changed on the strength of the version that is known', async () => {
    const site = new MemorySite();
    await site.converge(centre);
    const link = site.state.users.get(id(1));
    const change = vi.spyOn(site.cloud.users, 'change');
    await site.run(renamed);
    expect(change.mock.calls[0]?.[2]).toMatchObject({
      known: { id: link?.id, name: 'First Last1', state: 'active', version: link?.version },
    });
  });

  it('that was deleted is restored without one', async () => {
    const site = new MemorySite();
    await site.converge(centre);
    for (const user of site.cloud.usersById.values()) user.state = 'deleted';
    await site.learn();
    const change = vi.spyOn(site.cloud.users, 'change');
    await site.run(centre);
    expect(change.mock.calls[0]?.[2]).toMatchObject({ state: 'deleted' });
    expect(change.mock.calls[0]?.[2]).not.toHaveProperty('known');
  });
});

describe('a step whose object is gone meanwhile', () => {
  it('is left out, and asks nothing of the cloud', async () => {
    const site = new MemorySite();
    await site.converge(centre);
    const plan = site.plan({
      ...centre,
      persons: [person(1, { lastName: 'Married' })],
      dns: [queue(21, { alias: 'Else' })],
      groups: [],
      wrapupAttribute: wrapupAttribute('Bought'),
    });
    expect(plan.operations.map(({ type }) => type).toSorted()).toEqual([
      'queue-member.remove',
      'queue.update',
      'user.update',
      'wrapup-code.update',
    ]);
    site.state.users.clear();
    site.state.queues.clear();
    site.state.wrapupCodes.clear();
    site.state.queueMembers.clear();
    site.cloud.requests.length = 0;
    expect(await site.apply(plan)).toMatchObject({ ended: 'complete', done: 0, failed: 0, skipped: 4 });
    expect(site.cloud.requests).toEqual([]);
  });
});
