/** Conversation events by letter and in short, for the tests of the rules: what they name, and how they are played. */
import { randomUUID } from 'node:crypto';
import type { ConversationEventKind } from '../kinds.ts';
import type { ConversationView } from '../read-model.ts';
import { nextConversation } from './next-conversation.ts';
import type { References, RuleCode } from './outcome.ts';
import { readConversationEvent } from './read-event.ts';

export const conversationId = randomUUID();
export const otherConversationId = randomUUID();
/** Legs by a letter: external C, queue Q, users A and B, phone P; X belongs to another conversation. */
export const legs = Object.fromEntries([...'CQABPX'].map((letter) => [letter, randomUUID()])) as Record<
  string,
  string
>;
export const ada = randomUUID();
export const ben = randomUUID();
export const gone = randomUUID();
export const support = randomUUID();
export const skill = randomUUID();
export const solved = randomUUID();
export const source = randomUUID();
export const command = randomUUID();

export type Step = readonly [
  kind: ConversationEventKind,
  fields: Readonly<Record<string, unknown>>,
  at?: number,
];

export const sourceConfiguration = { sourceId: source, interactionId: 'CALL-1' };
export const leg = (letter: string) => ({ communicationId: legs[letter] ?? randomUUID() });
export function opened(letter: string, initialConfiguration: object = {}, more: object = {}) {
  return { ...leg(letter), initialConfiguration, sourceConfiguration, ...more };
}
export const customer: Step = [
  'externalEstablished',
  opened('C', { inbound: true }, { ani: '+49301', dnis: '800' }),
];
export const queued: Step = [
  'routingEstablished',
  opened('Q', { invitedBy: legs.C }, { queueId: support, skillIds: [skill] }),
];
export const ringing: Step = [
  'userEstablished',
  opened('A', { alerting: true, inbound: true, invitedBy: legs.Q }, { userId: ada }),
];
export const answered: Step = ['communicationAnswered', leg('A')];
export const connected: readonly Step[] = [customer, queued, ringing, answered];
export const second: Step = ['userEstablished', opened('B', { invitedBy: legs.A }, { userId: ben })];
export const ended = (letter: string, disconnectType = 'Peer', more: object = {}): Step => [
  'communicationEnded',
  { ...leg(letter), disconnectType, ...more },
];
export const transferLegs = {
  transferType: 'Unattended',
  initiatingCommunicationId: legs.A,
  targetCommunicationId: legs.A,
  objectCommunicationId: legs.C,
};
export const toBen: Step = ['userTransfer', { ...transferLegs, commandId: command, destinationUserId: ben }];
export const toQueue: Step = [
  'routingTransfer',
  { ...transferLegs, commandId: command, destinationQueueId: support },
];
export const progress = (letter: string, more: object = {}): Step => [
  'progressTransfer',
  { commandId: command, objectCommunicationId: legs.C, destinationCommunicationId: legs[letter], ...more },
];
export const endOfTransfer = (finalState = 'Completed', more: object = {}): Step => [
  'endTransfer',
  { commandId: command, objectCommunicationId: legs.C, finalState, ...more },
];
export const consultLegs = {
  initiatingCommunicationId: legs.A,
  destinationCommunicationId: legs.B,
  objectCommunicationId: legs.C,
};
export const consult: Step = ['consultTransfer', consultLegs];
export const wrapUp = (letter: string, code: string | undefined = solved): Step => [
  'communicationDispositionApplied',
  { ...leg(letter), ...(code === undefined ? {} : { code }) },
];

export interface Played {
  readonly conversation: ConversationView | undefined;
  /** Codes of the broken rules, in order. */
  readonly broken: readonly RuleCode[];
}

export function play(steps: readonly Step[]): Played {
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

/** A user's leg that is connected at once. */
export function ringingAlone(): Step {
  return ['userEstablished', opened('A', { inbound: true }, { userId: ada })];
}
