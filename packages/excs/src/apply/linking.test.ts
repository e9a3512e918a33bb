/** What is written down when something is created, adopted or taken over: in the state, and in the ledger. */
import type { CloudQueueId } from '@exec/common/ids';
import { describe, expect, it } from 'vitest';
import type { EngageSnapshot } from '../engage/snapshot.ts';
import { MemorySite } from '../testing/memory-site.ts';
import { group, id, person, queue, skill } from '../testing/snapshot.ts';

const codes = (first: number, ...names: readonly string[]): Partial<EngageSnapshot> => ({
  wrapupAttribute: {
    dbid: id(900),
    name: 'DispositionCode',
    values: names.map((name, at) => ({ dbid: id(first + at), name, displayName: '', enabled: true })),
  },
});
const centre: Partial<EngageSnapshot> = {
  persons: [person(1)],
  skills: [skill(11, 'English')],
  dns: [queue(21)],
  groups: [group(31, '821', { members: [id(1)] })],
  ...codes(901, 'Sold'),
};
const fields = (site: MemorySite, hash: string) => Object.keys(site.ledger.records(hash));

/** Each kind: how what stands for it is found in the state, and the hash of the ledger that holds it. */
const kinds = [
  ['a skill', (site: MemorySite) => site.state.skills, 'skills', 11],
  ['a wrap-up code', (site: MemorySite) => site.state.wrapupCodes, 'wrapup-codes', 901],
  ['a queue', (site: MemorySite) => site.state.queues, 'queues', 21],
  ['a user', (site: MemorySite) => site.state.users, 'users', 1],
] as const;

describe.each(kinds)('%s', (_what, links, hash, dbid) => {
  it('that is created was written now', async () => {
    const site = new MemorySite();
    await site.run(centre);
    const link = links(site).get(id(dbid));
    expect(link?.at).toBe(site.clock.now());
    expect(site.ledger.records(hash)[dbid]).toMatchObject({ id: link?.id, dbid, at: link?.at });
  });

  it('that was there was not, and reads of it are believed', async () => {
    const site = new MemorySite();
    site.cloud.addSkill('English');
    site.cloud.addCode('Sold');
    site.cloud.addQueue({ name: 'Queue 21', peerId: '821@North' });
    site.cloud.addUser('First Last1', { email: 'user1@example.com' });
    await site.learn();
    const plan = site.plan(centre);
    const adopting = plan.operations.filter(({ type }) => type.endsWith('.adopt'));
    expect(adopting).toHaveLength(4);
    expect(await site.apply({ ...plan, operations: adopting })).toMatchObject({ done: 4, surprised: false });
    expect(links(site).get(id(dbid))?.at).toBe(0);
    expect(site.ledger.records(hash)[dbid]).toMatchObject({ dbid, at: 0 });
  });

  it('that was there although the plan did not know is adopted, and looked at again', async () => {
    const site = new MemorySite();
    const plan = site.plan(centre);
    site.cloud.addSkill('ENGLISH');
    site.cloud.addCode('SOLD');
    site.cloud.addQueue({ name: 'QUEUE 21', peerId: '821@North' });
    site.cloud.addUser('x', { email: 'user1@example.com' });
    expect(await site.apply(plan)).toMatchObject({ surprised: true, failed: 0 });
    const link = links(site).get(id(dbid));
    expect(link).toBeDefined();
    // What hangs on a user is written at once.
    if (hash !== 'users') expect(link?.at).toBe(0);
    await site.converge(centre);
    expect(site.cloud.usersById.size).toBe(1);
    expect(site.cloud.queuesById.size).toBe(1);
  });
});

describe('what stood for an object that is gone', () => {
  it.each<[string, Partial<EngageSnapshot>, Partial<EngageSnapshot>, string, string]>([
    ['a skill', { skills: [skill(11, 'English')] }, { skills: [skill(12, 'English')] }, 'skills', '12'],
    ['a wrap-up code', codes(901, 'Sold'), codes(902, 'Sold'), 'wrapup-codes', '902'],
    [
      'a queue',
      { dns: [queue(21)] },
      { dns: [queue(22, { alias: 'Queue 21', number: '821' })] },
      'queues',
      '22',
    ],
    ['a user', { persons: [person(1)] }, { persons: [person(2, { email: person(1).email })] }, 'users', '2'],
  ])(
    'is taken over by another one, and stands for the first no more: %s',
    async (_what, before, now, hash, left) => {
      const site = new MemorySite();
      await site.converge(before);
      await site.converge(now);
      expect(fields(site, hash)).toEqual([left]);
      const { users, skills, queues, wrapupCodes } = site.state;
      const links = { users, skills, queues, 'wrapup-codes': wrapupCodes }[hash];
      expect([...(links?.keys() ?? [])].map(String)).toEqual([left]);
    },
  );

  it('is still what the connector made, with its identity and its source', async () => {
    const site = new MemorySite();
    await site.converge({ persons: [person(1)] });
    const before = site.state.users.get(id(1));
    const plan = site.plan({ persons: [person(2, { email: person(1).email })] });
    const adopting = plan.operations.filter(({ type }) => type === 'user.adopt');
    await site.apply({ ...plan, operations: adopting });
    expect(site.state.users.get(id(2))).toMatchObject({
      created: true,
      externalKey: before?.externalKey,
      primarySourceId: before?.primarySourceId,
      version: before?.version,
      skills: before?.skills,
      employeeId: 'E2',
    });
  });

  it('keeps the members and codes that are ours', async () => {
    const site = new MemorySite();
    await site.converge(centre);
    const id21 = site.state.queues.get(id(21))?.id ?? ('' as CloudQueueId);
    const marks = () => [site.ledger.fields('members', id21), site.ledger.fields('queue-codes', id21)];
    const before = marks();
    site.ledger.held.delete(site.ledger.keys.of('members', id21));
    site.ledger.held.delete(site.ledger.keys.of('queue-codes', id21));
    const plan = site.plan({ ...centre, dns: [queue(22, { alias: 'Queue 21' })], groups: [] });
    const adopting = plan.operations.filter(({ type }) => type === 'queue.adopt');
    expect(adopting).toHaveLength(1);
    await site.apply({ ...plan, operations: adopting });
    expect(marks()).toEqual(before.map((held) => ({ ...held, '.': '0' })));
  });
});

describe('a skill that is renamed', () => {
  const renamed = { ...centre, skills: [skill(11, 'French')] };

  it('leaves its former one behind, by name', async () => {
    const site = new MemorySite();
    await site.converge(centre);
    const former = site.state.skills.get(id(11))?.id ?? '';
    await site.converge(renamed);
    expect([...site.state.formerSkills.values()]).toEqual([{ id: former, name: 'English', dbid: 11 }]);
    expect(site.ledger.records('former-skills')).toMatchObject({ [former]: { name: 'English', dbid: 11 } });
  });

  it('and gets its name back has that one again', async () => {
    const site = new MemorySite();
    await site.converge(centre);
    const first = site.state.skills.get(id(11))?.id;
    await site.converge(renamed);
    const second = site.state.skills.get(id(11))?.id ?? '';
    await site.converge(centre);
    expect(site.state.skills.get(id(11))?.id).toBe(first);
    expect(fields(site, 'former-skills')).toEqual([second]);
    expect([...site.state.formerSkills.keys()]).toEqual([second]);
  });
});

describe('a queue that is new', () => {
  it('is known to have neither members nor codes; of one that was there it is not known', async () => {
    const site = new MemorySite();
    site.cloud.addQueue({ name: 'Queue 22', peerId: '822@North' });
    const plan = site.plan({ dns: [queue(21), queue(22)] });
    await site.apply({
      ...plan,
      operations: plan.operations.filter(
        ({ engage: { kind }, type }) => kind === 'queue' && type !== 'queue-member.add',
      ),
    });
    const of = (dbid: number) => site.state.queues.get(id(dbid))?.id ?? ('' as CloudQueueId);
    expect(site.state.members(of(21))).toEqual(new Map());
    expect(site.state.queueCodes(of(21))).toEqual(new Map());
    expect(site.ledger.fields('members', of(21))).toEqual({ '.': String(site.state.queues.get(id(21))?.at) });
    expect(site.state.members(of(22))).toBeUndefined();
    expect(site.state.queueCodes(of(22))).toBeUndefined();
    expect(site.ledger.fields('members', of(22))).toEqual({});
  });
});

describe('members and codes that are written', () => {
  it('are not asked about for a while: the time of the write is known', async () => {
    const site = new MemorySite();
    await site.converge(centre);
    const id21 = site.state.queues.get(id(21))?.id ?? ('' as CloudQueueId);
    const steps: [string, Partial<EngageSnapshot>][] = [
      ['removed members', { ...centre, groups: [] }],
      ['added members', centre],
      ['removed codes', { ...centre, ...codes(901) }],
      ['added codes', centre],
    ];
    for (const [what, wanted] of steps) {
      site.clock.wait(1000);
      const before = site.state.queueWrites.get(id21);
      await site.run(wanted);
      expect([what, site.state.queueWrites.get(id21)]).toEqual([what, site.clock.now()]);
      expect(before).toBeLessThan(site.clock.now());
      const hash = what.endsWith('codes') ? 'queue-codes' : 'members';
      expect(site.ledger.fields(hash, id21)['.']).toBe(String(site.clock.now()));
    }
  });

  it('that are removed are ours no more, also when somebody else was first', async () => {
    for (const byHand of [false, true]) {
      const site = new MemorySite();
      await site.converge(centre);
      const id21 = site.state.queues.get(id(21))?.id ?? ('' as CloudQueueId);
      const plan = site.plan({ ...centre, groups: [], ...codes(901) });
      if (byHand) site.cloud.queuesById.get(id21)?.codes.clear();
      expect(await site.apply(plan)).toMatchObject({ done: 2, failed: 0 });
      expect([site.state.members(id21)?.size, site.state.queueCodes(id21)?.size]).toEqual([0, 0]);
      expect(Object.keys(site.ledger.fields('members', id21))).toEqual(['.']);
      expect(Object.keys(site.ledger.fields('queue-codes', id21))).toEqual(['.']);
    }
  });
});
