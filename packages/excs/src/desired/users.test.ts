/** Persons to users: names, e-mail addresses, levels, supervisors, conflicts. */
import { describe, expect, it } from 'vitest';
import { skillLevels } from '../engage/skill-levels.ts';
import type { EngagePerson } from '../engage/snapshot.ts';
import { id, person, rules, skill, snapshot } from '../testing/snapshot.ts';
import { desiredState } from './desired.ts';
import { emailOf } from './email.ts';
import { proficiency } from './levels.ts';
import { isSupervisor } from './users.ts';

function desired(persons: readonly EngagePerson[], more: Partial<typeof rules> = {}) {
  const skills = [skill(11, 'English'), skill(12, 'Sales')];
  return desiredState(snapshot({ persons, skills }), { ...rules, ...more });
}

const reasons = (result: ReturnType<typeof desired>) =>
  result.conflicts.map(({ reason, object }) => `${reason} ${object.dbid}`);

describe('the e-mail address', () => {
  it.each([
    ['the field', { email: 'a@example.com', userName: 'b@example.com' }, undefined, 'a@example.com'],
    ['else the user name if it is one', { email: '', userName: 'b@example.com' }, undefined, 'b@example.com'],
    ['else user name and default domain', { email: '', userName: 'bob' }, 'example.org', 'bob@example.org'],
    ['a field that is no address counts as none', { email: 'none', userName: 'bob' }, 'x.org', 'bob@x.org'],
    ['without a default domain: none', { email: '', userName: 'bob' }, undefined, undefined],
    ['a user name that makes no address: none', { email: '', userName: 'b o b' }, 'x.org', undefined],
    ['nothing at all: none', { email: '', userName: '' }, 'x.org', undefined],
  ])('%s', (_rule, fields, domain, expected) => {
    expect(emailOf(fields, domain)).toBe(expected);
  });

  it('missing: conflict person.no-email, nobody else is concerned', () => {
    const result = desired([person(1, { email: '' }), person(2)]);
    expect([...result.users.keys()]).toEqual([2]);
    expect(reasons(result)).toContain('person.no-email 1');
    expect(result.frozen.persons).toEqual(new Set([1]));
  });

  it('of two persons, in any case: the first by DBID wins, the other is a conflict', () => {
    const result = desired([
      person(7, { email: 'Ann@Example.com' }),
      person(3, { email: 'ann@example.com' }),
    ]);
    expect([...result.users.keys()]).toEqual([3]);
    expect(reasons(result)).toContain('person.duplicate-email 7');
  });
});

describe('a user', () => {
  it('is called first + last name, else by user name, else by employee ID', () => {
    const result = desired([
      person(1, { firstName: 'Ann', lastName: 'Lee' }),
      person(2, { firstName: '', lastName: 'Solo' }),
      person(3, { firstName: '', lastName: '', userName: 'carl' }),
      person(4, { firstName: '', lastName: '', userName: '' }),
    ]);
    expect([...result.users.values()].map((user) => user.name)).toEqual(['Ann Lee', 'Solo', 'carl', 'E4']);
  });

  it('needs an employee ID, and one of its own', () => {
    const result = desired([
      person(1, { employeeId: person(9).employeeId }),
      person(2, { employeeId: person(9).employeeId }),
      person(3, { employeeId: '' as EngagePerson['employeeId'] }),
    ]);
    expect([...result.users.keys()]).toEqual([1]);
    expect(reasons(result)).toEqual(
      expect.arrayContaining(['person.duplicate-employee-id 2', 'person.no-employee-id 3']),
    );
  });

  it('has the mapped skills with their proficiency; others are left out', () => {
    const result = desired([person(1, { levels: skillLevels([11, 3, 12, 5, 99, 4]) })]);
    expect(result.users.get(id(1))?.skills).toEqual([11, 3, 12, 5]);
  });

  it('has login codes by the name of the switch', () => {
    const logins = [
      { switchDbid: id(1), code: '101' },
      { switchDbid: id(77), code: '102' },
    ];
    expect(desired([person(1, { logins })]).users.get(id(1))?.logins).toEqual([
      { switch: 'North', code: '101' },
    ]);
  });
});

describe('a skill level', () => {
  it.each([
    [3, 5, 3, false],
    [5, 5, 5, false],
    [9, 5, 5, true],
    [0, 5, 0, false],
    [5, 10, 2.5, false],
    [10, 10, 5, false],
    [11, 10, 5, true],
    [1, 3, 1.7, false],
    [-1, 5, 0, false],
  ])('%i of at most %i is %f', (level, most, value, clamped) => {
    expect(proficiency(level, most)).toEqual({ value, clamped });
  });

  it('above the highest one is cut and counted', () => {
    expect(desired([person(1, { levels: skillLevels([11, 8, 12, 5]) })]).clampedLevels).toBe(1);
  });
});

describe('a supervisor', () => {
  it.each([
    [['Supervisor'], true],
    [['Agent, Supervisor'], true],
    [['agent', 'supervisor'], true],
    [['Supervisors'], false],
    [[''], false],
    [[], false],
  ])('roles %j: %s', (roles, expected) => {
    expect(isSupervisor(roles)).toBe(expected);
  });
});
