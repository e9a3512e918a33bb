/** The kinds of events that can be injected, and the array of the request body each travels in. */

export const voiceEventKinds = [
  'externalEstablished',
  'ivrEstablished',
  'routingEstablished',
  'userEstablished',
  'phoneEstablished',
  'communicationAnswered',
  'holdUpdated',
  'audioUpdated',
  'userTransfer',
  'routingTransfer',
  'phoneTransfer',
  'progressTransfer',
  'endTransfer',
  'consultTransfer',
  'progressConsultTransfer',
  'endConsultTransfer',
  'communicationEnded',
  'communicationDispositionApplied',
] as const;

export const emailEventKinds = [
  'emailExternalEstablished',
  'emailFlowEstablished',
  'emailRoutingEstablished',
  'emailUserEstablished',
  'emailCommunicationAnswered',
  'emailBeginTransmitting',
  'emailCommunicationSentMessage',
  'emailHoldUpdated',
  'emailUserTransfer',
  'emailRoutingTransfer',
  'emailProgressTransfer',
  'emailEndTransfer',
  'emailCommunicationEnded',
  'emailCommunicationDispositionApplied',
] as const;

export type ConversationEventKind = (typeof voiceEventKinds)[number] | (typeof emailEventKinds)[number];
export type StateEventKind = 'userPresence' | 'userRoutingStatus';
export type EventKind = ConversationEventKind | StateEventKind;

export const conversationEventKinds: readonly ConversationEventKind[] = [
  ...voiceEventKinds,
  ...emailEventKinds,
];

export const eventKinds: readonly EventKind[] = [
  ...conversationEventKinds,
  'userPresence',
  'userRoutingStatus',
];

/** Name of the array in the request body: `communicationEnded` travels in `communicationEndedEvents`. */
export function arrayName(kind: EventKind): string {
  return `${kind}Events`;
}
