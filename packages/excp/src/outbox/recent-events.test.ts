import { wallMs } from '@exec/common/instants';
import { describe, expect, it } from 'vitest';
import type { OutboxEntry } from './entry.ts';
import { RecentEvents } from './recent-events.ts';

const entry = (conversation: string, eventId: string): OutboxEntry => ({
  id: '1-1',
  bytes: 1,
  conversation,
  received: wallMs(0),
  legs: ['leg'],
  establishes: false,
  at: wallMs(0),
  repeat: false,
  event: { kind: 'holdUpdated', event: { eventId, eventDateTime: '2026-05-06T10:00:00.000Z' } } as never,
});

describe('what became lately of events', () => {
  it('is remembered of those that were answered for good', () => {
    const recent = new RecentEvents();
    for (const [id, result] of [
      ['a', 'accepted'],
      ['b', 'retried'],
      ['c', 'dead'],
      ['d', 'repeated'],
    ] as const)
      recent.note(entry('x', id), result, 5, result === 'dead' ? 'not allowed' : undefined);
    const at = '2026-05-06T10:00:00.000Z';
    const known = { event: 'holdUpdated', at, legs: ['leg'], answeredAt: 5 };
    expect(recent.of('x')).toEqual([
      { ...known, eventId: 'a', state: 'accepted' },
      { ...known, eventId: 'c', state: 'refused', reason: 'not allowed' },
      { ...known, eventId: 'd', state: 'accepted' },
    ]);
    expect(recent.of('y')).toEqual([]);
  });

  it('is bounded: the conversation that began first is forgotten whole', () => {
    const recent = new RecentEvents(3);
    for (const id of ['a', 'b']) recent.note(entry('x', id), 'accepted', 0);
    for (const id of ['c', 'd']) recent.note(entry('y', id), 'accepted', 0);
    expect([recent.of('x').length, recent.of('y').length, recent.size]).toEqual([0, 2, 2]);
  });
});
