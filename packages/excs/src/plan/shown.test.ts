/** What a plan shows of each operation: what is there, what will be, and what it waits for. */
import { describe, expect, it } from 'vitest';
import { first, later, siteAfterFirst } from '../testing/every-operation.ts';
import { MemorySite } from '../testing/memory-site.ts';
import { id, person, queue, skill } from '../testing/snapshot.ts';
import type { Operation } from './operation.ts';
import type { Plan } from './plan.ts';

type Row = readonly [operation: string, cloudId: unknown, before: unknown, after: unknown, serialKey: string];

function rowOf({ id: name, cloudId, before, after, serialKey }: Operation): Row {
  return [name, cloudId, before, after, serialKey];
}

const counted = ({ operations }: Plan) =>
  operations.flatMap(({ id: name, counted: of }) =>
    of === undefined ? [] : [[name, of.limit, ...of.items]],
  );

const none = undefined;

describe('the first plan of an empty organisation', () => {
  it('creates everything, and what hangs on it', () => {
    const plan = new MemorySite().plan(first);
    const ofThis = /\/(1|11|21|101|901)$/;
    expect(plan.operations.filter((operation) => ofThis.test(operation.id)).map(rowOf)).toEqual([
      ['source/create/101', none, none, 'Engage 101 (EX Engage Connector, deployment test)', 'source'],
      ['skill/create/11', none, none, 'English', 'skill/11'],
      ['wrapup-code/create/901', none, none, 'Sold', 'wrapup-code/901'],
      ['queue/create/21', none, none, 'Queue 21', 'queue/21'],
      ['user/create/1', none, none, 'First Last1 <user1@example.com>', 'user/1'],
      ['external-identity/add/1', none, none, 'engage/101/1', 'user/1'],
      ['user-skills/set/1', none, none, 'English=3; Sales=5', 'user/1'],
      ['primary-source/set/1', none, none, 'Engage 101', 'user/1'],
      ['queue-member/add/21', none, none, 'First Last1, First Last2', 'queue-member/21'],
      ['role/grant/1', none, none, 'Supervisor', 'user/1'],
      ['queue-wrapup-code/add/21', none, none, '2 codes', 'queue-wrapup-code/21'],
    ] satisfies Row[]);
    expect(counted(plan)).toEqual(
      [1, 2, 3, 4, 5, 6].map((dbid) => [`user/create/${dbid}`, 'creations', `user/${dbid}`]),
    );
    expect(plan.billableUsers).toBe(6);
    expect(plan.operations.map(({ reason }) => reason)).toEqual(
      expect.arrayContaining(['every deployment has one source of its own', 'the user has none', 'new user']),
    );
  });
});

describe('a later plan', () => {
  it('says what is there and what will be', async () => {
    const plan = (await siteAfterFirst()).plan(later);
    const source = 'EX Engage Connector, deployment test';
    const there = 'there <there@example.com>';
    expect(plan.operations.map(rowOf)).toEqual([
      ['source/update/101', 'source-001', 'Engage 101 (changed by hand)', `Engage 101 (${source})`, 'source'],
      ['skill/adopt/13', 'skill-015', none, 'There', 'skill/13'],
      ['wrapup-code/update/901', 'code-004', 'Sold', 'Sold!', 'wrapup-codes'],
      ['wrapup-code/adopt/903', 'code-016', 'There', 'There', 'wrapup-codes'],
      ['queue/update/21', 'queue-006', 'Queue 21 (821@North)', 'Renamed (821@North)', 'queues'],
      ['queue/adopt/23', 'queue-017', 'There', 'There', 'queues'],
      ['user/activate/5', 'user-012', 'inactive', 'active', 'user/5'],
      ['user/restore/6', 'user-013', 'deleted', 'active', 'user/6'],
      ['user/adopt/7', 'user-014', `${there} active`, 'First Last7 <there@example.com>', 'user/7'],
      [
        'user/adopt/33',
        'user-010',
        'First Last3 <user3@example.com> active',
        'First Last33 <user3@example.com>',
        'user/33',
      ],
      [
        'user/update/1',
        'user-008',
        'First Last1 <user1@example.com>',
        'First Married <user1@example.com>',
        'user/1',
      ],
      ['user/update/7', 'user-014', there, 'First Last7 <there@example.com>', 'user/7'],
      [
        'user/update/33',
        'user-010',
        'First Last3 <user3@example.com>',
        'First Last33 <user3@example.com>',
        'user/33',
      ],
      ['user-skills/set/1', 'user-008', 'English=3; Sales=5', 'English=4', 'user/1'],
      ['external-identity/add/7', 'user-014', none, 'engage/101/7', 'user/7'],
      ['primary-source/set/7', 'user-014', none, 'Engage 101', 'user/7'],
      ['external-identity/replace/33', 'user-010', 'engage/101/3', 'engage/101/33', 'user/33'],
      ['primary-source/set/33', 'user-010', none, 'Engage 101', 'user/33'],
      ['queue-member/add/21', 'queue-006', none, 'First Last5', 'queue-member/21'],
      ['role/grant/2', 'user-009', none, 'Supervisor', 'user/2'],
      ['queue-wrapup-code/add/21', 'queue-006', none, '1 code', 'queue-wrapup-code/21'],
      ['queue-wrapup-code/add/22', 'queue-007', none, '1 code', 'queue-wrapup-code/22'],
      ['queue-wrapup-code/add/23', 'queue-017', none, '2 codes', 'queue-wrapup-code/23'],
      ['queue-member/remove/21', 'queue-006', 'First Last1', none, 'queue-member/21'],
      ['queue-member/remove/22', 'queue-007', 'First Last4', none, 'queue-member/22'],
      ['role/revoke/1', 'user-008', 'Supervisor', none, 'user/1'],
      ['queue-wrapup-code/remove/21/code-005', 'queue-006', 'Lost', none, 'queue-wrapup-code/21'],
      ['queue-wrapup-code/remove/22/code-005', 'queue-007', 'Lost', none, 'queue-wrapup-code/22'],
      ['user/deactivate/4', 'user-011', 'active', 'inactive', 'user/4'],
    ] satisfies Row[]);
  });

  it('counts for the limits what it creates and takes away, but not what goes with a person', async () => {
    const plan = (await siteAfterFirst()).plan(later);
    expect(counted(plan)).toEqual([
      ['user/activate/5', 'creations', 'user/5'],
      ['user/restore/6', 'creations', 'user/6'],
      ['user-skills/set/1', 'removals.user-skill', 'user-skill/user-008/skill-003'],
      ['queue-member/remove/21', 'removals.queue-member', 'queue-member/queue-006/user-008'],
      ['role/revoke/1', 'removals.role', 'role/user-008'],
      ['queue-wrapup-code/remove/21/code-005', 'removals.queue-wrapup-code', 'queue-wrapup-code/code-005'],
      ['queue-wrapup-code/remove/22/code-005', 'removals.queue-wrapup-code', 'queue-wrapup-code/code-005'],
      ['user/deactivate/4', 'deactivations', 'user/user-011'],
    ]);
    expect(plan.billableUsers).toBe(2);
  });

  it('says why', async () => {
    const { operations } = (await siteAfterFirst()).plan(later);
    const reasons = Object.fromEntries(operations.map(({ type, reason }) => [type, reason]));
    expect(reasons).toEqual({
      'source.update': 'the source was changed',
      'skill.adopt': 'a skill of that name exists',
      'wrapup-code.update': 'the name differs',
      'wrapup-code.adopt': 'a wrap-up code of that name exists',
      'queue.update': 'the name differs',
      'queue.adopt': 'a queue of that name exists',
      'user.activate': 'the person is enabled in Engage',
      'user.restore': 'deleted in the EX organisation',
      'user.adopt': 're-created in Engage under another DBID',
      'user.update': 'the name differs',
      'user-skills.set': 'skills or levels differ',
      'external-identity.add': 'the user has none',
      'primary-source.set': 'new user',
      'external-identity.replace': 'the person has another DBID',
      'queue-member.add': 'members of the agent groups that are linked to the queue',
      'role.grant': 'marked as supervisor in Engage',
      'queue-wrapup-code.add': 'wrap-up codes belong to every mapped queue',
      'queue-member.remove': 'no longer in an agent group that is linked to the queue',
      'role.revoke': 'no longer marked as supervisor in Engage',
      'queue-wrapup-code.remove': 'the value is gone from the business attribute',
      'user.deactivate': 'deleted, disabled or out of scope in Engage',
    });
  });
});

describe('an external identity that somebody else holds', () => {
  it.each([
    [
      'a user that is shown',
      (site: MemorySite) => site.cloud.addUser('x'),
      'held by the user First Last9 <x@example.com> (user-001); remove it there.',
    ],
    ['one that cannot be looked up', () => 'hidden' as const, 'held by a user that cannot be looked up'],
    ['one that is not of the organisation', () => 'user-999' as never, 'held by the user user-999; remove'],
  ])('%s is a conflict, and the person is mapped without it', async (_what, holder, text) => {
    const site = new MemorySite();
    const held = holder(site);
    await site.learn();
    // Whoever holds it stands for another person, so that it is not adopted.
    const taken = { persons: [person(9, { email: 'x@example.com' }), person(1)] };
    await site.run({ persons: taken.persons.slice(0, 1) });
    site.state.identityHolders.set(id(1), held);
    const { operations, conflicts } = site.diff(taken);
    expect(conflicts).toMatchObject([
      { reason: 'person.identity-taken', object: { kind: 'person', dbid: 1 } },
    ]);
    expect(conflicts[0]?.detail).toContain(`The external identity engage/101/1 is ${text}`);
    const ofPerson = operations.filter(({ engage }) => engage.dbid === 1).map(({ type }) => type);
    expect(ofPerson).toEqual(['user.create', 'primary-source.set']);
  });
});

describe('a name that differs in case alone', () => {
  it('of a wrap-up code that is adopted is put right behind it', async () => {
    const site = new MemorySite();
    site.cloud.addCode('SOLD');
    await site.learn();
    const { operations } = site.plan(first);
    expect(operations.filter(({ engage }) => engage.dbid === 901).map(rowOf)).toEqual([
      ['wrapup-code/adopt/901', 'code-001', 'SOLD', 'Sold', 'wrapup-code/901'],
      ['wrapup-code/update/901', 'code-001', 'SOLD', 'Sold', 'wrapup-code/901'],
    ]);
  });

  it('of a skill is left, since skills cannot be renamed', async () => {
    const site = new MemorySite();
    site.cloud.addSkill('ENGLISH');
    await site.learn();
    const ofSkill = site
      .plan({ skills: [skill(11, 'English')] })
      .operations.filter(({ engage }) => engage.dbid === 11);
    expect(ofSkill.map(rowOf)).toEqual([['skill/adopt/11', 'skill-001', none, 'English', 'skill/11']]);
  });
});

describe('a queue whose new name another queue of the organisation holds', () => {
  const taken = { dns: [queue(21, { alias: 'Taken' })] };

  async function siteWith(...names: readonly string[]): Promise<MemorySite> {
    const site = new MemorySite();
    await site.converge({ dns: [queue(21)] });
    for (const name of names) site.cloud.addQueue({ name });
    await site.learn();
    return site;
  }

  it('goes by its fallback', async () => {
    const { operations, conflicts } = (await siteWith('Taken')).diff(taken);
    expect(operations.map(({ after }) => after)).toEqual(['Taken@North (821@North)']);
    expect(conflicts).toEqual([]);
  });

  it('keeps its own and is a conflict when the fallback is held as well', async () => {
    const { operations, conflicts } = (await siteWith('Taken', 'Taken@North')).diff(taken);
    expect(operations).toEqual([]);
    expect(conflicts).toMatchObject([
      {
        reason: 'queue.name-taken',
        object: { kind: 'queue', dbid: 21 },
        detail:
          'The name "Taken" is held by another queue of the EX organisation; rename that one or the alias.',
      },
    ]);
  });
});
