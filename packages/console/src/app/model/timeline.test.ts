import { describe, expect, it } from 'vitest';
import type { Leg, SentEvent } from '../api/answers.ts';
import { timelineOf } from './timeline.ts';

const at = (second: number) => new Date(second * 1000).toISOString();
const event = (
  name: string,
  second: number,
  leg?: string,
  state: SentEvent['state'] = 'accepted',
): SentEvent => ({
  event: name,
  eventId: `${name}-${second}`,
  at: at(second),
  state,
  ...(leg === undefined ? {} : { leg }),
});
const queue: Leg = {
  leg: 'q',
  kind: 'queue',
  name: 'Sales',
  state: 'ended',
  establishedAt: at(0),
  endedAt: at(10),
};
const agent: Leg = { leg: 'a', kind: 'user', state: 'connected', establishedAt: at(10), answeredAt: at(15) };
const spans = (legs: readonly Leg[], events: readonly SentEvent[] = [], now = 100) =>
  timelineOf({ legs, events }, now * 1000).rows.map((row) =>
    row.spans.map(({ kind, from, to }) => [kind, from, to]),
  );

describe('the time line of a conversation', () => {
  it('goes from its first leg to now while one is open', () => {
    expect(spans([queue, agent])).toEqual([
      [['queue', 0, 0.1]],
      [
        ['alerting', 0.1, 0.15],
        ['talking', 0.15, 1],
      ],
    ]);
  });

  it('ends with its last leg when all have ended', () => {
    expect(spans([queue, { ...agent, state: 'ended', endedAt: at(20) }])[1]).toEqual([
      ['alerting', 0.5, 0.75],
      ['talking', 0.75, 1],
    ]);
  });

  it('shows a hold from its event to the next', () => {
    const events = [event('holdUpdatedEvents', 40, 'a'), event('holdUpdatedEvents', 60, 'a')];
    expect(spans([queue, agent], events)[1]).toEqual([
      ['alerting', 0.1, 0.15],
      ['talking', 0.15, 0.4],
      ['held', 0.4, 0.6],
      ['talking', 0.6, 1],
    ]);
  });

  it('shows a hold of which no event is known any more', () => {
    expect(spans([queue, { ...agent, state: 'held' }])[1]?.at(-1)).toEqual(['held', 0.15, 1]);
  });

  it('shows what rang and was never answered as that', () => {
    const { answeredAt: _, ...unanswered } = agent;
    expect(spans([queue, { ...unanswered, state: 'ended', endedAt: at(20) }])[1]).toEqual([
      ['alerting', 0.5, 1],
    ]);
  });

  it('puts events on their legs, and others beside them', () => {
    const { rows, others } = timelineOf(
      {
        legs: [queue],
        events: [
          event('routingEstablished', 5, 'q', 'refused'),
          event('progressTransfer', 10, undefined, 'waiting'),
        ],
      },
      20_000,
    );
    expect(rows[0]?.marks).toEqual([{ at: 0.5, state: 'refused', text: 'routingEstablished: refused' }]);
    expect(others).toEqual([{ at: 1, state: 'waiting', text: 'progressTransfer: waits' }]);
  });

  it('is empty where nothing took part, and takes times that are none', () => {
    expect(timelineOf({ legs: [] }, 5_000)).toEqual({ from: 5_000, to: 5_000, rows: [], others: [] });
    expect(
      timelineOf({ legs: [{ ...queue, establishedAt: 'invalid' }, queue] }, 5_000).rows[0]?.spans,
    ).toEqual([]);
  });
});
