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

  const other: Leg = {
    ...agent,
    leg: 'b',
    name: '1002',
    consult: true,
    establishedAt: at(30),
    answeredAt: at(40),
  };
  const consultation = { ...event('consultTransferEvents', 30, 'a'), target: 'b' };
  const over = { ...event('endConsultTransferEvents', 60, 'a'), target: 'b' };
  it.each<[string, Leg, readonly SentEvent[], unknown]>([
    [
      'until it is over, and as talking from then on',
      other,
      [consultation, over],
      [
        ['alerting', 0.3, 0.4],
        ['consult', 0.4, 0.6],
        ['talking', 0.6, 1],
      ],
    ],
    [
      'as long as it goes on',
      other,
      [consultation],
      [
        ['alerting', 0.3, 0.4],
        ['consult', 0.4, 1],
      ],
    ],
    [
      'until its own end, when it was given up',
      { ...other, state: 'ended', endedAt: at(55) },
      [consultation, over],
      [
        ['alerting', 0.3, 0.4],
        ['consult', 0.4, 0.55],
      ],
    ],
    [
      'still when its end was refused',
      other,
      [consultation, { ...over, state: 'refused' }],
      [
        ['alerting', 0.3, 0.4],
        ['consult', 0.4, 1],
      ],
    ],
    [
      'with a hold in between',
      other,
      [consultation, event('holdUpdatedEvents', 46, 'b'), event('holdUpdatedEvents', 50, 'b'), over],
      [
        ['alerting', 0.3, 0.4],
        ['consult', 0.4, 0.46],
        ['held', 0.46, 0.5],
        ['consult', 0.5, 0.6],
        ['talking', 0.6, 1],
      ],
    ],
    [
      'not at all, when it was answered after the end',
      { ...other, answeredAt: at(70) },
      [consultation, over],
      [
        ['alerting', 0.3, 0.7],
        ['talking', 0.7, 1],
      ],
    ],
    [
      'of an outside number as well',
      { leg: 'b', kind: 'phone', consult: true, state: 'connected', establishedAt: at(30) },
      [over],
      [
        ['consult', 0.3, 0.6],
        ['outside', 0.6, 1],
      ],
    ],
  ])('shows a consultation %s', (_, leg, events, expected) => {
    expect(spans([queue, agent, leg], events)[2]).toEqual(expected);
  });

  const to = (name: string, state: SentEvent['state'] = 'accepted') => ({
    ...event(name, 50, 'a', state),
    target: 'b',
  });
  const onBoth = (word: string, kind: string) => [
    [{ at: 4 / 9, kind, way: 'out', text: `${word} to Agent 1002` }],
    [{ at: 4 / 9, kind, way: 'in', text: `${word} by Agent 1001` }],
  ];
  it.each<[string, SentEvent, unknown]>([
    ['a transfer to an agent', to('userTransferEvents'), onBoth('Transfer', 'transfer')],
    ['a transfer to a queue', to('routingTransferEvents'), onBoth('Transfer', 'transfer')],
    ['a transfer to a number', to('phoneTransferEvents', 'waiting'), onBoth('Transfer', 'transfer')],
    ['a consultation', to('consultTransferEvents'), onBoth('Consultation', 'consultation')],
    ['nothing of the rest of a transfer', to('endTransferEvents'), [[], []]],
    ['nothing of a transfer that was refused', to('userTransferEvents', 'refused'), [[], []]],
    ['nothing of one whose target is not said', event('userTransferEvents', 50, 'a'), [[], []]],
  ])('draws %s on both legs', (_, one, expected) => {
    const { rows } = timelineOf({ legs: [{ ...agent, name: '1001' }, other], events: [one] }, 100_000);
    expect(rows.map(({ handovers }) => handovers)).toEqual(expected);
  });

  it('says why an event was refused', () => {
    const refused = { ...event('holdUpdatedEvents', 20, 'a', 'refused'), reason: 'not.allowed' };
    expect(timelineOf({ legs: [agent], events: [refused] }, 40_000).rows[0]?.marks[0]?.text).toBe(
      'holdUpdated: refused (not.allowed)',
    );
  });

  it('is empty where nothing took part, and takes times that are none', () => {
    expect(timelineOf({ legs: [] }, 5_000)).toEqual({ from: 5_000, to: 5_000, rows: [], others: [] });
    expect(
      timelineOf({ legs: [{ ...queue, establishedAt: 'invalid' }, queue] }, 5_000).rows[0]?.spans,
    ).toEqual([]);
  });
});
