/**
 * The 18 kinds of voice events, under the names of their arrays in the body of `POST /events/conversations`.
 * A leg is one communication of a conversation.
 */
import { z } from 'zod';
import {
  audioState,
  cloudId,
  conversationEvent as event,
  initialConfiguration,
  ourId,
  sourceConfiguration,
} from './parts.ts';

const transferTypes = z.enum(['Attended', 'Unattended']);
const finalStates = z.enum(['Completed', 'Canceled', 'Failed']);
const disconnectTypes = z.enum([
  'Error',
  'Peer',
  'Self',
  'System',
  'Transfer',
  'TransferACD',
  'TransferConference',
  'TransferConsult',
  'TransferUser',
]);
export type TransferType = z.output<typeof transferTypes>;
export type TransferFinalState = z.output<typeof finalStates>;
export type DisconnectType = z.output<typeof disconnectTypes>;

const leg = event.extend({ communicationId: ourId });
const established = leg.extend({ initialConfiguration, sourceConfiguration });
const text = z.string();

const transfer = event.extend({
  transferType: transferTypes,
  /** Ties the transfer, its progress and its end together. */
  commandId: ourId,
  /** The leg that transfers. */
  initiatingCommunicationId: ourId,
  /** The leg that is transferred away from, often the same. */
  targetCommunicationId: ourId,
  /** The leg that is moved. */
  objectCommunicationId: ourId,
});
const consult = event.extend({
  initiatingCommunicationId: ourId,
  destinationCommunicationId: ourId,
  objectCommunicationId: ourId,
});

export const voiceEventSchemas = {
  /** The customer's or another outside leg exists. */
  externalEstablishedEvents: established.extend({
    ani: text.optional(),
    aniName: text.optional(),
    dnis: text.optional(),
    dnisName: text.optional(),
  }),
  /** A leg in an IVR exists. */
  ivrEstablishedEvents: established.extend({
    ivrPhoneNumber: text.optional(),
    ivrName: text.optional(),
    ani: text.optional(),
    dnis: text.optional(),
  }),
  /** The call waits in a queue. */
  routingEstablishedEvents: established.extend({
    queueId: cloudId,
    phoneNumber: text.optional(),
    ani: text.optional(),
    dnis: text.optional(),
    skillIds: z.array(cloudId).optional(),
    languageId: cloudId.optional(),
  }),
  /** An agent's leg exists; `queueId` only for an outbound call made for a queue. */
  userEstablishedEvents: established.extend({
    userId: cloudId,
    phoneNumber: text.optional(),
    stationId: cloudId.optional(),
    ani: text.optional(),
    dnis: text.optional(),
    afterCallWorkRequired: z.boolean().optional(),
    queueId: cloudId.optional(),
  }),
  /** A leg to a number that is neither a known agent nor the customer. */
  phoneEstablishedEvents: established.extend({
    phoneNumber: text.optional(),
    ani: text.optional(),
    dnis: text.optional(),
  }),
  /** A leg that was alerting is connected. */
  communicationAnsweredEvents: leg,
  holdUpdatedEvents: leg.extend({ held: z.boolean() }),
  audioUpdatedEvents: leg.extend({ audioState }),
  userTransferEvents: transfer.extend({ destinationUserId: cloudId }),
  routingTransferEvents: transfer.extend({
    destinationQueueId: cloudId,
    languageId: cloudId.optional(),
    skillIds: z.array(cloudId).optional(),
  }),
  phoneTransferEvents: transfer.extend({ destinationPhoneNumber: text }),
  /** The transfer reached a leg. */
  progressTransferEvents: event.extend({
    commandId: ourId,
    objectCommunicationId: ourId,
    destinationCommunicationId: ourId,
  }),
  endTransferEvents: event.extend({
    commandId: ourId,
    finalState: finalStates,
    objectCommunicationId: ourId,
  }),
  /** The consult leg exists already. */
  consultTransferEvents: consult,
  progressConsultTransferEvents: consult,
  endConsultTransferEvents: event,
  /** A leg ended; `destinationConversationId` when two conversations become one. */
  communicationEndedEvents: leg.extend({
    disconnectType: disconnectTypes,
    destinationConversationId: ourId.optional(),
  }),
  /** Wrap-up of a leg; without `code` it counts as skipped. */
  communicationDispositionAppliedEvents: leg.extend({
    code: cloudId.optional(),
    notes: text.optional(),
    tags: z.array(text).optional(),
  }),
} as const;

/** Name of an array of voice events. */
export type VoiceEventKind = keyof typeof voiceEventSchemas;

export const voiceEventKinds = Object.keys(voiceEventSchemas) as readonly VoiceEventKind[];

/** The fields of an event of a kind. */
export type VoiceEventOf<Kind extends VoiceEventKind> = z.output<(typeof voiceEventSchemas)[Kind]>;

/** One event with its kind: what is sent, held back or refused. */
export type ConversationEvent = {
  [Kind in VoiceEventKind]: { readonly kind: Kind; readonly event: VoiceEventOf<Kind> };
}[VoiceEventKind];
