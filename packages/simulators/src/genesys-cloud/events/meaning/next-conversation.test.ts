import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { ConversationEventKind } from '../kinds.ts';
import type { ConversationView } from '../read-model.ts';
import { nextConversation } from './next-conversation.ts';
import type { References, RuleCode } from './outcome.ts';
import { readConversationEvent } from './read-event.ts';

const conversationId = randomUUID();
const otherConversationId = randomUUID();
/** Legs by a letter: external C, queue Q, users A and B, phone P; X belongs to another conversation. */
const legs = Object.fromEntries([...'CQABPX'].map((letter) => [letter, randomUUID()])) as Record<
  string,
  string
>;
const ada = randomUUID();
const ben = randomUUID();
const gone = randomUUID();
const support = randomUUID();
const skill = randomUUID();
const solved = randomUUID();
const source = randomUUID();
const command = randomUUID();

type Step = readonly [kind: ConversationEventKind, fields: Readonly<Record<string, unknown>>, at?: number];

const sourceConfiguration = { sourceId: source, interactionId: 'CALL-1' };
const leg = (letter: string) => ({ communicationId: legs[letter] ?? randomUUID() });
function opened(letter: string, initialConfiguration: object = {}, more: object = {}) {
  return { ...leg(letter), initialConfiguration, sourceConfiguration, ...more };
}
const customer: Step = [
  'externalEstablished',
  opened('C', { inbound: true }, { ani: '+49301', dnis: '800' }),
];
const queued: Step = [
  'routingEstablished',
  opened('Q', { invitedBy: legs.C }, { queueId: support, skillIds: [skill] }),
];
const ringing: Step = [
  'userEstablished',
  opened('A', { alerting: true, inbound: true, invitedBy: legs.Q }, { userId: ada }),
];
const answered: Step = ['communicationAnswered', leg('A')];
const connected: readonly Step[] = [customer, queued, ringing, answered];
const second: Step = ['userEstablished', opened('B', { invitedBy: legs.A }, { userId: ben })];
const ended = (letter: string, disconnectType = 'Peer', more: object = {}): Step => [
  'communicationEnded',
  { ...leg(letter), disconnectType, ...more },
];
const transferLegs = {
  transferType: 'Unattended',
  initiatingCommunicationId: legs.A,
  targetCommunicationId: legs.A,
  objectCommunicationId: legs.C,
};
const toBen: Step = ['userTransfer', { ...transferLegs, commandId: command, destinationUserId: ben }];
const toQueue: Step = [
  'routingTransfer',
  { ...transferLegs, commandId: command, destinationQueueId: support },
];
const progress = (letter: string, more: object = {}): Step => [
  'progressTransfer',
  { commandId: command, objectCommunicationId: legs.C, destinationCommunicationId: legs[letter], ...more },
];
const endOfTransfer = (finalState = 'Completed', more: object = {}): Step => [
  'endTransfer',
  { commandId: command, objectCommunicationId: legs.C, finalState, ...more },
];
const consultLegs = {
  initiatingCommunicationId: legs.A,
  destinationCommunicationId: legs.B,
  objectCommunicationId: legs.C,
};
const consult: Step = ['consultTransfer', consultLegs];
const wrapUp = (letter: string, code: string | undefined = solved): Step => [
  'communicationDispositionApplied',
  { ...leg(letter), ...(code === undefined ? {} : { code }) },
];

interface Played {
  readonly conversation: ConversationView | undefined;
  /** Codes of the broken rules, in order. */
  readonly broken: readonly RuleCode[];
}

function play(steps: readonly Step[]): Played {
  let conversation: ConversationView | undefined;
  const broken: RuleCode[] = [];
  let time = Date.UTC(2026, 0, 5, 8);
  for (const [kind, fields, at] of steps) {
    time = at ?? time + 1_000;
    const raw = {
      eventId: randomUUID(),
      conversationId,
      eventDateTime: new Date(time).toISOString(),
      ...fields,
    };
    const references: References = {
      user: (id) => (id === ada || id === ben ? 'active' : id === gone ? 'inactive' : undefined),
      queue: (id) => id === support,
      skill: (id) => id === skill,
      language: () => false,
      wrapupCode: (id) => id === solved,
      source: (id) => id === source,
      definition: () => false,
      conversation: (id) => id === otherConversationId || id === conversation?.conversationId,
      conversationOf: (id) => {
        if (id === legs.X) return otherConversationId;
        return conversation?.legs.some((known) => known.communicationId === id) === true
          ? conversationId
          : undefined;
      },
    };
    const outcome = nextConversation(conversation, readConversationEvent(kind, raw), references);
    if (outcome.kind === 'accepted') conversation = outcome.state;
    else broken.push(outcome.broken.code);
  }
  return { conversation, broken };
}

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
  [
    'a blind transfer to a user',
    [...connected, toBen, ended('A', 'TransferUser'), second, progress('B'), endOfTransfer()],
  ],
  [
    'a blind transfer to a queue',
    [customer, ringingAlone(), toQueue, ended('A', 'TransferACD'), queued, progress('Q'), endOfTransfer()],
  ],
  ['a transfer that failed on the way', [...connected, toBen, endOfTransfer('Failed')]],
  [
    'a transfer whose object has gone',
    [...connected, second, toBen, progress('B'), ended('C'), endOfTransfer('Canceled')],
  ],
  [
    'a consult transfer',
    [
      ...connected,
      second,
      consult,
      ['progressConsultTransfer', consultLegs],
      ended('A', 'TransferConsult'),
      ['endConsultTransfer', {}],
    ],
  ],
  [
    'a consult that is given up',
    [
      ...connected,
      second,
      consult,
      ended('B'),
      ['endConsultTransfer', {}],
      ['holdUpdated', { ...leg('A'), held: false }],
    ],
  ],
  ['a second consult after the first', [...connected, second, consult, ['endConsultTransfer', {}], consult]],
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

function ringingAlone(): Step {
  return ['userEstablished', opened('A', { inbound: true }, { userId: ada })];
}

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
  ['a second wrap-up', [...connected, wrapUp('A'), wrapUp('A')], 'disposition.repeated'],
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
  ['a transfer by a leg that has ended', [...connected, ended('A'), toBen], 'leg.ended'],
  [
    'a transfer of an unknown leg',
    [...connected, ['userTransfer', { ...toBen[1], objectCommunicationId: legs.P }]],
    'leg.unknown',
  ],
  [
    'a transfer to an unknown user',
    [...connected, ['userTransfer', { ...toBen[1], destinationUserId: randomUUID() }]],
    'user.unknown',
  ],
  [
    'a transfer to an unknown queue',
    [...connected, ['routingTransfer', { ...toQueue[1], destinationQueueId: randomUUID() }]],
    'queue.unknown',
  ],
  ['a command used twice', [...connected, toBen, toBen], 'transfer.repeated'],
  ['progress of no transfer', [...connected, second, progress('B')], 'transfer.unknown'],
  [
    'progress of another object',
    [...connected, second, toBen, progress('B', { objectCommunicationId: legs.A })],
    'transfer.wrong-object',
  ],
  ['progress to a leg that is not there', [...connected, toBen, progress('B')], 'leg.unknown'],
  ['progress to another user', [...connected, toBen, progress('A')], 'transfer.wrong-destination'],
  [
    'progress to a queue in a transfer to a user',
    [...connected, toBen, progress('Q')],
    'transfer.wrong-destination',
  ],
  ['a completed transfer without progress', [...connected, toBen, endOfTransfer()], 'transfer.no-progress'],
  [
    'progress after the end of the transfer',
    [...connected, second, toBen, endOfTransfer('Failed'), progress('B')],
    'transfer.ended',
  ],
  [
    'an end of a transfer after the conversation',
    [customer, ringingAlone(), toBen, ended('C'), ended('A'), endOfTransfer('Failed')],
    'conversation.ended',
  ],
  ['a consult while another is open', [...connected, second, consult, consult], 'consult.open'],
  ['a consult with a leg that is not there', [...connected, consult], 'leg.unknown'],
  [
    'a consult with oneself',
    [...connected, ['consultTransfer', { ...consultLegs, destinationCommunicationId: legs.A }]],
    'consult.other-legs',
  ],
  [
    'progress of no consult',
    [...connected, second, ['progressConsultTransfer', consultLegs]],
    'consult.none',
  ],
  [
    'progress of a consult with other legs',
    [
      ...connected,
      second,
      consult,
      ['progressConsultTransfer', { ...consultLegs, destinationCommunicationId: legs.Q }],
    ],
    'consult.other-legs',
  ],
  ['an end of no consult', [...connected, ['endConsultTransfer', {}]], 'consult.none'],
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

test('the read model keeps a transfer together by its command', () => {
  const { conversation } = play([...connected, toBen, second, progress('B'), endOfTransfer()]);
  expect(conversation?.transfers).toMatchObject([
    {
      kind: 'user',
      transferType: 'Unattended',
      commandId: command,
      destination: ben,
      progress: [{ destinationCommunicationId: legs.B }],
      finalState: 'Completed',
    },
  ]);
});
