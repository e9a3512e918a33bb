/** From the event of a request body, which its schema has checked, to the form the rules work on. */
import type { ConversationEventKind } from '../kinds.ts';
import type { LegType, TransferView } from '../read-model.ts';
import type { ConversationInput, EstablishedInput, TransferInput } from './conversation-input.ts';

export type Raw = Readonly<Record<string, unknown>>;

/** Milliseconds since 1970. The schema allows only UTC with up to three fraction digits. */
export function eventTime(raw: Raw): number {
  return Date.parse(String(raw.eventDateTime));
}

export function readConversationEvent(kind: ConversationEventKind, raw: Raw): ConversationInput {
  const base = {
    kind,
    media: kind.startsWith('email') ? ('email' as const) : ('voice' as const),
    eventId: text(raw, 'eventId'),
    conversationId: text(raw, 'conversationId'),
    at: eventTime(raw),
  };
  const communicationId = text(raw, 'communicationId');
  switch (kind) {
    case 'externalEstablished':
    case 'emailExternalEstablished':
      return established(base, 'external', raw);
    case 'ivrEstablished':
      return established(base, 'ivr', raw);
    case 'emailFlowEstablished':
      return established(base, 'flow', raw);
    case 'routingEstablished':
    case 'emailRoutingEstablished':
      return established(base, 'routing', raw);
    case 'userEstablished':
    case 'emailUserEstablished':
      return established(base, 'user', raw);
    case 'phoneEstablished':
      return established(base, 'phone', raw);
    case 'communicationAnswered':
    case 'emailCommunicationAnswered':
      return { ...base, type: 'answered', communicationId };
    case 'emailBeginTransmitting':
    case 'emailCommunicationSentMessage':
      return { ...base, type: 'activity', communicationId };
    case 'holdUpdated':
    case 'emailHoldUpdated':
      return { ...base, type: 'hold', communicationId, held: raw.held === true };
    case 'audioUpdated':
      return {
        ...base,
        type: 'audio',
        communicationId,
        ...booleans(object(raw, 'audioState'), 'canHear', 'canSpeak'),
      };
    case 'communicationEnded':
    case 'emailCommunicationEnded':
      return {
        ...base,
        type: 'ended',
        communicationId,
        disconnectType: text(raw, 'disconnectType'),
        ...texts(raw, 'destinationConversationId'),
      };
    case 'communicationDispositionApplied':
    case 'emailCommunicationDispositionApplied':
      return {
        ...base,
        type: 'disposition',
        communicationId,
        ...texts(raw, 'code', 'notes'),
        ...lists(raw, 'tags'),
      };
    case 'userTransfer':
    case 'emailUserTransfer':
      return transfer(base, 'user', 'destinationUserId', raw);
    case 'routingTransfer':
    case 'emailRoutingTransfer':
      return transfer(base, 'routing', 'destinationQueueId', raw);
    case 'phoneTransfer':
      return transfer(base, 'phone', 'destinationPhoneNumber', raw);
    case 'progressTransfer':
    case 'emailProgressTransfer':
      return {
        ...base,
        type: 'progress-transfer',
        commandId: text(raw, 'commandId'),
        objectCommunicationId: text(raw, 'objectCommunicationId'),
        destinationCommunicationId: text(raw, 'destinationCommunicationId'),
      };
    case 'endTransfer':
    case 'emailEndTransfer':
      return {
        ...base,
        type: 'end-transfer',
        commandId: text(raw, 'commandId'),
        objectCommunicationId: text(raw, 'objectCommunicationId'),
        finalState: text(raw, 'finalState') as NonNullable<TransferView['finalState']>,
      };
    case 'consultTransfer':
    case 'progressConsultTransfer':
      return {
        ...base,
        type: kind === 'consultTransfer' ? 'consult-transfer' : 'progress-consult-transfer',
        initiatingCommunicationId: text(raw, 'initiatingCommunicationId'),
        destinationCommunicationId: text(raw, 'destinationCommunicationId'),
        objectCommunicationId: text(raw, 'objectCommunicationId'),
      };
    case 'endConsultTransfer':
      return { ...base, type: 'end-consult-transfer' };
  }
}

type Base = Pick<EstablishedInput, 'kind' | 'media' | 'eventId' | 'conversationId' | 'at'>;

function established(base: Base, leg: LegType, raw: Raw): EstablishedInput {
  const initial = object(raw, 'initialConfiguration');
  const source = object(raw, 'sourceConfiguration');
  return {
    ...base,
    type: 'established',
    leg,
    communicationId: text(raw, 'communicationId'),
    ...texts(raw, 'userId', 'queueId', 'phoneNumber', 'ani', 'dnis', 'languageId'),
    ...lists(raw, 'skillIds'),
    ...booleans(raw, 'afterCallWorkRequired'),
    alerting: initial.alerting === true,
    held: initial.held === true,
    ...booleans(initial, 'inbound'),
    ...texts(initial, 'invitedBy'),
    sourceId: text(source, 'sourceId'),
    interactionId: text(source, 'interactionId'),
  };
}

function transfer(base: Base, to: TransferView['kind'], destination: string, raw: Raw): TransferInput {
  return {
    ...base,
    type: 'transfer',
    to,
    transferType: text(raw, 'transferType') as TransferView['transferType'],
    commandId: text(raw, 'commandId'),
    initiatingCommunicationId: text(raw, 'initiatingCommunicationId'),
    targetCommunicationId: text(raw, 'targetCommunicationId'),
    objectCommunicationId: text(raw, 'objectCommunicationId'),
    destination: text(raw, destination),
    ...lists(raw, 'skillIds'),
    ...texts(raw, 'languageId'),
  };
}

function text(raw: Raw, name: string): string {
  const value = raw[name];
  return typeof value === 'string' ? value : '';
}

function object(raw: Raw, name: string): Raw {
  const value = raw[name];
  return typeof value === 'object' && value !== null ? (value as Raw) : {};
}

/** The named members that are there. */
function texts<Name extends string>(raw: Raw, ...names: readonly Name[]): { [N in Name]?: string } {
  return present(raw, names, (value) => typeof value === 'string');
}

function booleans<Name extends string>(raw: Raw, ...names: readonly Name[]): { [N in Name]?: boolean } {
  return present(raw, names, (value) => typeof value === 'boolean');
}

function lists<Name extends string>(
  raw: Raw,
  ...names: readonly Name[]
): { [N in Name]?: readonly string[] } {
  return present(raw, names, Array.isArray);
}

function present<Name extends string, Value>(
  raw: Raw,
  names: readonly Name[],
  fits: (value: unknown) => boolean,
): { [N in Name]?: Value } {
  const found: { [N in Name]?: Value } = {};
  for (const name of names) if (fits(raw[name])) found[name] = raw[name] as Value;
  return found;
}
