/** Every conflict between Engage and the organisation: what the operator reads, and what is done all the same. */
import type { CloudUserId } from '@exec/common/ids';
import { describe, expect, it } from 'vitest';
import type { EngageSnapshot } from '../engage/snapshot.ts';
import { MemorySite } from '../testing/memory-site.ts';
import { id, person, queue } from '../testing/snapshot.ts';

type Centre = Partial<EngageSnapshot>;

async function siteIn(centre: Centre): Promise<MemorySite> {
  const site = new MemorySite();
  await site.converge(centre);
  return site;
}
const steps = (site: MemorySite, centre: Centre) =>
  site.diff(centre).operations.map(({ id: name, after }) => `${name}: ${after}`);

describe('the role of supervisors', () => {
  const supervisor: Centre = { persons: [person(1, { roles: ['Supervisor'] })] };

  it('that the organisation does not have is a conflict of the tenant, said once', async () => {
    const site = await siteIn({});
    site.state.supervisorRoleId = undefined;
    const two: Centre = { persons: [1, 2].map((dbid) => person(dbid, { roles: ['Supervisor'] })) };
    const { operations, conflicts } = site.diff(two);
    expect(operations.map(({ type }) => type)).not.toContain('role.grant');
    expect(conflicts).toEqual([
      {
        reason: 'role.missing',
        object: { kind: 'tenant', dbid: 101, name: 'Resources', path: '(not in Engage) Resources' },
        detail: 'The EX organisation has no role "Supervisor"; create it, or let the client see it.',
      },
    ]);
  });

  it('is missed by nobody while there is no supervisor', async () => {
    const site = await siteIn({});
    site.state.supervisorRoleId = undefined;
    expect(site.diff({ persons: [person(1)] }).conflicts).toEqual([]);
  });

  it('is still known of who holds it when it cannot be read', async () => {
    const site = await siteIn(supervisor);
    site.state.supervisorRoleId = undefined;
    expect(site.diff(supervisor).operations).toEqual([]);
  });

  it('is not revoked from a user that stands for nobody', async () => {
    const site = await siteIn(supervisor);
    const stranger = site.cloud.addUser('x');
    site.state.supervisors.set(stranger, 'ours');
    expect(site.diff(supervisor).operations).toEqual([]);
  });

  it('is revoked from a user that is not known any more by its ID', async () => {
    const site = await siteIn(supervisor);
    const link = site.state.users.get(id(1));
    site.state.users.delete(id(1));
    const revoking = site.diff({ persons: [] }).operations.filter(({ type }) => type === 'role.revoke');
    expect(revoking.map(({ engage }) => engage.name)).toEqual([link?.id]);
  });
});

describe('a user of a person that is gone', () => {
  it('stays active while it holds a protected role, and nobody waits for a second read', async () => {
    const site = await siteIn({ persons: [person(1)] });
    site.absentBefore = new Set();
    site.state.protectedUsers = new Set([site.state.users.get(id(1))?.id ?? ('' as CloudUserId)]);
    const { operations, conflicts, waiting } = site.diff({ persons: [] });
    expect([operations, waiting]).toEqual([[], 0]);
    expect(conflicts).toEqual([
      {
        reason: 'user.protected',
        object: { kind: 'person', dbid: 1, name: 'First Last1', path: '(not in Engage) First Last1' },
        detail:
          'The person is gone from Engage, but the user holds a role of PROTECTED_ROLES and stays active.',
      },
    ]);
  });

  it.each(['inactive', 'deleted'] as const)(
    'that is %s already is left alone, protected or not',
    async (state) => {
      const site = await siteIn({ persons: [person(1)] });
      for (const user of site.cloud.usersById.values()) user.state = state;
      await site.learn();
      const { operations, conflicts, absent } = site.diff({ persons: [] });
      expect([operations, conflicts, absent.size]).toEqual([[], [], 0]);
    },
  );
});

describe('an e-mail address that another user holds', () => {
  it('is a conflict of who should get it; its name is not changed either, for the address is the user', async () => {
    const site = await siteIn({ persons: [person(1)] });
    site.cloud.addUser('There');
    await site.learn();
    const { operations, conflicts } = site.diff({
      persons: [person(1, { lastName: 'Else', email: 'There@example.com' })],
    });
    expect(operations).toEqual([]);
    expect(conflicts).toEqual([
      {
        reason: 'person.email-taken',
        object: { kind: 'person', dbid: 1, name: 'First Else', path: '(not in Engage) First Else' },
        detail:
          'Another user of the EX organisation has the e-mail address There@example.com; change one of the two.',
      },
    ]);
  });

  it('is none when it differs in case alone', async () => {
    const site = await siteIn({ persons: [person(1)] });
    expect(site.diff({ persons: [person(1, { email: 'USER1@example.com' })] }).operations).toEqual([]);
  });

  it('moves in order: who gives it up goes first, all under one key', async () => {
    const site = await siteIn({ persons: [person(1), person(2), person(3)] });
    const { operations } = site.diff({
      persons: [
        person(1, { email: 'user2@example.com' }),
        person(2, { email: 'new@example.com' }),
        person(3, { lastName: 'Else' }),
      ],
    });
    expect(operations.map(({ id: name, serialKey }) => `${name} ${serialKey}`)).toEqual([
      'user/update/2 e-mail',
      'user/update/1 e-mail',
      'user/update/3 user/3',
    ]);
  });

  it('that moves alone waits for nobody', async () => {
    const site = await siteIn({ persons: [person(1)] });
    const { operations } = site.diff({ persons: [person(1, { email: 'new@example.com' })] });
    expect(operations.map(({ serialKey }) => serialKey)).toEqual(['user/1']);
  });
});

describe('names of queues that move', () => {
  it('behind each other: who gives a name up goes first, all under one key, and the new ones behind', async () => {
    const site = await siteIn({ dns: [queue(21), queue(22)] });
    const { operations } = site.diff({
      dns: [queue(21, { alias: 'Queue 22' }), queue(22, { alias: 'New' }), queue(23)],
    });
    expect(operations.map(({ id: name, after, serialKey }) => `${name}: ${after} ${serialKey}`)).toEqual([
      'queue/update/22: New (822@North) queues',
      'queue/update/21: Queue 22 (821@North) queues',
      'queue/create/23: Queue 23 queues',
    ]);
  });

  it('are free when who holds them is gone: it is adopted', async () => {
    const site = await siteIn({ dns: [queue(21)] });
    expect(steps(site, { dns: [queue(22, { alias: 'Queue 21' })] })).toEqual([
      'queue/adopt/22: Queue 21',
      'queue/update/22: Queue 21 (822@North)',
    ]);
  });

  it('are not free when who holds them stays: a conflict', async () => {
    const site = await siteIn({ dns: [queue(21)] });
    const holder = site.state.queues.get(id(21))?.id as never;
    site.state.queueIndex.set({ id: holder, name: 'Queue 22', peerId: '' });
    const { operations, conflicts } = site.diff({ dns: [queue(21), queue(22)] });
    expect(operations).toEqual([]);
    expect(conflicts.map(({ reason, object }) => `${reason} ${object.dbid}`)).toEqual([
      'queue.name-taken 22',
    ]);
  });

  it('that cannot be had keep the queue from its name, not from its external number', async () => {
    const site = await siteIn({ dns: [queue(21)] });
    for (const name of ['Taken', 'Taken@North']) site.cloud.addQueue({ name });
    await site.learn();
    const { operations, conflicts } = site.diff({ dns: [queue(21, { alias: 'Taken', number: '999' })] });
    expect(
      operations.map(({ id: name, after, reason, serialKey }) => [name, after, reason, serialKey]),
    ).toEqual([['queue/update/21', 'Queue 21 (999@North)', 'the external number differs', 'queues']]);
    expect(conflicts.map(({ object }) => object)).toEqual([
      { kind: 'queue', dbid: 21, name: 'Taken', path: '(not in Engage) Taken' },
    ]);
  });

  it('held by a queue that is gone are not free: it does not move', async () => {
    const site = await siteIn({ dns: [queue(21), queue(22)] });
    expect(steps(site, { dns: [queue(21, { alias: 'Queue 22' })] })).toEqual([
      'queue/update/21: Queue 22@North (821@North)',
    ]);
  });
});

describe('names of wrap-up codes that move', () => {
  const codes = (names: Readonly<Record<number, string>>): Centre => ({
    wrapupAttribute: {
      dbid: id(900),
      name: 'DispositionCode',
      values: Object.entries(names).map(([dbid, name]) => ({
        dbid: id(Number(dbid)),
        name,
        displayName: '',
        enabled: true,
      })),
    },
  });

  it.each<[string, Record<number, string>, readonly string[], readonly number[]]>([
    [
      'behind each other',
      { 1: 'B', 2: 'C' },
      ['wrapup-code/update/2: C wrapup-codes', 'wrapup-code/update/1: B wrapup-codes'],
      [],
    ],
    ['round: nobody can begin', { 1: 'B', 2: 'A' }, [], [1, 2]],
    ['to one that a code which is gone holds', { 1: 'B' }, [], [1]],
    [
      'to a new one beside a creation: that comes behind',
      { 1: 'X', 2: 'B', 3: 'A' },
      ['wrapup-code/update/1: X wrapup-codes', 'wrapup-code/create/3: A wrapup-codes'],
      [],
    ],
    [
      'not at all: a creation waits for nobody',
      { 1: 'A', 2: 'B', 3: 'C' },
      ['wrapup-code/create/3: C wrapup-code/3'],
      [],
    ],
  ])('%s', async (_what, names, expected, taken) => {
    const site = await siteIn(codes({ 1: 'A', 2: 'B' }));
    const { operations, conflicts } = site.diff(codes(names));
    expect(operations.map(({ id: name, after, serialKey }) => `${name}: ${after} ${serialKey}`)).toEqual(
      expected,
    );
    expect(conflicts).toEqual(
      taken.map((dbid) => ({
        reason: 'wrapup.name-taken',
        object: {
          kind: 'wrapup-code',
          dbid,
          name: names[dbid],
          path: `(not in Engage) ${names[dbid]}`,
        },
        detail: `The name "${names[dbid]}" is held by another wrap-up code of the EX organisation; rename that one or the value.`,
      })),
    );
  });
});
