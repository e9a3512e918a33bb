/** Single steps against a cloud in memory: lost answers, refusals, what is taken, what is written down when. */
import { CloudError } from '@exec/common/genesys-cloud';
import { describe, expect, it } from 'vitest';
import { skillLevels } from '../engage/skill-levels.ts';
import type { EngageSnapshot } from '../engage/snapshot.ts';
import { MemorySite } from '../testing/memory-site.ts';
import { group, id, person, queue, skill } from '../testing/snapshot.ts';

const centre: Partial<EngageSnapshot> = {
  persons: [person(1, { levels: skillLevels([11, 3]), roles: ['Supervisor'] })],
  skills: [skill(11, 'English')],
  dns: [queue(21)],
  groups: [group(31, '821', { members: [id(1)] })],
  wrapupAttribute: {
    dbid: id(900),
    name: 'DispositionCode',
    values: [{ dbid: id(901), name: 'Sold', displayName: '', enabled: true }],
  },
};
const unknown = new CloudError('cloud.outcome-unknown', 'no answer', { outcomeUnknown: true });
const refused = new CloudError('cloud.refused', 'no', { httpStatus: 400 });

const requests = [
  'presence.createSource',
  'skills.create',
  'wrapupCodes.create',
  'queues.create',
  'users.create',
  'externalIds.add',
  'users.replaceSkills',
  'presence.setPrimarySource',
  'authorization.bulkAdd',
  'queues.addMembers',
  'queues.addWrapupCodes',
];

describe('an answer that is lost', () => {
  it.each(requests)('%s, carried out all the same: nothing is doubled', async (request) => {
    const site = new MemorySite();
    site.cloud.failNext(request, unknown, { carriedOut: true });
    await site.converge(centre);
    const { users, queues, skills, sources } = site.cloud.read();
    expect([users.size, queues.length, skills.length, sources.length]).toEqual([1, 1, 1, 1]);
    expect(site.plan(centre).operations).toEqual([]);
  });

  it.each(requests)('%s, never carried out: it is made again', async (request) => {
    const site = new MemorySite();
    site.cloud.failNext(request, unknown);
    await site.converge(centre);
    expect(site.cloud.requests.filter((name) => name === request).length).toBeGreaterThan(1);
    expect(site.plan(centre).operations).toEqual([]);
  });
});

describe('a request that is refused', () => {
  it.each(requests)('%s holds up what hangs on it alone, and is made again', async (request) => {
    const site = new MemorySite();
    site.cloud.failNext(request, refused);
    const outcome = await site.run(centre);
    expect(outcome).toMatchObject({ ended: 'complete', failed: 1 });
    expect(site.failures).toMatchObject([{ error: refused }]);
    await site.converge(centre);
    expect(site.plan(centre).operations).toEqual([]);
  });
});

describe('what was added', () => {
  const members = (site: MemorySite) =>
    site.ledger.fields('members', site.state.queues.get(id(21))?.id ?? '');

  it('is ours in the ledger, and known to be complete', async () => {
    const site = new MemorySite();
    await site.converge(centre);
    const user = site.state.users.get(id(1))?.id ?? '';
    expect(members(site)).toEqual({ [user]: 'o', '.': expect.any(String) });
    expect(site.ledger.fields('supervisors')).toMatchObject({ [user]: 'o' });
  });

  it('is marked before the request, and stays so while nobody knows the outcome', async () => {
    const site = new MemorySite();
    site.cloud.failNext('queues.addMembers', unknown, { carriedOut: true });
    await site.run(centre);
    const user = site.state.users.get(id(1))?.id ?? '';
    expect(members(site)[user]).toBe('a');
    await site.converge(centre);
    expect(members(site)[user]).toBe('o');
  });

  it('is not ours when the request was refused', async () => {
    const site = new MemorySite();
    site.cloud.failNext('queues.addMembers', refused);
    await site.run(centre);
    expect(members(site)[site.state.users.get(id(1))?.id ?? '']).toBeUndefined();
  });
});

describe('an address or a name that is taken', () => {
  it('by a user that the state does not know: it is adopted, and compared again', async () => {
    const site = new MemorySite();
    const plan = site.plan(centre);
    const there = site.cloud.addUser('There', { email: 'USER1@example.com', state: 'inactive' });
    expect(await site.apply(plan)).toMatchObject({ surprised: true, failed: 0 });
    await site.converge(centre);
    expect(site.state.users.get(id(1))).toMatchObject({ id: there, created: false, state: 'active' });
    expect(site.cloud.usersById.size).toBe(1);
  });

  it.each([
    ['stands for another person: refused', person(2), 1],
    ['stands for a person that is gone: taken over', undefined, 0],
  ])('by a user that %s', async (_what, other, failed) => {
    const site = new MemorySite();
    await site.converge({ persons: [person(2)] });
    const wanted = { persons: other === undefined ? [person(1)] : [person(1), other] };
    const plan = site.plan(wanted);
    // By hand, after the organisation was read.
    const [user] = site.cloud.usersById.values();
    Object.assign(user ?? {}, { email: 'user1@example.com' });
    expect(await site.apply(plan)).toMatchObject({ failed });
    await site.converge(wanted);
    expect(site.state.users.get(id(1))?.email).toBe('user1@example.com');
    expect(site.cloud.usersById.size).toBe(other === undefined ? 1 : 2);
  });

  it.each([
    ['stands for another queue: refused', [queue(21), queue(22)], 1],
    ['stands for a queue that is gone: taken over', [queue(21)], 0],
  ])('by a queue that %s', async (_what, dns, failed) => {
    const site = new MemorySite();
    await site.converge({ dns: [queue(22)] });
    const plan = site.plan({ dns });
    const [found] = site.cloud.queuesById.values();
    Object.assign(found ?? {}, { name: 'Queue 21' });
    expect(await site.apply(plan)).toMatchObject({ failed });
    await site.converge({ dns });
    expect(site.cloud.queuesById.size).toBe(dns.length);
    expect(site.plan({ dns }).operations).toEqual([]);
  });
});

describe('a plan that is stopped', () => {
  it('by a lease that is lost writes nothing more', async () => {
    const site = new MemorySite();
    const plan = site.plan(centre);
    site.token = undefined;
    expect(await site.apply(plan)).toMatchObject({ ended: 'stopped', fault: { code: 'lease.lost' } });
    expect(site.ledger.held.size).toBe(0);
  });

  it('by ten equal failures in a row: they are not the fault of the objects', async () => {
    const site = new MemorySite();
    const persons = Array.from({ length: 30 }, (_, at) => person(at + 1));
    for (let time = 0; time < 30; time++) site.cloud.failNext('users.create', refused);
    const outcome = await site.run({ persons });
    expect(outcome).toMatchObject({ ended: 'stopped', fault: refused });
    expect(outcome.failed).toBeLessThan(30);
  });

  it('counts what the limits look back on before it is done', async () => {
    const site = new MemorySite();
    await site.converge(centre);
    site.cloud.failNext('users.change', refused);
    await site.run({ ...centre, persons: [] });
    expect(site.counted).toContain(`user/${site.state.users.get(id(1))?.id}`);
  });
});
