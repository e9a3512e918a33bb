import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { RuleCode } from './outcome.ts';
import {
  ada,
  answered,
  connected,
  conversationId,
  customer,
  ended,
  gone,
  leg,
  legs,
  opened,
  otherConversationId,
  play,
  queued,
  ringing,
  ringingAlone,
  type Step,
  skill,
  solved,
  source,
  support,
  wrapUp,
} from './play.ts';

const accepts: readonly (readonly [string, readonly Step[]])[] = [
  ['a queue call', [...connected, ended('Q', 'Transfer'), ended('C', 'Self'), ended('A'), wrapUp('A')]],
  ['no answer', [customer, queued, ringing, ended('A', 'Transfer'), ended('C'), ended('Q')]],
  [
    'hold and retrieve',
    [
      ...connected,
      ['holdUpdated', { ...leg('A'), held: true }],
      ['holdUpdated', { ...leg('A'), held: false }],
    ],
  ],
  ['hold of a leg that never alerted', [customer, ['holdUpdated', { ...leg('C'), held: true }]]],
  ['mute', [...connected, ['audioUpdated', { ...leg('A'), audioState: { canSpeak: false } }]]],
  ['a wrap-up before the end', [...connected, wrapUp('A')]],
  [
    'a wrap-up after the conversation has ended',
    [customer, ringingAlone(), ended('A'), ended('C'), wrapUp('A')],
  ],
  ['a skipped wrap-up', [...connected, ['communicationDispositionApplied', leg('A')]]],
  [
    'an outbound call of a queue',
    [['userEstablished', opened('A', { inbound: false }, { userId: ada, queueId: support })]],
  ],
  ['a merge', [customer, ended('C', 'Transfer', { destinationConversationId: otherConversationId })]],
  [
    'an e-mail',
    [
      ['emailExternalEstablished', { ...opened('C'), initialConfiguration: { to: 'a', from: 'b' } }],
      ['emailUserEstablished', { ...opened('A', { to: 'a', from: 'b', alerting: true }), userId: ada }],
      ['emailCommunicationAnswered', leg('A')],
      ['emailBeginTransmitting', leg('A')],
      ['emailCommunicationSentMessage', leg('A')],
      ['emailHoldUpdated', { ...leg('A'), held: true }],
      ['emailCommunicationEnded', { ...leg('A'), disconnectType: 'Self' }],
      ['emailCommunicationDispositionApplied', { ...leg('A'), code: solved }],
    ],
  ],
];

test.each(accepts)('accepts %s', (_name, steps) => {
  const { conversation, broken } = play(steps);
  expect(broken).toEqual([]);
  expect(conversation?.events).toHaveLength(steps.length);
});

const refuses: readonly (readonly [string, readonly Step[], RuleCode])[] = [
  ['an answer before its leg', [customer, answered], 'leg.unknown'],
  ['an answer without any conversation', [answered], 'leg.unknown'],
  ['an end of consult without any conversation', [['endConsultTransfer', {}]], 'conversation.unknown'],
  ['a second answer', [...connected, answered], 'leg.not-alerting'],
  [
    'an answer of a leg that never alerted',
    [customer, ['communicationAnswered', leg('C')]],
    'leg.not-alerting',
  ],
  [
    'a hold while alerting',
    [customer, queued, ringing, ['holdUpdated', { ...leg('A'), held: true }]],
    'leg.not-connected',
  ],
  [
    'a hold after the end',
    [...connected, ended('A'), ['holdUpdated', { ...leg('A'), held: true }]],
    'leg.ended',
  ],
  [
    'a mute after the end',
    [...connected, ended('A'), ['audioUpdated', { ...leg('A'), audioState: {} }]],
    'leg.ended',
  ],
  ['a second end', [...connected, ended('A'), ended('A')], 'leg.ended'],
  ['an end of a leg of another conversation', [customer, ended('X')], 'leg.other-conversation'],
  ['a repeated communication', [customer, customer], 'leg.repeated'],
  ['a communication of another conversation', [['externalEstablished', opened('X')]], 'leg.repeated'],
  ['a new leg after the last has ended', [customer, ended('C'), ringingAlone()], 'conversation.ended'],
  [
    'an equal time',
    [customer, [...queued.slice(0, 2), Date.UTC(2026, 0, 5, 8, 0, 1)] as unknown as Step],
    'time.not-rising',
  ],
  ['an earlier time', [customer, [...queued.slice(0, 2), 0] as unknown as Step], 'time.not-rising'],
  [
    'a second wrap-up after the end',
    [...connected, ended('A'), wrapUp('A'), wrapUp('A')],
    'disposition.repeated',
  ],
  ['a wrap-up of a customer', [customer, wrapUp('C')], 'disposition.not-agent'],
  ['an unknown wrap-up code', [...connected, wrapUp('A', randomUUID())], 'wrapup-code.unknown'],
  ['an unknown user', [['userEstablished', opened('A', {}, { userId: randomUUID() })]], 'user.unknown'],
  ['an inactive user', [['userEstablished', opened('A', {}, { userId: gone })]], 'user.not-active'],
  ['an unknown queue', [['routingEstablished', opened('Q', {}, { queueId: randomUUID() })]], 'queue.unknown'],
  [
    'an unknown skill',
    [['routingEstablished', opened('Q', {}, { queueId: support, skillIds: [randomUUID()] })]],
    'skill.unknown',
  ],
  [
    'an unknown language',
    [['routingEstablished', opened('Q', {}, { queueId: support, languageId: randomUUID() })]],
    'language.unknown',
  ],
  [
    'an unknown source',
    [
      [
        'externalEstablished',
        opened('C', {}, { sourceConfiguration: { sourceId: randomUUID(), interactionId: 'x' } }),
      ],
    ],
    'source.unknown',
  ],
  [
    'an empty interaction',
    [
      [
        'externalEstablished',
        opened('C', {}, { sourceConfiguration: { sourceId: source, interactionId: '' } }),
      ],
    ],
    'interaction.empty',
  ],
  [
    'an unknown inviting leg',
    [customer, ['phoneEstablished', opened('P', { invitedBy: legs.B })]],
    'leg.unknown',
  ],
  [
    'a queue on an inbound agent leg',
    [['userEstablished', opened('A', { inbound: true }, { userId: ada, queueId: support })]],
    'leg.queue-on-inbound',
  ],
  [
    'IDs that are not version 4',
    [['externalEstablished', { ...opened('C'), communicationId: '6f1d2c1e-8f1b-1c0a-9d0e-2b7f5a3c9e11' }]],
    'id.not-v4',
  ],
  ['an e-mail event in a call', [customer, ['emailBeginTransmitting', leg('C')]], 'media.mixed'],
  [
    'a merge into nothing',
    [customer, ended('C', 'Transfer', { destinationConversationId: randomUUID() })],
    'conversation.unknown',
  ],
  [
    'a merge into itself',
    [customer, ended('C', 'Transfer', { destinationConversationId: conversationId })],
    'conversation.unknown',
  ],
];

test.each(refuses)('refuses %s', (_name, steps, code) => {
  const before = play(steps.slice(0, -1));
  expect(before.broken).toEqual([]);
  const after = play(steps);
  expect(after.broken).toEqual([code]);
  expect(after.conversation?.events.length).toBe(before.conversation?.events.length);
});

test('the read model tells the story of a call', () => {
  const start = Date.UTC(2026, 0, 5, 8);
  const { conversation } = play([
    ...connected,
    ended('Q', 'Transfer'),
    ['holdUpdated', { ...leg('A'), held: true }],
    ['holdUpdated', { ...leg('A'), held: false }],
    ended('C', 'Self'),
    ended('A', 'Peer'),
    wrapUp('A'),
  ]);
  expect(conversation).toMatchObject({
    conversationId,
    media: 'voice',
    startedAt: start + 1_000,
    endedAt: start + 9_000,
    lastEventAt: start + 10_000,
    legs: [
      {
        sequence: 0,
        type: 'external',
        ani: '+49301',
        dnis: '800',
        inbound: true,
        connectedAt: start + 1_000,
        endedAt: start + 8_000,
        disconnectType: 'Self',
      },
      {
        sequence: 1,
        type: 'routing',
        queueId: support,
        skillIds: [skill],
        invitedBy: legs.C,
        disconnectType: 'Transfer',
      },
      {
        sequence: 2,
        type: 'user',
        userId: ada,
        interactionId: 'CALL-1',
        alerting: true,
        establishedAt: start + 3_000,
        answeredAt: start + 4_000,
        held: false,
        holds: [
          { at: start + 6_000, held: true },
          { at: start + 7_000, held: false },
        ],
        endedAt: start + 9_000,
        disconnectType: 'Peer',
        dispositions: [{ at: start + 10_000, code: solved }],
      },
    ],
  });
  expect(conversation?.legs[0]).not.toHaveProperty('answeredAt');
});
