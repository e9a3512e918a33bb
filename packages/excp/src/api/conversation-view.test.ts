import { IdMap } from '@exec/common/id-map';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConversationRecord } from '../processor/record.ts';
import { eventsOf, Names, newest, numbersOf, peopleOf, searchFor, startOf } from './conversation-view.ts';

const map = new IdMap(1, {
  agents: [{ userId: 'user-1', employeeId: 'Anna', logins: [] }],
  queues: [{ queueId: 'queue-1', name: 'Sales', number: '8001', switch: 'SwA' }],
  skills: [],
  wrapupCodes: [],
  dns: [],
} as never);
const names = new Names(map);

const record = (uuid: string, at: number, more: object = {}): ConversationRecord =>
  ({
    conversation: {
      key: `SwA/${uuid}`,
      interactionId: uuid,
      calls: [{ uuid, at: at * 1e6, connIds: [`conn-${uuid}`], ani: '+4930123456', dnis: '8001' }],
      legs: [],
      ...more,
    },
    published: { last: 0 },
  }) as never;
const withLegs = record('AB', 1, {
  overAt: 9e6,
  legs: [
    { kind: 'queue', queueId: 'queue-1' },
    { kind: 'user', userId: 'user-1' },
    { kind: 'user', userId: 'user-9' },
    { kind: 'user', userId: 'user-1' },
  ],
});
const cloudId = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';

describe('a search for conversations', () => {
  it.each([
    ['a CallUUID in any case', ' ab ', true],
    ['a ConnID', 'CONN-AB', true],
    ['an employee ID', 'anna', true],
    ['a user ID', 'user-1', true],
    ['the name of a queue', 'sales', true],
    ['a number of a queue', '8001', true],
    ['a number with its switch', '8001@SwA', true],
    ['the ID of the queue in the cloud', 'queue-1', true],
    ['the ID of the conversation in the cloud', cloudId, true],
    ['a part of a CallUUID', 'a', false],
    ['another agent', 'bert', false],
  ])('finds by %s', (_name, text, found) => {
    expect(searchFor(text, names, () => cloudId)(withLegs)).toBe(found);
  });

  it('works without a mapping', () => {
    expect(searchFor('anna', new Names(undefined), () => '')(withLegs)).toBe(false);
    expect(peopleOf(withLegs, new Names(undefined)).agents).toEqual(['user-1', 'user-9']);
  });
});

describe('what is seen of a conversation', () => {
  it('has names, each once, and times', () => {
    expect(peopleOf(withLegs, names)).toEqual({
      startedAt: '1970-01-01T00:00:01.000Z',
      endedAt: '1970-01-01T00:00:09.000Z',
      agents: ['Anna', 'user-9'],
      queues: ['Sales'],
    });
  });

  it('comes newest first on any page, and what began at the same time as it was', () => {
    const started = (at: number, index: number) =>
      ({ conversation: { key: `${index}`, calls: [{ at }] } }) as unknown as ConversationRecord;
    const pageOf = fc.record({
      starts: fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 30 }),
      offset: fc.nat(32),
      limit: fc.integer({ min: 1, max: 10 }),
    });
    fc.assert(
      fc.property(pageOf, ({ starts, offset, limit }) => {
        const all = starts.map(started);
        const inOrder = all.toSorted((one, other) => startOf(other) - startOf(one));
        expect(newest(all, offset, limit)).toEqual(inOrder.slice(offset, offset + limit));
      }),
      { seed: 11 },
    );
  });

  it('comes newest first, in pages', () => {
    const all = [record('a', 1), record('c', 3), record('b', 2)];
    const uuids = (list: readonly ConversationRecord[]) =>
      list.map(({ conversation }) => conversation.interactionId);
    expect(uuids(newest(all, 0, 2))).toEqual(['c', 'b']);
    expect(uuids(newest(all, 2, 2))).toEqual(['a']);
  });

  it('has its numbers masked unless they were asked for', () => {
    expect(numbersOf(withLegs, false)).toEqual([
      { what: 'ANI', number: '+*******456' },
      { what: 'DNIS', number: '8001' },
    ]);
    expect(numbersOf(withLegs, true).map(({ number }) => number)).toEqual(['+4930123456', '8001']);
  });

  it('has its events in the order of their times, with what became of each', () => {
    const answered = [
      {
        event: 'userEstablished',
        eventId: '1',
        at: '2026-01-01T00:00:02Z',
        legs: ['a'],
        state: 'accepted',
        answeredAt: 0,
      },
      {
        event: 'routingEstablished',
        eventId: '2',
        at: '2026-01-01T00:00:01Z',
        legs: [],
        state: 'refused',
        reason: 'queue.unknown: no such queue',
        answeredAt: 0,
      },
      {
        event: 'holdUpdated',
        eventId: '3',
        at: '2026-01-01T00:00:03Z',
        legs: ['a'],
        state: 'refused',
        answeredAt: 0,
      },
    ] as const;
    const waiting = [{ event: 'holdUpdated', eventId: '3', at: '2026-01-01T00:00:04Z', legs: ['a'] }];
    expect(eventsOf(answered, waiting)).toEqual([
      {
        event: 'routingEstablished',
        eventId: '2',
        at: '2026-01-01T00:00:01Z',
        state: 'refused',
        reason: 'queue.unknown: no such queue',
      },
      {
        event: 'userEstablished',
        eventId: '1',
        at: '2026-01-01T00:00:02Z',
        state: 'accepted',
        leg: 'a',
        sentAt: '1970-01-01T00:00:00.000Z',
      },
      { event: 'holdUpdated', eventId: '3', at: '2026-01-01T00:00:04Z', state: 'waiting', leg: 'a' },
    ]);
  });

  it.each([
    ['consultTransferEvents', 'second'],
    ['progressConsultTransferEvents', 'second'],
    ['endConsultTransferEvents', 'second'],
    ['userTransferEvents', 'third'],
    ['routingTransferEvents', 'third'],
    ['progressTransferEvents', 'third'],
    ['endTransferEvents', 'third'],
    ['holdUpdatedEvents', undefined],
  ])('says of %s to which leg it leads', (event, target) => {
    const at = '2026-01-01T00:00:01Z';
    const [shown] = eventsOf([], [{ event, eventId: '1', at, legs: ['first', 'second', 'third'] }]);
    expect([shown?.leg, shown?.target]).toEqual(['first', target]);
  });
});
