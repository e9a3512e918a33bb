/** Persons against users, without any server: what a plan says of each. */
import { asId, type CloudUserId } from '@exec/common/ids';
import { describe, expect, it } from 'vitest';
import { desiredState } from '../desired/desired.ts';
import { userFields } from '../desired/user-fields.ts';
import type { EngagePerson } from '../engage/snapshot.ts';
import { OrganizationState } from '../organization/organization-state.ts';
import { id, person, rules, snapshot } from '../testing/snapshot.ts';
import { DiffContext } from './context.ts';
import { diffUsers } from './diff-users.ts';
import type { CloudUser } from './organization.ts';
import { noUserSkills } from './user-skills.ts';

/** `user1` has what person 1 calls for, under the last name "user1". */
const user = (name: string, more: Partial<CloudUser> = {}): CloudUser => ({
  id: asId<CloudUserId>(name),
  ...userFields.wanted(
    person(Number(name.replace(/\D/g, '')), { lastName: name, email: `${name}@example.com` }),
    rules,
  ),
  state: 'active',
  skills: noUserSkills,
  ...more,
});

/** Compares these persons and users; `linked` stand for persons already, by DBID. */
function compare(
  persons: readonly EngagePerson[],
  users: readonly CloudUser[],
  options: {
    readonly linked?: Readonly<Record<number, CloudUser>>;
    readonly holders?: Readonly<Record<number, string>>;
  } = {},
) {
  const known = new OrganizationState({ authority: 'engage/101', source: { name: '', description: '' } });
  for (const other of users) known.setOther(other);
  for (const [dbid, linked] of Object.entries(options.linked ?? {}))
    known.setUser({
      ...linked,
      dbid: id(Number(dbid)),
      employeeId: person(Number(dbid)).employeeId,
      created: true,
      at: 0,
    });
  for (const [dbid, holder] of Object.entries(options.holders ?? {}))
    known.identityHolders.set(id(Number(dbid)), asId<CloudUserId>(holder));
  const context = new DiffContext({
    desired: desiredState(snapshot({ persons }), rules),
    known,
    absentBefore: new Set(),
    quarantined: new Set(),
    describe: () => undefined,
  });
  diffUsers(context);
  return context;
}

function plan(...given: Parameters<typeof compare>): string[] {
  return compare(...given).operations.map(
    (operation) => `${operation.id} ${operation.cloudId ?? '-'}: ${operation.reason}`,
  );
}

describe('a new person', () => {
  it.each<[string, Parameters<typeof plan>, string[]]>([
    ['without a counterpart gets a user', [[person(1)], []], ['user/create/1 -: new in Engage']],
    [
      'adopts the user with the e-mail address',
      [[person(1, { lastName: 'user1' })], [user('user1')]],
      ['user/adopt/1 user1: a user with this e-mail address exists'],
    ],
    [
      'adopts the holder of its identity before the user with its e-mail address',
      [[person(1)], [user('user1'), user('old')], { holders: { 1: 'old' } }],
      ['user/adopt/1 old: a user with this external identity exists'],
    ],
    [
      'does not take the holder of its identity from another person',
      [
        [person(1), person(2, { lastName: 'old', email: 'old@example.com' })],
        [],
        { holders: { 1: 'old' }, linked: { 2: user('old') } },
      ],
      ['user/create/1 -: new in Engage'],
    ],
  ])('%s', (_what, given, expected) => {
    expect(plan(...given).filter((line) => !line.startsWith('user/update'))).toEqual(expected);
  });
});

describe('an e-mail address that is held by a user which cannot give it up', () => {
  it('is a conflict, not a creation that the cloud refuses again and again', () => {
    // Person 1 is gone and its user has the address that person 2 is to have; person 3 is to have that of person 2.
    const persons = [person(2, { email: 'user1@example.com' }), person(3, { email: 'user2@example.com' })];
    const linked = { 1: user('user1'), 2: user('user2') };
    const { operations, conflicts } = compare(persons, [], { linked });
    expect(operations.map(({ id: name }) => name)).toEqual([]);
    expect(conflicts.map(({ reason, object }) => `${reason} ${object.dbid}`)).toEqual([
      'person.email-taken 2',
      'person.email-taken 3',
    ]);
  });

  it('is none when it is given up in time', () => {
    const persons = [person(2, { email: 'else@example.com' }), person(3, { email: 'user2@example.com' })];
    expect(plan(persons, [], { linked: { 2: user('user2') } })).toEqual([
      'user/update/2 user2: name and e-mail address differ',
      'user/create/3 -: new in Engage',
    ]);
  });
});

describe('a changed person', () => {
  it.each([
    ['the name', { lastName: 'Else' }, 'the name differs'],
    ['the e-mail address', { lastName: 'user1', email: 'else@example.com' }, 'the e-mail address differs'],
    [
      'both, which the plan says',
      { lastName: 'Else', email: 'else@example.com' },
      'name and e-mail address differ',
    ],
  ])('%s', (_what, fields, reason) => {
    expect(plan([person(1, fields)], [], { linked: { 1: user('user1') } })).toEqual([
      `user/update/1 user1: ${reason}`,
    ]);
  });
});
