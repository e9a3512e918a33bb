import {
  asId,
  type CloudQueueId,
  type CloudSkillId,
  type CloudUserId,
  type CloudWrapupCodeId,
} from '@exec/common/ids';
import { engageMicros, wallMs } from '@exec/common/instants';
import { describe, expect, it } from 'vitest';
import type { Change } from '../conversation/changes.ts';
import { begins, ends, second } from '../testing/parts.ts';
import { ConversationIds, conversationId } from './ids.ts';
import { nextTime, nothingPublished, type Published, retime, translate } from './translate.ts';

const context = {
  ...{
    scope: 'org/1',
    sourceId: 'source',
    afterCallWorkRequired: true,
    key: 'site/call',
    interactionId: 'call',
  },
};
const ids = new ConversationIds(context.scope, context.key);
const [agent, target, customer] = ['agent', 'target', 'customer'].map((leg) => ids.communication(leg));
const userId = asId<CloudUserId>('user');
const queueId = asId<CloudQueueId>('queue');
const at = second(5);

const eventsOf = (changes: readonly Change[], published: Published = nothingPublished, o = {}) =>
  translate(published, changes, { ...context, ...o }).events;

/** Kinds, with what each says besides its own ID, time and conversation. */
function said(change: Change, o = {}) {
  return eventsOf([change], nothingPublished, o).map(({ event: { kind, event } }) => {
    const { eventId: _, eventDateTime: __, conversationId: ___, ...fields } = event;
    return [kind, fields];
  });
}

describe('the time of an event', () => {
  it.each([
    ['the first event has its own time', nothingPublished, 1_700_000_000_123_999, 1_700_000_000_123],
    ['a later one too', { last: wallMs(1_700_000_000_000) }, 1_700_000_000_500_000, 1_700_000_000_500],
    [
      'one of the same millisecond is one later',
      { last: wallMs(1_700_000_000_500) },
      1_700_000_000_500_900,
      1_700_000_000_501,
    ],
    [
      'so is one that came late',
      { last: wallMs(1_700_000_000_500) },
      1_600_000_000_000_000,
      1_700_000_000_501,
    ],
  ])('%s', (_, published, micros, time) => {
    expect(nextTime(published, engageMicros(micros))).toBe(time);
  });

  it('rises from event to event, and what was published last is remembered', () => {
    const { events, published } = translate(
      { last: wallMs(5_000) },
      [ends('agent', 5), ends('target', 5)],
      context,
    );
    expect(events.map((event) => [event.at, event.event.event.eventDateTime])).toEqual([
      [5_001, '1970-01-01T00:00:05.001Z'],
      [5_002, '1970-01-01T00:00:05.002Z'],
    ]);
    expect(published).toEqual({ last: 5_002 });
  });
});

describe('a leg that begins', () => {
  const initial = { alerting: false, inbound: true };
  const sourceConfiguration = { sourceId: 'source', interactionId: 'call' };
  it.each<readonly [title: string, change: Change, kind: string, fields: object]>([
    ['of the customer', begins('agent', 5), 'externalEstablishedEvents', {}],
    ['of an IVR', begins('agent', 5, { is: { kind: 'ivr' } }), 'ivrEstablishedEvents', {}],
    [
      'of a number names the number',
      begins('agent', 5, { is: { kind: 'phone' }, number: '4711' }),
      'phoneEstablishedEvents',
      { phoneNumber: '4711' },
    ],
    [
      'of a number that is not known names none',
      begins('agent', 5, { is: { kind: 'phone' }, number: '' }),
      'phoneEstablishedEvents',
      {},
    ],
    [
      'of the customer names no number of its own',
      begins('agent', 5, { number: '4711' }),
      'externalEstablishedEvents',
      {},
    ],
    [
      'of a queue names the queue',
      begins('agent', 5, { is: { kind: 'queue', queueId } }),
      'routingEstablishedEvents',
      { queueId },
    ],
    [
      'of a queue names the skills that are asked for',
      begins('agent', 5, { is: { kind: 'queue', queueId, skillIds: [asId<CloudSkillId>('skill')] } }),
      'routingEstablishedEvents',
      { queueId, skillIds: ['skill'] },
    ],
    [
      'of an agent names the user, and whether he needs a disposition',
      begins('agent', 5, { is: { kind: 'user', userId } }),
      'userEstablishedEvents',
      { userId, afterCallWorkRequired: true },
    ],
    [
      'of an agent who was handed the call by a queue names the queue',
      begins('agent', 5, { is: { kind: 'user', userId, queueId } }),
      'userEstablishedEvents',
      { userId, queueId, afterCallWorkRequired: true },
    ],
    [
      'says the numbers of the call',
      begins('agent', 5, { ani: '+491', dnis: '+492' }),
      'externalEstablishedEvents',
      { ani: '+491', dnis: '+492' },
    ],
    ['says no empty numbers', begins('agent', 5, { ani: '', dnis: '' }), 'externalEstablishedEvents', {}],
  ])('%s', (_, change, kind, fields) => {
    expect(said(change)).toEqual([
      [kind, { communicationId: agent, ...fields, initialConfiguration: initial, sourceConfiguration }],
    ]);
  });

  it('says whether it alerts, its direction, and who invited it', () => {
    const change = begins('agent', 5, { alerting: true, inbound: false, invitedBy: 'customer' });
    expect(said(change)[0]?.[1]).toMatchObject({
      initialConfiguration: { alerting: true, inbound: false, invitedBy: customer },
    });
  });

  it('needs no disposition where none is required', () => {
    const change = begins('agent', 5, { is: { kind: 'user', userId } });
    expect(said(change, { afterCallWorkRequired: false })[0]?.[1]).toMatchObject({
      afterCallWorkRequired: false,
    });
  });
});

const consult = (change: 'consult-begun' | 'consult-progressed' | 'consult-ended'): Change => ({
  ...{ change, at, initiating: 'agent', target: 'target', reached: 'reached', object: 'customer' },
});
const parties = { initiatingCommunicationId: agent, objectCommunicationId: customer };

it.each<readonly [title: string, change: Change, events: readonly unknown[]]>([
  [
    'is answered',
    { change: 'answered', leg: 'agent', at },
    [['communicationAnsweredEvents', { communicationId: agent }]],
  ],
  [
    'is held',
    { change: 'held', leg: 'agent', held: true, at },
    [['holdUpdatedEvents', { communicationId: agent, held: true }]],
  ],
  [
    'hears and says',
    { change: 'audio', leg: 'agent', canHear: true, canSpeak: false, at },
    [['audioUpdatedEvents', { communicationId: agent, audioState: { canHear: true, canSpeak: false } }]],
  ],
  [
    'ends',
    ends('agent', 5),
    [['communicationEndedEvents', { communicationId: agent, disconnectType: 'Peer' }]],
  ],
  [
    'ends, and goes on in another conversation',
    { change: 'ended', leg: 'agent', disconnect: 'Transfer', at, into: 'site/other' },
    [
      [
        'communicationEndedEvents',
        {
          ...{ communicationId: agent, disconnectType: 'Transfer' },
          destinationConversationId: conversationId('org/1', 'site/other'),
        },
      ],
    ],
  ],
  [
    'gets a disposition',
    { change: 'disposition', leg: 'agent', at, code: asId<CloudWrapupCodeId>('code') },
    [['communicationDispositionAppliedEvents', { communicationId: agent, code: 'code' }]],
  ],
  [
    'gets none in time',
    { change: 'disposition', leg: 'agent', at },
    [['communicationDispositionAppliedEvents', { communicationId: agent }]],
  ],
  [
    'consults somebody',
    consult('consult-begun'),
    [['consultTransferEvents', { ...parties, destinationCommunicationId: target }]],
  ],
  [
    'hands over to whom the consultation reached',
    consult('consult-progressed'),
    [
      [
        'progressConsultTransferEvents',
        { ...parties, destinationCommunicationId: ids.communication('reached') },
      ],
    ],
  ],
  ['ends a consultation', consult('consult-ended'), [['endConsultTransferEvents', {}]]],
])('a leg %s', (_, change, events) => {
  expect(said(change)).toEqual(events);
});

describe('a transfer without consultation', () => {
  const destinations = [
    ['user', { kind: 'user', userId }, 'userTransferEvents', { destinationUserId: userId }],
    ['queue', { kind: 'queue', queueId }, 'routingTransferEvents', { destinationQueueId: queueId }],
    ['number', { kind: 'phone', number: '4711' }, 'phoneTransferEvents', { destinationPhoneNumber: '4711' }],
  ] as const;
  it.each(destinations)('to a %s is three events of one command', (_, destination, kind, to) => {
    const change: Change = {
      ...{
        change: 'transferred',
        at,
        initiating: 'agent',
        object: 'customer',
        target: 'target',
        destination,
      },
    };
    const command = { commandId: ids.command('agent', 'target'), objectCommunicationId: customer };
    const begin = { transferType: 'Unattended', ...parties, targetCommunicationId: agent };
    expect(said(change)).toEqual([
      [kind, { ...command, ...begin, ...to }],
      ['progressTransferEvents', { ...command, destinationCommunicationId: target }],
      ['endTransferEvents', { ...command, finalState: 'Completed' }],
    ]);
    expect(eventsOf([change]).map(({ legs }) => legs)).toEqual(
      Array.from({ length: 3 }, () => ['agent', 'customer', 'target']),
    );
  });
});

describe('the ID of an event', () => {
  const idOf = (change: Change, o = {}) => eventsOf([change], nothingPublished, o)[0]?.event.event.eventId;
  const held = (seconds: number): Change => ({
    change: 'held',
    leg: 'agent',
    held: true,
    at: second(seconds),
  });

  it('of what happens once to a leg is the same at any time', () => {
    expect(idOf(ends('agent', 5))).toBe(idOf(ends('agent', 9)));
  });

  it('of what may happen again has its time in it', () => {
    expect(idOf(held(5))).not.toBe(idOf(held(9)));
    expect(idOf(held(5))).toBe(idOf(held(5)));
  });

  it('is another one for another leg, kind, conversation or organisation', () => {
    const all = [
      ...[idOf(ends('agent', 5)), idOf(ends('target', 5)), idOf(begins('agent', 5))],
      ...[idOf(ends('agent', 5), { key: 'site/other' }), idOf(ends('agent', 5), { scope: 'org/2' })],
    ];
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('what an event needs', () => {
  const needs = (change: Change) => {
    const [event] = eventsOf([change]);
    return [event?.legs, event?.establishes, event?.after];
  };
  it.each<readonly [title: string, change: Change, needed: readonly unknown[]]>([
    ['establishes its leg', begins('agent', 5), [['agent'], true, undefined]],
    ['needs its leg', ends('agent', 5), [['agent'], false, undefined]],
    [
      'comes after what was sent of the conversation that it names',
      { change: 'ended', leg: 'agent', disconnect: 'Transfer', at, into: 'site/other' },
      [['agent'], false, 'site/other'],
    ],
    [
      'needs all legs of a consultation',
      consult('consult-begun'),
      [['agent', 'target', 'customer'], false, undefined],
    ],
    [
      'needs the leg that was reached',
      consult('consult-progressed'),
      [['agent', 'reached', 'customer'], false, undefined],
    ],
    [
      'needs all legs of a consultation that ends',
      consult('consult-ended'),
      [['agent', 'target', 'customer'], false, undefined],
    ],
  ])('%s', (_, change, needed) => {
    expect(needs(change)).toEqual(needed);
  });
});

it('a time that the cloud cannot name is refused', () => {
  expect(() => eventsOf([{ ...ends('agent', 5), at: engageMicros(1e19) }])).toThrow(RangeError);
});

it('events that are sent again keep all but their times, which are after all that was published since', () => {
  const events = eventsOf([begins('agent', 5), ends('agent', 6)]);
  const { events: again, published } = retime({ last: wallMs(5_500) }, events);
  expect(again.map((event) => event.at)).toEqual([5_501, 6_000]);
  expect(published).toEqual({ last: 6_000 });
  expect(again.map(({ legs, establishes }) => [legs, establishes])).toEqual([
    [['agent'], true],
    [['agent'], false],
  ]);
  expect(again[0]?.event).toEqual({
    ...events[0]?.event,
    event: { ...events[0]?.event.event, eventDateTime: '1970-01-01T00:00:05.501Z' },
  });
});
