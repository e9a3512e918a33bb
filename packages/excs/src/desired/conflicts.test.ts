/** Every conflict within Engage: what it is about, where that lies, and what the operator reads. */
import { describe, expect, it } from 'vitest';
import {
  dnType,
  type EngageAttributeValue,
  type EngagePerson,
  type EngageSnapshot,
  objectType,
} from '../engage/snapshot.ts';
import { nothingUnreadable } from '../engage/unreadable.ts';
import { folders, group, id, person, queue, rules, skill, snapshot } from '../testing/snapshot.ts';
import { conflictRemedies } from './conflict-remedies.ts';
import { desiredState } from './desired.ts';
import { type ConflictReason, conflictReasons, type EngageObject } from './model.ts';

const attribute = (...values: readonly EngageAttributeValue[]) => ({
  wrapupAttribute: { dbid: id(9), name: 'DispositionCode', values },
});
const value = (dbid: number, name: string, displayName = ''): EngageAttributeValue => ({
  dbid: id(dbid),
  name,
  displayName,
  enabled: true,
});
const object = (kind: EngageObject['kind'], dbid: number, name: string, path: string) => ({
  kind,
  dbid,
  name,
  path: `/Resources${path}`,
});
const noEmployeeId = '' as EngagePerson['employeeId'];

describe('a conflict', () => {
  it.each<[ConflictReason, Partial<EngageSnapshot>, ReturnType<typeof object>, string]>([
    [
      'person.no-employee-id',
      { persons: [person(1, { employeeId: noEmployeeId })] },
      object('person', 1, 'First Last1', '/Persons/user1'),
      'The person has no employee ID.',
    ],
    [
      'person.no-email',
      { persons: [person(1, { email: '' })] },
      object('person', 1, 'First Last1', '/Persons/E1'),
      'Neither the e-mail address nor the user name is an address; enter one, or set DEFAULT_EMAIL_DOMAIN.',
    ],
    [
      'person.duplicate-employee-id',
      { persons: [person(1), person(2, { employeeId: person(1).employeeId, firstName: '', lastName: '' })] },
      object('person', 2, 'user2', '/Persons/E1'),
      'Employee ID E1 belongs to /Resources/Persons/E1 too, which is mapped.',
    ],
    [
      'person.duplicate-email',
      { persons: [person(1), person(2, { email: 'USER1@example.com' })] },
      object('person', 2, 'First Last2', '/Persons/E2'),
      'The e-mail address belongs to /Resources/Persons/E1 too, which is mapped.',
    ],
    [
      'skill.no-name',
      { skills: [skill(1, '')] },
      object('skill', 1, '', '/Skills/'),
      'The skill has no name.',
    ],
    [
      'skill.name-case',
      { skills: [skill(1, 'Sales'), skill(2, 'SALES')] },
      object('skill', 2, 'SALES', '/Skills/SALES'),
      'The name differs at most in case from that of /Resources/Skills/Sales, which is mapped.',
    ],
    [
      'queue.duplicate-name',
      { dns: [queue(1, { alias: 'Sales' }), queue(2, { alias: 'Sales' })] },
      object('queue', 2, 'Sales', '/Switches/North/DNs/82'),
      'The name is the same as that of /Resources/Switches/North/DNs/81, which is mapped.',
    ],
    [
      'queue.name-case',
      { dns: [queue(1, { alias: 'Sales' }), queue(2, { alias: 'SALES', switchDbid: id(2) })] },
      object('queue', 2, 'SALES', '/Switches/South/DNs/82'),
      'The name differs in case only from that of /Resources/Switches/North/DNs/81, which is mapped.',
    ],
    [
      // The name with the switch is held as well, under another case.
      'queue.duplicate-name',
      {
        dns: [
          queue(1, { alias: 'Sales' }),
          queue(2, { alias: 'SALES@SOUTH' }),
          queue(3, { alias: 'Sales', switchDbid: id(2) }),
        ],
      },
      object('queue', 3, 'Sales', '/Switches/South/DNs/83'),
      'The name is the same as that of /Resources/Switches/North/DNs/82, which is mapped.',
    ],
    [
      'group.ambiguous-queue',
      { dns: [queue(1, { number: '8' }), queue(2, { number: '8' })], groups: [group(5, '8')] },
      object('group', 5, 'Group 5', '/Agent Groups/Group 5'),
      'WFM_queue_number "8" fits 2 queues; write <number>@<switch>.',
    ],
    [
      'group.unknown-queue',
      { dns: [queue(1)], groups: [group(5, 'nowhere')] },
      object('group', 5, 'Group 5', '/Agent Groups/Group 5'),
      'WFM_queue_number "nowhere" is no enabled queue.',
    ],
    [
      'group.bad-script',
      { dns: [queue(1)], groups: [group(5, '81', { script: 'Skill(' })] },
      object('group', 5, 'Group 5', '/Agent Groups/Group 5'),
      'The script cannot be read at character 7: expected a name in quotation marks, found the end.',
    ],
    [
      'group.unreadable',
      { dns: [queue(1)], groups: [group(5, '81', { unreadable: { why: 'odd', linkUnknown: false } })] },
      object('group', 5, 'Group 5', '/Agent Groups/Group 5'),
      'Nobody is taken out of its queue: odd',
    ],
    [
      'group.unreadable',
      { dns: [queue(1)], groups: [group(5, '81', { unreadable: { why: 'odd', linkUnknown: true } })] },
      object('group', 5, 'Group 5', '/Agent Groups/Group 5'),
      'Which queue it is linked to is not known, so nobody is taken out of any queue: odd',
    ],
    [
      'group.unreadable',
      { unreadable: { ...nothingUnreadable, group: { objects: new Map(), unknown: 'odd' } } },
      object('tenant', 101, 'Resources', ''),
      'Which queue it is linked to is not known, so nobody is taken out of any queue: odd',
    ],
    [
      'wrapup.name-case',
      attribute(value(1, 'sold'), value(2, 'x', 'SOLD')),
      object('wrapup-code', 2, 'SOLD', '/Business Attributes/DispositionCode/x'),
      'The name differs in case only from that of /Resources/Business Attributes/DispositionCode/sold, which is mapped.',
    ],
    [
      'wrapup.duplicate-name',
      attribute(value(1, 'sold'), value(2, 'sold')),
      object('wrapup-code', 2, 'sold', '/Business Attributes/DispositionCode/sold'),
      'The name is the same as that of /Resources/Business Attributes/DispositionCode/sold, which is mapped.',
    ],
  ])('%s says what is wrong, and where', (reason, centre, about, detail) => {
    expect(desiredState(snapshot(centre), rules).conflicts).toEqual([{ reason, object: about, detail }]);
  });

  it('of an attribute that is not there names the tenant', () => {
    const { wrapupAttribute: _none, ...rest } = snapshot();
    expect(desiredState(rest, rules).conflicts).toEqual([
      {
        reason: 'wrapup.attribute-missing',
        object: object('tenant', 101, 'Resources', ''),
        detail:
          'The business attribute of the wrap-up codes is not in the Config DB; correct WRAPUP_ATTRIBUTE.',
      },
    ]);
  });

  it('has a remedy, whatever its reason: whole sentences', () => {
    expect(Object.keys(conflictRemedies)).toEqual([...conflictReasons]);
    for (const remedy of Object.values(conflictRemedies)) expect(remedy).toMatch(/^[A-Z].{20,}\.$/);
  });
});

describe('where an object lies', () => {
  const tree = folders([
    { dbid: 50, name: 'People', type: objectType.person, holds: [2] },
    { dbid: 60, name: 'All skills', type: objectType.skill, holds: [2] },
    { dbid: 70, name: 'Numbers', type: objectType.dn, switch: 1, holds: [2] },
    { dbid: 80, name: 'Groups', type: objectType.agentGroup, holds: [2] },
  ]);

  it.each<[string, Partial<EngageSnapshot>, string]>([
    ['a person', { persons: [person(2, { email: '' })] }, '/People/E2'],
    ['a skill', { skills: [skill(1, 'Sales'), skill(2, 'SALES')] }, '/All skills/SALES'],
    [
      'a queue',
      { dns: [queue(1, { alias: 'Sales' }), queue(2, { alias: 'SALES' })] },
      '/Switches/North/Numbers/82',
    ],
    ['a group', { groups: [group(2, 'nowhere')] }, '/Groups/Group 2'],
  ])('begins with its folders: %s', (_what, centre, path) => {
    const { conflicts } = desiredState(snapshot({ ...centre, folders: tree }), rules);
    expect(conflicts.map((conflict) => conflict.object.path)).toEqual([`/Resources${path}`]);
  });
});

describe('what is no conflict', () => {
  it.each<[string, Partial<EngageSnapshot>]>([
    ['a queue without a number: it cannot be called', { dns: [queue(1, { number: '', alias: 'x' })] }],
    ['a group without a link', { groups: [group(5, '')] }],
    ['a group that is disabled', { groups: [group(5, 'nowhere', { enabled: false })] }],
    ['a value without any name', attribute(value(1, ''))],
    [
      'a value that is disabled, whatever its name',
      attribute(value(1, 'sold'), { ...value(2, 'sold'), enabled: false }),
    ],
    [
      'a DN of another type',
      { dns: [queue(1, { alias: 'a' }), queue(2, { alias: 'a', type: dnType.acdQueue })] },
    ],
  ])('%s', (_what, centre) => {
    expect(desiredState(snapshot(centre), rules).conflicts).toEqual([]);
  });

  it('a link to a queue outside the folder: the group is out of scope as well', () => {
    const tree = folders([
      { dbid: 70, name: 'EX', type: objectType.dn, switch: 1, holds: [1] },
      { dbid: 71, name: 'EX', type: objectType.person, holds: [] },
      { dbid: 72, name: 'EX', type: objectType.skill, holds: [] },
    ]);
    const centre = snapshot({ dns: [queue(1), queue(2)], groups: [group(5, '82')], folders: tree });
    expect(desiredState(centre, { ...rules, folder: 'EX' }).conflicts).toEqual([]);
  });

  it('a link to a queue that a conflict keeps from being mapped: that is reported once', () => {
    const dns = [queue(1, { alias: 'Sales' }), queue(2, { alias: 'SALES' })];
    const { conflicts } = desiredState(snapshot({ dns, groups: [group(5, '82')] }), rules);
    expect(conflicts.map(({ reason }) => reason)).toEqual(['queue.name-case']);
  });
});
