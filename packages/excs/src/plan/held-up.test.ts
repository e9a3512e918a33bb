/** What a plan leaves alone: kinds whose read was refused, objects that are frozen, operations that wait after failures. */
import { describe, expect, it } from 'vitest';
import { skillLevels } from '../engage/skill-levels.ts';
import type { EngageSnapshot } from '../engage/snapshot.ts';
import { nothingUnreadable, type OwnerKind, type UnreadableObjects } from '../engage/unreadable.ts';
import { MemorySite } from '../testing/memory-site.ts';
import { group, id, person, queue, skill } from '../testing/snapshot.ts';

type Centre = Partial<EngageSnapshot>;

const codes = (...names: readonly string[]): Centre => ({
  wrapupAttribute: {
    dbid: id(900),
    name: 'DispositionCode',
    values: names.map((name, at) => ({ dbid: id(901 + at), name, displayName: '', enabled: true })),
  },
});
const centre: Centre = {
  persons: [person(1, { levels: skillLevels([11, 3]), roles: ['Supervisor'] })],
  skills: [skill(11, 'English')],
  dns: [queue(21)],
  groups: [group(31, '821', { members: [id(1)] })],
  ...codes('Sold'),
};
const unreadable = (kind: OwnerKind, of: Partial<UnreadableObjects>): Centre => ({
  unreadable: { ...nothingUnreadable, [kind]: { objects: new Map(), unknown: undefined, ...of } },
});
const hidden = (kind: OwnerKind) => unreadable(kind, { unknown: 'odd' });
const broken = (kind: OwnerKind, dbid: number) => unreadable(kind, { objects: new Map([[dbid, 'odd']]) });
const ids = (site: MemorySite, wanted: Centre) => site.diff(wanted).operations.map(({ id: name }) => name);

async function convergedSite(of: Centre = centre): Promise<MemorySite> {
  const site = new MemorySite();
  await site.converge(of);
  return site;
}

describe('a kind whose read was refused', () => {
  const nothing: Centre = { persons: [], skills: [], dns: [], groups: [], ...codes() };

  it.each<[OwnerKind, readonly string[]]>([
    ['person', ['queue-wrapup-code/remove/21/code-003']],
    [
      'skill',
      [
        'queue-member/remove/21',
        'role/revoke/1',
        'queue-wrapup-code/remove/21/code-003',
        'user/deactivate/1',
      ],
    ],
    ['queue', ['role/revoke/1', 'user/deactivate/1']],
    ['wrapup-code', ['queue-member/remove/21', 'role/revoke/1', 'user/deactivate/1']],
  ])('%s: nothing of it is taken away, and what does not hang on it is', async (kind, expected) => {
    const site = await convergedSite();
    expect(site.state.wrapupCodes.get(id(901))?.id).toBe('code-003');
    expect(ids(site, { ...nothing, dns: [queue(21)], ...hidden(kind) })).toEqual(expected);
  });

  it.each<[OwnerKind, readonly string[]]>([
    ['person', ['source', 'skill', 'wrapup-code', 'queue', 'queue-wrapup-code']],
    [
      'skill',
      [
        'source',
        'wrapup-code',
        'queue',
        'user',
        'external-identity',
        'primary-source',
        'queue-member',
        'role',
        'queue-wrapup-code',
      ],
    ],
    [
      'queue',
      [
        'source',
        'skill',
        'wrapup-code',
        'user',
        'external-identity',
        'user-skills',
        'primary-source',
        'role',
      ],
    ],
  ])('%s: nothing of it is created', (kind, expected) => {
    const kinds = ids(new MemorySite(), { ...centre, ...hidden(kind) }).map((name) => name.split('/')[0]);
    expect(kinds).toEqual(expected);
  });

  it.each<[OwnerKind, readonly number[], readonly number[]]>([
    ['person', [], [21]],
    ['queue', [1], []],
    ['skill', [1], [21]],
  ])('%s: has nothing that is gone', async (kind, persons, queues) => {
    const site = await convergedSite();
    const { gone } = site.diff({ ...nothing, ...hidden(kind) });
    expect([[...gone.persons], [...gone.queues]]).toEqual([persons, queues]);
  });

  it('skill: users keep what they have, and get what is mapped', async () => {
    const site = await convergedSite();
    const less = { ...centre, persons: [person(1, { roles: ['Supervisor'] })] };
    expect(ids(site, { ...less, ...hidden('skill') })).toEqual([]);
    expect(ids(site, less)).toEqual(['user-skills/set/1']);
  });
});

describe('an object whose row cannot be read', () => {
  it.each<[OwnerKind, number, Centre]>([
    ['person', 1, { ...centre, persons: [], groups: [group(31, '821')] }],
    ['queue', 21, { ...centre, dns: [] }],
    ['wrapup-code', 901, { ...centre, ...codes() }],
    ['skill', 11, { ...centre, skills: [] }],
  ])('%s: keeps what stands for it and what hangs on that', async (kind, dbid, wanted) => {
    const site = await convergedSite();
    expect(ids(site, wanted)).not.toEqual([]);
    expect(ids(site, { ...wanted, ...broken(kind, dbid) })).toEqual([]);
    const { gone } = site.diff({ ...wanted, ...broken(kind, dbid) });
    expect([gone.persons.size, gone.queues.size]).toEqual([0, 0]);
  });

  const sold = { dbid: id(902), name: 'Sold', displayName: '', enabled: true };
  it.each<[OwnerKind, number, Centre, string]>([
    [
      'wrapup-code',
      901,
      { wrapupAttribute: { dbid: id(900), name: 'DispositionCode', values: [sold] } },
      'wrapup-code/adopt/902',
    ],
    ['queue', 21, { dns: [queue(22, { alias: 'Queue 21' })], groups: [] }, 'queue/adopt/22'],
  ])(
    '%s: its name is not free for another one, and nothing is planned for that',
    async (kind, dbid, more, adopted) => {
      const site = await convergedSite();
      const wanted = { ...centre, ...more };
      // Gone, it may be taken over; unreadable, it may not.
      expect(ids(site, wanted)).toContain(adopted);
      const { operations, conflicts } = site.diff({ ...wanted, ...broken(kind, dbid) });
      expect(operations).toEqual([]);
      expect(conflicts.map(({ reason }) => reason)).toEqual([
        kind === 'queue' ? 'queue.name-taken' : 'wrapup.name-taken',
      ]);
    },
  );
});

describe('an operation that waits after failures', () => {
  const plans = (site: MemorySite, wanted: Centre, ...waiting: readonly string[]) => {
    site.quarantined = new Set(waiting);
    return ids(site, wanted);
  };

  it.each<[string, readonly string[]]>([
    ['skill/create/11', ['user-skills/set/1']],
    ['wrapup-code/create/901', ['queue-wrapup-code/add/21']],
    ['queue/create/21', ['queue-member/add/21', 'queue-wrapup-code/add/21']],
    [
      'user/create/1',
      [
        'external-identity/add/1',
        'user-skills/set/1',
        'primary-source/set/1',
        'queue-member/add/21',
        'role/grant/1',
      ],
    ],
    ['queue-member/add/21', []],
    ['source/create/101', []],
  ])('%s holds up what hangs on it, and nothing else', (waiting, heldUp) => {
    const all = ids(new MemorySite(), centre);
    const left = plans(new MemorySite(), centre, waiting);
    expect(left).toEqual(all.filter((name) => name !== waiting && !heldUp.includes(name)));
  });

  it('leaves the skills that exist to the user', async () => {
    const site = await convergedSite();
    const wanted: Centre = {
      ...centre,
      persons: [person(1, { levels: skillLevels([11, 5, 12, 2]), roles: ['Supervisor'] })],
      skills: [skill(11, 'English'), skill(12, 'French')],
    };
    expect(plans(site, wanted, 'skill/create/12')).toEqual(['user-skills/set/1']);
  });

  it.each<[string, Centre, readonly string[]]>([
    ['skill/adopt/12', { skills: [skill(11, 'English'), skill(12, 'There')] }, []],
    ['wrapup-code/adopt/902', codes('Sold', 'There'), []],
    ['queue/adopt/22', { dns: [queue(21), queue(22, { alias: 'There' })] }, []],
    ['user/adopt/2', { persons: [...(centre.persons ?? []), person(2, { email: 'There@example.com' })] }, []],
  ])('%s: the object is not adopted, nor changed as if it were', async (waiting, more, expected) => {
    const site = await convergedSite();
    site.cloud.addSkill('There');
    site.cloud.addCode('THERE');
    site.cloud.addQueue({ name: 'There', peerId: 'x' });
    site.cloud.addUser('There');
    await site.learn();
    expect(ids(site, { ...centre, ...more })).toContain(waiting);
    expect(plans(site, { ...centre, ...more }, waiting)).toEqual(expected);
  });

  it('of a user that is adopted keeps its address for it', async () => {
    const site = new MemorySite();
    site.cloud.addUser('There', { email: 'user1@example.com' });
    await site.learn();
    const two = { persons: [person(1), person(2, { email: 'USER1@example.com' })] };
    expect(plans(site, two, 'user/adopt/1').filter((name) => name.startsWith('user/'))).toEqual([]);
  });
});
