/** What is more than one request takes is a step for each hundred, with a name of its own. */
import type { CloudUserId } from '@exec/common/ids';
import { describe, expect, it } from 'vitest';
import type { EngageSnapshot } from '../engage/snapshot.ts';
import { MemorySite } from '../testing/memory-site.ts';
import { group, id, person, queue } from '../testing/snapshot.ts';
import type { OperationType } from './operation.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, at) => at + 1);
const five = 'First Last1, First Last2, First Last3, First Last4, First Last5';
const members = (count: number, isMember = true): Partial<EngageSnapshot> => ({
  persons: numbers(count).map((dbid) => person(dbid)),
  dns: [queue(21)],
  groups: [group(31, '821', { members: isMember ? numbers(count).map(id) : [] })],
});
const codes = (count: number): Partial<EngageSnapshot> => ({
  dns: [queue(21)],
  wrapupAttribute: {
    dbid: id(900),
    name: 'DispositionCode',
    values: numbers(count).map((dbid) => ({
      dbid: id(dbid),
      name: `Code ${dbid}`,
      displayName: '',
      enabled: true,
    })),
  },
});
const steps = (site: MemorySite, centre: Partial<EngageSnapshot>, type: OperationType) =>
  site.plan(centre).operations.filter((operation) => operation.type === type);

const rows: readonly [number, readonly string[], readonly string[]][] = [
  [5, ['21'], [five]],
  [6, ['21'], [`${five} and 1 more (6)`]],
  [100, ['21'], [`${five} and 95 more (100)`]],
  [101, ['21', '21/2'], [`${five} and 95 more (100)`, 'First Last101']],
  [
    201,
    ['21', '21/2', '21/3'],
    [`${five} and 95 more (100)`, expect.stringContaining('95 more (100)'), 'First Last201'],
  ],
];

describe('members of a queue', () => {
  it.each(rows)('%i are added a hundred at a time, five of them by name', (count, parts, shown) => {
    const added = steps(new MemorySite(), members(count), 'queue-member.add');
    expect(added.map((operation) => operation.id)).toEqual(parts.map((part) => `queue-member/add/${part}`));
    expect(added.map(({ after }) => after)).toEqual(shown);
    const persons = added.flatMap((operation) => ('persons' in operation ? operation.persons : []));
    expect(persons).toEqual(numbers(count));
  });

  it.each(rows)('%i are removed in the same way', async (count, parts, shown) => {
    const site = new MemorySite();
    await site.run(members(count));
    const removed = steps(site, members(count, false), 'queue-member.remove');
    expect(removed.map((operation) => operation.id)).toEqual(
      parts.map((part) => `queue-member/remove/${part}`),
    );
    expect(removed.map(({ before }) => before)).toEqual(shown);
    expect(removed.flatMap(({ counted }) => counted?.items ?? [])).toHaveLength(count);
    const users = removed.flatMap((operation) => ('users' in operation ? operation.users : []));
    expect(new Set(users).size).toBe(count);
  });

  it('whose user is not known any more are removed by their IDs', async () => {
    const site = new MemorySite();
    await site.run(members(1));
    const gone = 'gone' as CloudUserId;
    site.state.queueMembers.get(site.state.queues.get(id(21))?.id ?? ('' as never))?.set(gone, 'ours');
    expect(steps(site, members(1), 'queue-member.remove').map(({ before }) => before)).toEqual(['gone']);
  });
});

describe('wrap-up codes of a queue', () => {
  it.each([
    [1, ['21'], ['1 code']],
    [100, ['21'], ['100 codes']],
    [101, ['21', '21/2'], ['100 codes', '1 code']],
    [201, ['21', '21/2', '21/3'], ['100 codes', '100 codes', '1 code']],
  ])('%i are attached a hundred at a time', (count, parts, shown) => {
    const added = steps(new MemorySite(), codes(count), 'queue-wrapup-code.add');
    expect(added.map((operation) => operation.id)).toEqual(
      parts.map((part) => `queue-wrapup-code/add/${part}`),
    );
    expect(added.map(({ after }) => after)).toEqual(shown);
    const all = added.flatMap((operation) => ('codes' in operation ? operation.codes : []));
    expect(all).toEqual(numbers(count));
  });

  it('that nothing is known of any more are detached by their IDs', async () => {
    const site = new MemorySite();
    await site.run(codes(1));
    site.state.wrapupCodes.clear();
    const [removed] = steps(site, codes(0), 'queue-wrapup-code.remove');
    expect(removed?.before).toMatch(/^code-\d+$/);
  });
});

describe('what may not have been carried out', () => {
  it('is added again, and taken away when it is not wanted any more', async () => {
    const site = new MemorySite();
    const centre = { ...codes(1), ...members(1) };
    await site.run(centre);
    for (const marks of [site.state.queueMembers, site.state.codesOfQueues])
      for (const of of marks.values()) for (const one of of.keys()) of.set(one as never, 'adding');
    for (const user of site.state.supervisors.keys()) site.state.supervisors.set(user, 'adding');
    const ids = site.plan(centre).operations.map(({ id: name }) => name);
    expect(ids).toEqual(['queue-member/add/21', 'queue-wrapup-code/add/21']);
    const less = { ...codes(0), ...members(1, false) };
    expect(site.plan(less).operations.map(({ type }) => type)).toEqual([
      'queue-member.remove',
      'queue-wrapup-code.remove',
    ]);
  });
});
