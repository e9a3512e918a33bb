/** Users step by step: what is asked of the cloud, and what is left out because it would do harm. */
import { CloudError } from '@exec/common/genesys-cloud';
import type { CloudUserId } from '@exec/common/ids';
import { describe, expect, it, vi } from 'vitest';
import { skillLevels } from '../engage/skill-levels.ts';
import type { OperationType } from '../plan/operation.ts';
import { MemorySite } from '../testing/memory-site.ts';
import { id, person, skill } from '../testing/snapshot.ts';

const centre = { persons: [person(1, { roles: ['Supervisor'] })] };
const unknown = new CloudError('cloud.outcome-unknown', 'no answer', { outcomeUnknown: true });

/** The steps of these types alone. */
function only(plan: ReturnType<MemorySite['plan']>, ...types: readonly OperationType[]) {
  const operations = plan.operations.filter(({ type }) => types.includes(type));
  expect(operations.map(({ type }) => type)).toEqual(types);
  return { ...plan, operations };
}

describe('a user that is created', () => {
  it('is active, in the home division, and has what the person calls for', async () => {
    const site = new MemorySite();
    const create = vi.spyOn(site.cloud.users, 'create');
    await site.apply(only(site.plan(centre), 'user.create'));
    expect(create.mock.calls.map(([body]) => body)).toEqual([
      { name: 'First Last1', email: 'user1@example.com', divisionId: 'home', state: 'active' },
    ]);
    expect(site.state.users.get(id(1))).toMatchObject({
      created: true,
      state: 'active',
      employeeId: 'E1',
      skills: '',
    });
  });

  it.each<[string, (site: MemorySite) => void]>([
    ['while the home division is not known', ({ state }) => (state.homeDivisionId = undefined)],
    [
      'when the person has one meanwhile',
      ({ state, cloud }) => {
        const other = cloud.addUser('x');
        const user = cloud.read().users.get(other);
        state.setUser({ ...user, dbid: id(1), created: true, at: 0 } as never);
      },
    ],
  ])('is left out %s', async (_when, change) => {
    const site = new MemorySite();
    const plan = only(site.plan(centre), 'user.create');
    change(site);
    expect(await site.apply(plan)).toMatchObject({ skipped: 1, done: 0 });
    expect(site.cloud.requests).toEqual([]);
  });

  it('although the answer is lost is ours, and has no skills yet', async () => {
    const site = new MemorySite();
    site.cloud.failNext('users.create', unknown, { carriedOut: true });
    expect(await site.apply(only(site.plan(centre), 'user.create'))).toMatchObject({
      done: 1,
      surprised: false,
    });
    expect(site.state.users.get(id(1))).toMatchObject({ created: true, at: site.clock.now() });
  });

  it('and was there is read whole: it may be deleted, and have skills', async () => {
    const site = new MemorySite();
    const english = site.cloud.addSkill('English');
    const plan = only(site.plan(centre), 'user.create');
    const there = site.cloud.addUser('There', {
      email: 'USER1@example.com',
      state: 'deleted',
      skills: new Map([[english, 3]]),
    });
    const get = vi.spyOn(site.cloud.users, 'get');
    expect(await site.apply(plan)).toMatchObject({ done: 1, surprised: true });
    expect(get.mock.calls.map(([of, options]) => [of, options?.expand, options?.state])).toEqual([
      [there, ['skills'], 'deleted'],
    ]);
    const link = site.state.users.get(id(1));
    expect(link).toMatchObject({
      id: there,
      state: 'deleted',
      created: false,
      at: 0,
      skills: `${english}=3`,
    });
  });

  it('is not taken for one whose address is similar only', async () => {
    const site = new MemorySite();
    const plan = only(site.plan(centre), 'user.create');
    site.cloud.failNext('users.create', unknown);
    site.cloud.users.findByEmail = async () => [
      { id: 'x' as CloudUserId, name: 'x', email: 'user1@example.com.au' },
      { id: 'y' as CloudUserId, name: 'y' },
    ];
    expect(await site.apply(plan)).toMatchObject({ failed: 1 });
    expect(site.state.users.size).toBe(0);
  });

  it('is asked for as active when the search shows an active one', async () => {
    const site = new MemorySite();
    const plan = only(site.plan(centre), 'user.create');
    site.cloud.addUser('There', { email: 'user1@example.com' });
    const get = vi.spyOn(site.cloud.users, 'get');
    await site.apply(plan);
    expect(get.mock.calls[0]?.[1]).not.toHaveProperty('state');
  });

  it('is refused by name when the address stands for another person', async () => {
    const site = new MemorySite();
    await site.converge({ persons: [person(2)] });
    const plan = site.plan({ persons: [person(1), person(2)] });
    for (const user of site.cloud.usersById.values()) Object.assign(user, { email: 'user1@example.com' });
    await site.apply(only(plan, 'user.create'));
    expect(String(site.failures[0]?.error)).toContain('The e-mail address user1@example.com is taken');
  });
});

describe('a user that is adopted', () => {
  it('is left out when it is gone meanwhile', async () => {
    const site = new MemorySite();
    const user = site.cloud.addUser('x', { email: 'user1@example.com' });
    await site.learn();
    const plan = only(site.plan(centre), 'user.adopt');
    site.state.dropOther(user);
    expect(await site.apply(plan)).toMatchObject({ skipped: 1, done: 0 });
    expect(site.state.users.size).toBe(0);
  });

  it.each([
    ['holds the identity of the person', true, '1'],
    ['holds none', false, undefined],
  ])('and %s is known to', async (_what, holds, externalKey) => {
    const site = new MemorySite();
    const user = site.cloud.addUser('x', { email: 'user1@example.com' });
    await site.learn();
    if (holds) site.state.identityHolders.set(id(1), user);
    await site.apply(only(site.plan(centre), 'user.adopt'));
    const link = site.state.users.get(id(1));
    expect(link).toMatchObject({ id: user, created: false, at: 0, version: 1 });
    expect(link?.externalKey).toBe(externalKey);
    expect(link?.primarySourceId).toBeUndefined();
  });
});

describe('a user that is changed', () => {
  const states = [
    ['user.deactivate', 'active', { persons: [] }, 'inactive'],
    ['user.activate', 'inactive', centre, 'active'],
    ['user.restore', 'deleted', centre, 'active'],
  ] as const;

  async function siteIn(state: 'active' | 'inactive' | 'deleted') {
    const site = new MemorySite();
    await site.converge(centre);
    for (const user of site.cloud.usersById.values()) user.state = state;
    await site.learn();
    return site;
  }

  it.each(states)('by %s becomes what it should be, once', async (type, before, wanted, after) => {
    const site = await siteIn(before);
    const plan = only(
      { ...site.plan(wanted), operations: site.plan(wanted).operations.filter((one) => one.type === type) },
      type,
    );
    site.clock.wait(5);
    expect(await site.apply(plan)).toMatchObject({ done: 1 });
    const [user] = site.cloud.usersById.values();
    expect(user?.state).toBe(after);
    expect(site.state.users.get(id(1))).toMatchObject({
      state: after,
      version: user?.version,
      at: site.clock.now(),
    });
    // Again: the cloud is asked, and nothing written.
    const version = user?.version;
    await site.apply(plan);
    expect(user?.version).toBe(version);
  });

  it('keeps the skills that are known of it, which no answer names', async () => {
    const site = new MemorySite();
    const skills = { skills: [skill(11, 'English')] };
    await site.converge({ ...skills, persons: [person(1, { levels: skillLevels([11, 3]) })] });
    const before = site.state.users.get(id(1))?.skills;
    const change = site.cloud.users.change;
    site.cloud.users.change = async (...given) => ({ ...(await change(...given)), skills: [] });
    await site.run({ ...skills, persons: [person(1, { lastName: 'Else', levels: skillLevels([11, 3]) })] });
    expect(site.state.users.get(id(1))).toMatchObject({ name: 'First Else', skills: before });
  });

  it.each<[string, (site: MemorySite, user: CloudUserId) => void]>([
    ['got a protected role a moment ago', ({ state }, user) => (state.protectedUsers = new Set([user]))],
    ['stands for nobody any more', ({ state }) => state.dropUser(id(1))],
  ])('is neither deactivated nor counted when it %s', async (_what, change) => {
    const site = await siteIn('active');
    const { operations, ...plan } = site.plan({ persons: [] });
    change(site, site.state.users.get(id(1))?.id ?? ('' as CloudUserId));
    site.cloud.requests.length = 0;
    const deactivation = operations.filter(({ type }) => type === 'user.deactivate');
    expect(await site.apply({ ...plan, operations: deactivation })).toMatchObject({ skipped: 1, done: 0 });
    expect(site.cloud.requests).toEqual([]);
    expect(site.counted).toEqual([]);
  });
});

describe('the primary source of a user', () => {
  async function planned() {
    const site = new MemorySite();
    await site.converge(centre);
    site.cloud.primarySources.clear();
    await site.learn();
    const plan = only(site.plan(centre), 'primary-source.set');
    site.cloud.requests.length = 0;
    return { site, plan };
  }

  it('is ours from now on', async () => {
    const { site, plan } = await planned();
    site.clock.wait(5);
    expect(await site.apply(plan)).toMatchObject({ done: 1 });
    const link = { primarySourceId: site.state.source?.id, at: site.clock.now() };
    expect(site.state.users.get(id(1))).toMatchObject(link);
    expect(site.ledger.records('users')['1']).toMatchObject(link);
  });

  it.each<[string, (site: MemorySite) => void]>([
    ['there is no source', ({ state }) => (state.source = undefined)],
    ['there is no user', ({ state }) => state.users.clear()],
  ])('is left alone when %s', async (_what, change) => {
    const { site, plan } = await planned();
    change(site);
    expect(await site.apply(plan)).toMatchObject({ skipped: 1, done: 0 });
    expect(site.cloud.requests).toEqual([]);
  });
});

describe('the role of a supervisor', () => {
  const grant = [{ roleId: 'role', divisionId: 'home' }];

  it('is granted and revoked in the home division', async () => {
    const site = new MemorySite();
    const add = vi.spyOn(site.cloud.authorization, 'bulkAdd');
    const remove = vi.spyOn(site.cloud.authorization, 'removeGrant');
    await site.converge(centre);
    const user = site.state.users.get(id(1))?.id ?? ('' as CloudUserId);
    expect(add.mock.calls.map(([of, what]) => [of, what])).toEqual([[user, grant]]);
    expect(site.state.supervisors).toEqual(new Map([[user, 'ours']]));
    await site.run({ persons: [person(1)] });
    expect(remove.mock.calls.map(([of, what]) => [of, what])).toEqual([[user, grant[0]]]);
    expect(site.state.supervisors.size).toBe(0);
    expect(site.ledger.fields('supervisors')).toEqual({ '.': expect.any(String) });
    expect(site.counted).toEqual([`role/${user}`]);
  });

  it('that somebody else has revoked meanwhile is no failure', async () => {
    const site = new MemorySite();
    await site.converge(centre);
    const plan = site.plan({ persons: [person(1)] });
    site.cloud.supervisors.clear();
    expect(await site.apply(plan)).toMatchObject({ done: 1, failed: 0 });
  });

  it.each<[string, (site: MemorySite) => void]>([
    ['the role', ({ state }) => (state.supervisorRoleId = undefined)],
    ['the home division', ({ state }) => (state.homeDivisionId = undefined)],
  ])('is left alone while %s is not known', async (_what, change) => {
    const site = new MemorySite();
    await site.converge(centre);
    const revoking = site.plan({ persons: [person(1)] });
    site.cloud.supervisors.clear();
    await site.learn();
    const granting = site.plan(centre);
    change(site);
    site.cloud.requests.length = 0;
    for (const plan of [only(revoking, 'role.revoke'), only(granting, 'role.grant')])
      expect(await site.apply(plan)).toMatchObject({ skipped: 1, done: 0 });
    expect(site.cloud.requests).toEqual([]);
    expect(site.counted).toEqual([]);
  });
});
