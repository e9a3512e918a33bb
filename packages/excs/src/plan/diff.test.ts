/** What a plan says of each difference, rule by rule, without any server. */
import { describe, expect, it } from 'vitest';
import { skillLevels } from '../engage/skill-levels.ts';
import type { EngageSnapshot } from '../engage/snapshot.ts';
import { MemorySite } from '../testing/memory-site.ts';
import { group, id, person, queue, skill } from '../testing/snapshot.ts';
import { phaseOf } from './operation.ts';

type Centre = Partial<EngageSnapshot>;

const codes = (...names: readonly string[]): Centre => ({
  wrapupAttribute: {
    dbid: id(900),
    name: 'DispositionCode',
    values: names.map((name, at) => ({ dbid: id(901 + at), name, displayName: '', enabled: true })),
  },
});

const centre: Centre = {
  persons: [
    person(1, { levels: skillLevels([11, 3]), roles: ['Supervisor'] }),
    person(2, { levels: skillLevels([11, 2, 12, 4]) }),
  ],
  skills: [skill(11, 'English'), skill(12, 'Sales')],
  dns: [queue(21), queue(22)],
  groups: [group(31, '821', { members: [id(1), id(2)] })],
  ...codes('Sold'),
};

async function convergedSite(): Promise<MemorySite> {
  const site = new MemorySite();
  await site.converge(centre);
  return site;
}

/** A function that changes what the cloud holds. */
type ByHand = (site: MemorySite) => void;
const nothing: ByHand = () => undefined;
const userOf = ({ cloud, state }: MemorySite, dbid: number) =>
  cloud.usersById.get(state.users.get(id(dbid))?.id ?? ('' as never));
const queueOf = ({ cloud, state }: MemorySite, dbid: number) =>
  cloud.queuesById.get(state.queues.get(id(dbid))?.id ?? ('' as never));
const skillOf = ({ state }: MemorySite, dbid: number) => state.skills.get(id(dbid))?.id ?? ('' as never);

const rows: readonly [string, ByHand, Centre, readonly string[]][] = [
  ['nothing has changed', nothing, centre, []],
  [
    'a changed name',
    nothing,
    {
      ...centre,
      persons: [person(1, { ...centre.persons?.[0], lastName: 'Else' }), ...(centre.persons ?? []).slice(1)],
    },
    ['user/update/1: the name differs'],
  ],
  [
    'a changed level',
    nothing,
    {
      ...centre,
      persons: [
        person(1, { levels: skillLevels([11, 5]), roles: ['Supervisor'] }),
        ...(centre.persons ?? []).slice(1),
      ],
    },
    ['user-skills/set/1: skills or levels differ'],
  ],
  [
    'a supervisor no more',
    nothing,
    { ...centre, persons: [person(1, { levels: skillLevels([11, 3]) }), ...(centre.persons ?? []).slice(1)] },
    ['role/revoke/1: no longer marked as supervisor in Engage'],
  ],
  [
    'a person that is gone: memberships and grants first, then the user',
    nothing,
    { ...centre, persons: (centre.persons ?? []).slice(1) },
    [
      'queue-member/remove/21: no longer in an agent group that is linked to the queue',
      'role/revoke/1: no longer marked as supervisor in Engage',
      'user/deactivate/1: deleted, disabled or out of scope in Engage',
    ],
  ],
  [
    'a skill under another name is another skill; users are moved over at once',
    nothing,
    { ...centre, skills: [skill(11, 'French'), skill(12, 'Sales')] },
    [
      'skill/create/11: renamed in Engage; skills cannot be renamed',
      'user-skills/set/1: skills or levels differ',
      'user-skills/set/2: skills or levels differ',
    ],
  ],
  [
    'a skill in another case is the same',
    nothing,
    { ...centre, skills: [skill(11, 'ENGLISH'), skill(12, 'Sales')] },
    [],
  ],
  [
    'a queue under another alias',
    nothing,
    { ...centre, dns: [queue(21, { alias: 'Else' }), queue(22)] },
    ['queue/update/21: the name differs'],
  ],
  [
    'two queues that change their names round: one goes by its fallback',
    nothing,
    { ...centre, dns: [queue(21, { alias: 'Queue 22' }), queue(22, { alias: 'Queue 21' })] },
    ['queue/update/21: the name differs', 'queue/update/22: the name differs'],
  ],
  [
    'a queue that is gone stays without the members that it was given',
    nothing,
    { ...centre, dns: [queue(22)] },
    ['queue-member/remove/21: no longer in an agent group that is linked to the queue'],
  ],
  [
    'a wrap-up code under another name',
    nothing,
    { ...centre, ...codes('Bought') },
    ['wrapup-code/update/901: the name differs'],
  ],
  [
    'one more wrap-up code goes to every queue',
    nothing,
    { ...centre, ...codes('Sold', 'Lost') },
    [
      'wrapup-code/create/902: new in Engage',
      'queue-wrapup-code/add/21: wrap-up codes belong to every mapped queue',
      'queue-wrapup-code/add/22: wrap-up codes belong to every mapped queue',
    ],
  ],
  [
    'a user that was deactivated by hand',
    (site) => Object.assign(userOf(site, 1) ?? {}, { state: 'inactive' }),
    centre,
    ['user/activate/1: the person is enabled in Engage'],
  ],
  [
    'a user that was deleted by hand',
    (site) => Object.assign(userOf(site, 1) ?? {}, { state: 'deleted' }),
    centre,
    ['user/restore/1: deleted in the EX organisation'],
  ],
  [
    'a level that was changed by hand',
    (site) => userOf(site, 1)?.skills.set(skillOf(site, 11), 1),
    centre,
    ['user-skills/set/1: skills or levels differ'],
  ],
  [
    'a skill of others that was given by hand stays',
    (site) => userOf(site, 1)?.skills.set(site.cloud.addSkill('Of others'), 1),
    centre,
    [],
  ],
  [
    'a skill of ours that was given by hand goes',
    (site) => userOf(site, 1)?.skills.set(skillOf(site, 12), 1),
    centre,
    ['user-skills/set/1: skills or levels differ'],
  ],
  [
    'a member that was removed by hand',
    (site) => queueOf(site, 21)?.members.clear(),
    centre,
    ['queue-member/add/21: members of the agent groups that are linked to the queue'],
  ],
  [
    'a member that was added by hand stays',
    (site) => queueOf(site, 22)?.members.add(site.cloud.addUser('x')),
    centre,
    [],
  ],
  [
    'a code that was detached by hand',
    (site) => queueOf(site, 22)?.codes.clear(),
    centre,
    ['queue-wrapup-code/add/22: wrap-up codes belong to every mapped queue'],
  ],
  [
    'a code that was attached by hand stays',
    (site) => queueOf(site, 22)?.codes.add(site.cloud.addCode('x')),
    centre,
    [],
  ],
  [
    'a grant that was revoked by hand',
    (site) => site.cloud.supervisors.clear(),
    centre,
    ['role/grant/1: marked as supervisor in Engage'],
  ],
  [
    'a grant that was given by hand stays',
    (site) => site.cloud.supervisors.add(userOf(site, 2)?.id ?? ('' as never)),
    centre,
    [],
  ],
  [
    'an identity that was removed by hand',
    (site) => site.cloud.identities.delete('engage/101/1'),
    centre,
    ['external-identity/add/1: the user has none'],
  ],
  [
    'a primary source that was changed by hand',
    (site) => site.cloud.primarySources.delete(userOf(site, 1)?.id ?? ('' as never)),
    centre,
    ['primary-source/set/1: another source is primary, or it is not known'],
  ],
  [
    'a source that was changed by hand',
    (site) => Object.assign([...site.cloud.sourcesById.values()][0] ?? {}, { name: 'x' }),
    centre,
    ['source/update/101: the source was changed'],
  ],
];

/** The same where our source is the default of the organisation. */
const rowsOfDefault: readonly (readonly [string, ByHand, readonly string[]])[] = [
  ['nothing', nothing, []],
  [
    'the default source of the organisation that was changed by hand',
    ({ cloud }) =>
      Object.assign(cloud.presenceSettings, { defaultPrimaryPresenceRegisteredSourceId: 'other' }),
    ['default-source/set/101: another source is the default of the organisation'],
  ],
  [
    'a default source that was taken away',
    ({ cloud }) => {
      cloud.presenceSettings = {};
    },
    ['default-source/set/101: the organisation has no default source'],
  ],
  [
    'a user with another source than the default',
    (site) => site.cloud.primarySources.set(userOf(site, 1)?.id ?? ('' as never), 'purecloud' as never),
    ['primary-source/set/1: another source is primary, or it is not known'],
  ],
];

describe('a plan', () => {
  it.each(rowsOfDefault)('with the default source, %s', async (_what, byHand, expected) => {
    const site = new MemorySite({ primarySourceScope: 'organization' });
    const plan = site.plan(centre).operations.map(({ type }) => type);
    expect(plan).toContain('default-source.set');
    expect(plan).not.toContain('primary-source.set');
    await site.converge(centre);
    byHand(site);
    await site.learn();
    const { operations } = site.plan(centre);
    expect(operations.map(({ id: name, reason }) => `${name}: ${reason}`)).toEqual(expected);
    await site.converge(centre);
    expect(site.failures).toEqual([]);
  });

  it.each(rows)('%s', async (_what, byHand, wanted, expected) => {
    const site = await convergedSite();
    byHand(site);
    await site.learn();
    const { operations } = site.plan(wanted);
    expect(operations.map(({ id: name, reason }) => `${name}: ${reason}`)).toEqual(expected);
    const phases = operations.map(phaseOf);
    expect(phases).toEqual(phases.toSorted((a, b) => a - b));
    await site.converge(wanted);
    expect(site.failures).toEqual([]);
  });
});

describe('a person in conflict', () => {
  it('keeps the user, the memberships and the grant that it has', async () => {
    const site = await convergedSite();
    const persons = [person(1, { email: '', userName: 'none' }), ...(centre.persons ?? []).slice(1)];
    expect(site.plan({ ...centre, persons }).operations).toEqual([]);
  });
});

describe('a name that another object gives up', () => {
  it.each<[string, Centre]>([
    ['a wrap-up code', { ...centre, ...codes('Bought', 'Sold') }],
    [
      'a queue',
      { ...centre, dns: [queue(21, { alias: 'Else' }), queue(22), queue(23, { alias: 'Queue 21' })] },
    ],
  ])('of %s is taken after that, one after the other', async (_what, wanted) => {
    const site = await convergedSite();
    const named = site
      .plan(wanted)
      .operations.filter(({ type }) => /^(wrapup-code|queue)\.(create|update)$/.test(type));
    expect(named.map(({ type }) => type.split('.')[1])).toEqual(['update', 'create']);
    expect(new Set(named.map(({ serialKey }) => serialKey)).size).toBe(1);
  });
});

describe('what takes something away', () => {
  const smaller: Centre = {
    persons: (centre.persons ?? []).slice(1),
    skills: [skill(11, 'English')],
    dns: [queue(22)],
  };

  it('waits until a second read shows it too', async () => {
    const site = await convergedSite();
    site.absentBefore = new Set();
    const first = site.diff({ ...smaller, ...codes() });
    expect(first.operations).toEqual([]);
    expect(first.waiting).toBe(first.absent.size);
    site.absentBefore = first.absent;
    const second = site.diff({ ...smaller, ...codes() });
    expect(second.waiting).toBe(0);
    expect(second.operations.map(({ type }) => type)).toEqual([
      'user-skills.set',
      'queue-member.remove',
      'role.revoke',
      'queue-wrapup-code.remove',
      'user.deactivate',
    ]);
  });

  it('is counted once for each thing; what goes with a person that leaves is not', async () => {
    const site = await convergedSite();
    const { operations } = site.diff({ ...smaller, ...codes() });
    const counted = Object.fromEntries(
      operations.map(({ type, counted: of }) => [type, of?.items.length ?? 0]),
    );
    expect(counted).toEqual({
      'user-skills.set': 1,
      'queue-member.remove': 1,
      'role.revoke': 0,
      'queue-wrapup-code.remove': 1,
      'user.deactivate': 1,
    });
  });

  it('leaves a protected user active, and says so', async () => {
    const site = await convergedSite();
    const link = site.state.users.get(id(1));
    site.state.protectedUsers = new Set(link === undefined ? [] : [link.id]);
    const { operations, conflicts } = site.diff({ ...centre, persons: (centre.persons ?? []).slice(1) });
    expect(operations.map(({ type }) => type)).not.toContain('user.deactivate');
    expect(conflicts.map(({ reason }) => reason)).toEqual(['user.protected']);
  });

  it('names as gone whose counterpart another object may take over', async () => {
    const site = await convergedSite();
    const { gone } = site.diff(smaller);
    expect([[...gone.persons], [...gone.queues]]).toEqual([[1], [21]]);
    const nobody = site.diff(centre).gone;
    expect([nobody.persons.size, nobody.queues.size]).toEqual([0, 0]);
  });
});
