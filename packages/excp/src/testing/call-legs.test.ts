/** The judge of bursts finds each kind of fault, and none where there is none. */
import type { ConversationEvent } from '@exec/common/genesys-cloud';
import { produce, scenarioNamed } from '@exec/simulators/scenarios';
import { describe, expect, it } from 'vitest';
import { expectedOfLoad, LegTally } from './call-legs.ts';
import { callLoad } from './call-load.ts';
import { namesOf } from './golden.ts';
import { inventedIds } from './mapping.ts';

const production = produce([scenarioNamed('hold')], { times: 3 });
const o = { production, startAt: Date.UTC(2026, 0, 1), callsPerSecond: 1, calls: 2 };
const expected = expectedOfLoad(o, callLoad(o));

type Kind = ConversationEvent['kind'];

/** What the cloud is told of a call that becomes as it was played. */
function eventsOf(index: number, id = `conversation ${index}`): ConversationEvent[] {
  const wanted = expected[index];
  const begin = o.startAt + index * 1_000;
  const event = (kind: Kind, communicationId: string, ms: number, more: object = {}) =>
    ({
      kind,
      event: {
        ...{ conversationId: id, communicationId: `${id} ${communicationId}` },
        ...{ eventDateTime: new Date(begin + ms).toISOString(), ...more },
      },
    }) as unknown as ConversationEvent;
  const begins = (more: object = {}) => ({
    sourceConfiguration: { interactionId: wanted?.call },
    initialConfiguration: {},
    ...more,
  });
  const { employeeId } = production.agents[index] ?? { employeeId: '' };
  const queueId = inventedIds.queue(production.queues[0]?.number ?? '');
  const userId = inventedIds.user(employeeId);
  const ended = (communicationId: string, ms: number, disconnectType: string) =>
    event('communicationEndedEvents', communicationId, ms, { disconnectType });
  return [
    event('externalEstablishedEvents', 'customer', 0, begins()),
    event('routingEstablishedEvents', 'queue', 50, begins({ queueId })),
    ended('queue', 300, 'Transfer'),
    event(
      'userEstablishedEvents',
      'agent',
      300,
      begins({ userId, initialConfiguration: { alerting: true } }),
    ),
    event('communicationAnsweredEvents', 'agent', 600),
    event('holdUpdatedEvents', 'agent', 900, { held: true }),
    event('holdUpdatedEvents', 'agent', 1_200, { held: false }),
    event('communicationDispositionAppliedEvents', 'agent', 1_500, { code: inventedIds.code('Sale') }),
    ended('agent', 1_801, 'Peer'),
    ended('customer', 1_800, 'Self'),
  ];
}

function judged(...parts: readonly (readonly ConversationEvent[])[]) {
  const tally = new LegTally(namesOf(production));
  tally.add(expected, []);
  for (const part of parts) tally.add([], part);
  const { first: _, ...legs } = tally.legs;
  return legs;
}

const both = [...eventsOf(0), ...eventsOf(1)];
const good = { calls: 2, lost: 0, doubled: 0, wrong: 0, latest: 1 };

describe('legs of a load', () => {
  it('are as they were played, in whatever parts they come', () => {
    expect(judged(both)).toEqual(good);
    expect(judged(eventsOf(0).slice(0, 4), [...eventsOf(0).slice(4), ...eventsOf(1)])).toEqual(good);
    expect(judged(...both.map((event) => [event]))).toEqual(good);
  });

  it('are lost when nothing is told of them', () => {
    expect(judged(eventsOf(0))).toEqual({ ...good, lost: 3 });
    const withoutQueue = eventsOf(1).filter(
      ({ event }) => 'communicationId' in event && !event.communicationId.endsWith('queue'),
    );
    expect(judged(eventsOf(0), withoutQueue)).toEqual({ ...good, lost: 1 });
  });

  it('are doubled when they begin twice, in one conversation or in another, however late', () => {
    const [begin, again] = [eventsOf(1)[0], eventsOf(1)[0]] as [ConversationEvent, ConversationEvent];
    const second = { ...again, event: { ...again.event, communicationId: 'x' } } as ConversationEvent;
    expect(judged(eventsOf(0), [begin, second, ...eventsOf(1).slice(1)])).toMatchObject({ doubled: 1 });
    expect(judged(both, [second])).toEqual({ ...good, doubled: 1 });
    expect(judged(both, eventsOf(1, 'other'))).toEqual({ ...good, doubled: 3 });
  });

  it('are wrong with another end, without one, or when nobody expected them', () => {
    const [last, ...others] = eventsOf(1).toReversed() as [ConversationEvent, ...ConversationEvent[]];
    const other = { ...last, event: { ...last.event, disconnectType: 'System' } } as ConversationEvent;
    expect(judged(eventsOf(0), [...others, other])).toEqual({ ...good, wrong: 1 });
    expect(judged(eventsOf(0), others)).toEqual({ ...good, wrong: 1 });
    expect(judged(both, [last])).toEqual({ ...good, wrong: 1 });
    const unknown = new LegTally(namesOf(production));
    unknown.add([], eventsOf(0));
    expect(unknown.legs).toMatchObject({ calls: 0, wrong: 1 });
  });
});
