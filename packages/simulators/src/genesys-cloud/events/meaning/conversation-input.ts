/** One conversation event in the terms of the rules: voice and e-mail events of the same meaning become one form. */
import type { ConversationEventKind } from '../kinds.ts';
import type { LegType, TransferView } from '../read-model.ts';

interface InputBase {
  readonly kind: ConversationEventKind;
  readonly media: 'voice' | 'email';
  readonly eventId: string;
  readonly conversationId: string;
  /** `eventDateTime` in milliseconds since 1970. */
  readonly at: number;
}

export interface EstablishedInput extends InputBase {
  readonly type: 'established';
  readonly leg: LegType;
  readonly communicationId: string;
  readonly userId?: string;
  readonly queueId?: string;
  readonly phoneNumber?: string;
  readonly ani?: string;
  readonly dnis?: string;
  readonly skillIds?: readonly string[];
  readonly languageId?: string;
  readonly afterCallWorkRequired?: boolean;
  readonly alerting: boolean;
  readonly held: boolean;
  readonly inbound?: boolean;
  readonly invitedBy?: string;
  readonly sourceId: string;
  readonly interactionId: string;
}

export interface LegInput extends InputBase {
  readonly type: 'answered' | 'activity';
  readonly communicationId: string;
}

export interface HoldInput extends InputBase {
  readonly type: 'hold';
  readonly communicationId: string;
  readonly held: boolean;
}

export interface AudioInput extends InputBase {
  readonly type: 'audio';
  readonly communicationId: string;
  readonly canHear?: boolean;
  readonly canSpeak?: boolean;
}

export interface EndedInput extends InputBase {
  readonly type: 'ended';
  readonly communicationId: string;
  readonly disconnectType: string;
  readonly destinationConversationId?: string;
}

export interface DispositionInput extends InputBase {
  readonly type: 'disposition';
  readonly communicationId: string;
  readonly code?: string;
  readonly notes?: string;
  readonly tags?: readonly string[];
}

export interface TransferInput extends InputBase {
  readonly type: 'transfer';
  readonly to: TransferView['kind'];
  readonly transferType: TransferView['transferType'];
  readonly commandId: string;
  readonly initiatingCommunicationId: string;
  readonly targetCommunicationId: string;
  readonly objectCommunicationId: string;
  readonly destination: string;
  readonly skillIds?: readonly string[];
  readonly languageId?: string;
}

export interface ProgressTransferInput extends InputBase {
  readonly type: 'progress-transfer';
  readonly commandId: string;
  readonly objectCommunicationId: string;
  readonly destinationCommunicationId: string;
}

export interface EndTransferInput extends InputBase {
  readonly type: 'end-transfer';
  readonly commandId: string;
  readonly objectCommunicationId: string;
  readonly finalState: NonNullable<TransferView['finalState']>;
}

export interface ConsultInput extends InputBase {
  readonly type: 'consult-transfer' | 'progress-consult-transfer';
  readonly initiatingCommunicationId: string;
  readonly destinationCommunicationId: string;
  readonly objectCommunicationId: string;
}

export interface EndConsultInput extends InputBase {
  readonly type: 'end-consult-transfer';
}

export type ConversationInput =
  | EstablishedInput
  | LegInput
  | HoldInput
  | AudioInput
  | EndedInput
  | DispositionInput
  | TransferInput
  | ProgressTransferInput
  | EndTransferInput
  | ConsultInput
  | EndConsultInput;
