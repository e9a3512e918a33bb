/** How an injected conversation looks afterwards: the form that is compared with what a scenario expects. */
import type { ConversationEventKind } from './kinds.ts';

export type LegType = 'external' | 'ivr' | 'routing' | 'user' | 'phone' | 'flow';

export interface HoldView {
  readonly at: number;
  readonly held: boolean;
}

export interface AudioView {
  readonly at: number;
  readonly canHear?: boolean;
  readonly canSpeak?: boolean;
}

export interface DispositionView {
  readonly at: number;
  /** Wrap-up code ID; absent: counted as skipped. */
  readonly code?: string;
  readonly notes?: string;
  readonly tags?: readonly string[];
}

/** All times are milliseconds since 1970. */
export interface LegView {
  /** Position in the order of establishment, from 0. */
  readonly sequence: number;
  readonly communicationId: string;
  readonly type: LegType;
  readonly queueId?: string;
  readonly userId?: string;
  readonly phoneNumber?: string;
  readonly ani?: string;
  readonly dnis?: string;
  readonly skillIds?: readonly string[];
  readonly afterCallWorkRequired?: boolean;
  readonly inbound?: boolean;
  /** communicationId of the leg that invited this one. */
  readonly invitedBy?: string;
  readonly interactionId: string;
  readonly sourceId: string;
  readonly establishedAt: number;
  /** Whether it was established alerting. */
  readonly alerting: boolean;
  /** When it was connected: the answer, or the establishment of a leg that was not alerting. */
  readonly connectedAt?: number;
  /** Time of `communicationAnswered`. */
  readonly answeredAt?: number;
  readonly held: boolean;
  readonly holds: readonly HoldView[];
  readonly audio: readonly AudioView[];
  readonly endedAt?: number;
  readonly disconnectType?: string;
  readonly destinationConversationId?: string;
  readonly dispositions: readonly DispositionView[];
}

export interface TransferView {
  readonly kind: 'user' | 'routing' | 'phone';
  readonly transferType: 'Attended' | 'Unattended';
  readonly commandId: string;
  readonly initiatingCommunicationId: string;
  readonly targetCommunicationId: string;
  readonly objectCommunicationId: string;
  /** User ID, queue ID or number. */
  readonly destination: string;
  readonly startedAt: number;
  readonly progress: readonly { readonly at: number; readonly destinationCommunicationId: string }[];
  readonly endedAt?: number;
  readonly finalState?: 'Completed' | 'Canceled' | 'Failed';
}

export interface ConsultTransferView {
  readonly initiatingCommunicationId: string;
  readonly destinationCommunicationId: string;
  readonly objectCommunicationId: string;
  readonly startedAt: number;
  readonly progress: readonly { readonly at: number }[];
  readonly endedAt?: number;
}

export interface ConversationView {
  readonly conversationId: string;
  readonly media: 'voice' | 'email';
  readonly legs: readonly LegView[];
  readonly transfers: readonly TransferView[];
  readonly consultTransfers: readonly ConsultTransferView[];
  readonly startedAt: number;
  readonly lastEventAt: number;
  /** Time of the last leg's end; absent while a leg is open. */
  readonly endedAt?: number;
  /** Kinds and times of all accepted events, in order. */
  readonly events: readonly { readonly kind: ConversationEventKind; readonly at: number }[];
}
