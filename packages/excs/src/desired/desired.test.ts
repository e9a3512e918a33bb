/** Names, queues, membership, wrap-up codes: what the EX organisation should hold. */
import { describe, expect, it } from 'vitest';
import { skillLevels } from '../engage/skill-levels.ts';
import { dnType, type EngageSnapshot } from '../engage/snapshot.ts';
import { nothingUnreadable } from '../engage/unreadable.ts';
import { group, id, person, queue, rules, skill, snapshot } from '../testing/snapshot.ts';
import { desiredState } from './desired.ts';

const desired = (more: Partial<EngageSnapshot>) => desiredState(snapshot(more), rules);
const reasons = (result: ReturnType<typeof desired>) =>
  result.conflicts.map(({ reason, object }) => `${reason} ${object.dbid}`);
const names = (result: ReturnType<typeof desired>) =>
  Object.fromEntries([...result.queues.values()].map((one) => [one.dbid, one.name]));
const members = (result: ReturnType<typeof desired>, dbid: number) => [
  ...(result.queues.get(id(dbid))?.members ?? []),
];

describe('names that differ only in case', () => {
  it('are a conflict of skills: the first by DBID wins', () => {
    const result = desired({ skills: [skill(5, 'english'), skill(2, 'English'), skill(7, 'Sales')] });
    expect([...result.skills.keys()]).toEqual([2, 7]);
    expect(reasons(result)).toContain('skill.name-case 5');
  });

  it('are a conflict of queues, also on different switches', () => {
    const result = desired({
      dns: [queue(1, { alias: 'Support' }), queue(2, { alias: 'SUPPORT', switchDbid: id(2) })],
    });
    expect(names(result)).toEqual({ 1: 'Support' });
    expect(reasons(result)).toContain('queue.name-case 2');
    expect(result.frozen.queues).toEqual(new Set([2]));
  });

  it('are a conflict of wrap-up codes', () => {
    const values = [
      { dbid: id(2), name: 'sold', displayName: '', enabled: true },
      { dbid: id(1), name: 'x', displayName: 'Sold', enabled: true },
    ];
    const result = desired({ wrapupAttribute: { dbid: id(9), name: 'DispositionCode', values } });
    expect([...result.wrapupCodes.values()].map((code) => code.name)).toEqual(['Sold']);
    expect(reasons(result)).toContain('wrapup.name-case 2');
  });
});

describe('a queue', () => {
  it('is called by its alias, else by its number', () => {
    expect(names(desired({ dns: [queue(1, { alias: 'Sales' }), queue(2, { alias: '' })] }))).toEqual({
      1: 'Sales',
      2: '82',
    });
  });

  it('has its number and switch as peer', () => {
    expect(desired({ dns: [queue(1)] }).queues.get(id(1))?.peerId).toBe('81@North');
  });

  it('of an equal name on another switch is called <name>@<switch>, the later DBID', () => {
    const result = desired({
      dns: [queue(4, { alias: 'Sales', switchDbid: id(2) }), queue(3, { alias: 'Sales' })],
    });
    expect(names(result)).toEqual({ 3: 'Sales', 4: 'Sales@South' });
    expect(reasons(result)).toEqual([]);
  });

  it('of an equal name on the same switch is a conflict', () => {
    const result = desired({ dns: [queue(3, { alias: 'Sales' }), queue(4, { alias: 'Sales' })] });
    expect(names(result)).toEqual({ 3: 'Sales' });
    expect(reasons(result)).toContain('queue.duplicate-name 4');
  });
});

describe('members', () => {
  const persons = [person(1), person(2), person(3), person(4, { enabled: false })];

  it('are the union over all groups that are linked to the queue', () => {
    const result = desired({
      persons,
      dns: [queue(9, { number: '8009' })],
      groups: [
        group(1, '8009', { members: [id(1), id(2), id(4)] }),
        group(2, '8009', { members: [id(2), id(3), id(77)] }),
        group(3, '8009', { members: [id(1)], enabled: false }),
      ],
    });
    expect(members(result, 9).sort()).toEqual([1, 2, 3]);
  });

  it.each([
    ['a number', '8009'],
    ['an alias', 'Sales'],
    ['<number>@<switch>', '8009@North'],
  ])('come through a link that is %s', (_form, link) => {
    const result = desired({
      persons,
      dns: [queue(9, { number: '8009', alias: 'Sales' }), queue(8)],
      groups: [group(1, link, { members: [id(1)] })],
    });
    expect(members(result, 9)).toEqual([1]);
    expect(reasons(result)).toEqual([]);
  });

  it('do not come through a link that fits two queues', () => {
    const dns = [queue(8, { number: '8009' }), queue(9, { number: '8009', switchDbid: id(2), alias: 'B' })];
    const result = desired({ persons, dns, groups: [group(1, '8009', { members: [id(1)] })] });
    expect(members(result, 8)).toEqual([]);
    expect(members(result, 9)).toEqual([]);
    expect(reasons(result)).toEqual(['group.ambiguous-queue 1']);
  });

  it('do not come through a link to no queue, which is a conflict', () => {
    const result = desired({ persons, dns: [queue(9)], groups: [group(1, 'nowhere')] });
    expect(reasons(result)).toEqual(['group.unknown-queue 1']);
  });

  it('stay when a script cannot be read: the queue is never emptied', () => {
    const result = desired({
      persons,
      dns: [queue(9, { number: '8009' })],
      groups: [group(1, '8009', { script: 'Skill("English" >' }), group(2, '8009', { members: [id(2)] })],
    });
    expect(reasons(result)).toEqual(['group.bad-script 1']);
    expect(result.queues.get(id(9))?.keepMembers).toBe(true);
    expect(members(result, 9)).toEqual([2]);
  });
});

describe('a virtual group', () => {
  it('has the persons that satisfy its script, not those that are listed', () => {
    const result = desired({
      persons: [
        person(1, { levels: skillLevels([11, 6]) }),
        person(2, { levels: skillLevels([11, 5]) }),
        person(3),
      ],
      skills: [skill(11, 'English')],
      dns: [queue(9, { number: '8009' })],
      groups: [group(1, '8009', { members: [id(3)], script: 'Skill("English") > 5' })],
    });
    expect(members(result, 9)).toEqual([1]);
  });
});

describe('wrap-up codes', () => {
  it('are the enabled values, by display name, else name', () => {
    const values = [
      { dbid: id(1), name: 'sold', displayName: 'Sold', enabled: true },
      { dbid: id(2), name: 'lost', displayName: '', enabled: true },
      { dbid: id(3), name: 'old', displayName: 'Old', enabled: false },
    ];
    const result = desired({ wrapupAttribute: { dbid: id(9), name: 'DispositionCode', values } });
    expect([...result.wrapupCodes.values()]).toEqual([
      { dbid: 1, name: 'Sold', systemName: 'sold', displayName: 'Sold' },
      { dbid: 2, name: 'lost', systemName: 'lost' },
    ]);
  });

  it('are left as they are when the attribute is not there', () => {
    const { wrapupAttribute: _none, ...rest } = snapshot();
    const result = desiredState(rest, rules);
    expect(result.wrapupKnown).toBe(false);
    expect(reasons(result)).toEqual(['wrapup.attribute-missing 101']);
  });
});

describe('telephones', () => {
  it('are every enabled Extension and ACD Position of the switches that have a queue in scope', () => {
    const result = desired({
      dns: [
        queue(1),
        queue(2, { type: dnType.extension, number: '7001' }),
        queue(3, { type: dnType.acdPosition, number: '7002' }),
        queue(4, { type: dnType.extension, number: '7003', enabled: false }),
        queue(5, { type: dnType.extension, number: '7004', switchDbid: id(2) }),
        queue(6, { type: dnType.routingPoint, number: '9000' }),
      ],
    });
    expect(result.dns).toEqual([
      { switch: 'North', number: '7001', type: 'Extension' },
      { switch: 'North', number: '7002', type: 'ACDPosition' },
    ]);
  });
});

describe('a group that cannot be read', () => {
  const dns = [queue(1), queue(2)];
  const why = 'odd';
  const keeping = (result: ReturnType<typeof desired>) =>
    [...result.queues.values()].filter((one) => one.keepMembers).map((one) => one.dbid);

  it('keeps the members of the queue it is linked to', () => {
    const bad = group(5, '82', { unreadable: { why, linkUnknown: false } });
    const result = desired({ dns, groups: [bad] });
    expect(keeping(result)).toEqual([2]);
    expect(reasons(result)).toEqual(['group.unreadable 5']);
  });

  it('keeps the members of every queue when nobody knows which one it is linked to', () => {
    const bad = group(5, '', { unreadable: { why, linkUnknown: true } });
    expect(keeping(desired({ dns, groups: [bad] }))).toEqual([1, 2]);
    const unreadable = { ...nothingUnreadable, group: { objects: new Map(), unknown: why } };
    expect(keeping(desired({ dns, unreadable }))).toEqual([1, 2]);
  });

  it('and is linked to no queue is no matter', () => {
    const { queueLink: _none, ...bad } = group(5, '', { unreadable: { why, linkUnknown: false } });
    const result = desired({ dns, groups: [bad] });
    expect(keeping(result)).toEqual([]);
    expect(reasons(result)).toEqual([]);
  });
});

it('a skill that cannot be read stays with who has it, and a script that may mean it takes nobody out', () => {
  const unreadable = { ...nothingUnreadable, skill: { objects: new Map([[7, 'odd']]), unknown: undefined } };
  const result = desired({
    persons: [person(1, { levels: skillLevels([6, 2, 7, 3]) })],
    skills: [skill(6, 'English')],
    dns: [queue(1)],
    groups: [group(5, '81', { script: 'Skill("German") > 1' })],
    unreadable,
  });
  expect(result.users.get(id(1))?.skills).toEqual([6, 2, 7, 3]);
  expect(result.frozen.skills).toEqual(new Set([7]));
  expect(result.queues.get(id(1))?.keepMembers).toBe(true);
  expect(reasons(result)).toEqual(['group.bad-script 5', 'skill.unreadable 7']);
});
