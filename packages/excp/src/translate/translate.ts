/** Changes of a conversation become the voice events of the cloud, with derived IDs and strictly rising times. */
import { type ConversationEvent, toEventTime } from '@exec/common/genesys-cloud';
import type { Change, LegEstablished, Transferred } from '../conversation/changes.ts';
import { ConversationIds, conversationId } from './ids.ts';
import { nextTime, type Told } from './told.ts';

/** One event, ready to be sent, with the legs it speaks of. */
export interface VoiceEvent {
  readonly event: ConversationEvent;
  /** Keys of the legs it needs; refused with the first of them that was refused. */
  readonly legs: readonly string[];
  /** Whether it establishes its leg. */
  readonly establishes: boolean;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface TranslationContext {
  /** Organisation and tenant: part of every ID. */
  readonly scope: string;
  readonly sourceId: string;
  readonly afterCallWorkRequired: boolean;
  /** Key of the conversation. */
  readonly key: string;
  /** CallUUID of its first call. */
  readonly interactionId: string;
}

export interface Translation {
  readonly told: Told;
  readonly events: readonly VoiceEvent[];
}

export function translate(told: Told, changes: readonly Change[], context: TranslationContext): Translation {
  const ids = new ConversationIds(context.scope, context.key);
  const events: VoiceEvent[] = [];
  let state = told;
  for (const change of changes)
    for (const made of eventsOf(change, ids, context)) {
      const at = nextTime(state, change.at);
      state = { last: at };
      const base = { eventDateTime: toEventTime(at), conversationId: ids.conversation };
      const event = { kind: made.kind, event: { ...base, ...made.event } } as ConversationEvent;
      events.push({ event, legs: made.legs, establishes: made.establishes ?? false, at });
    }
  return { told: state, events };
}

interface Made {
  readonly kind: ConversationEvent['kind'];
  readonly event: object;
  readonly legs: readonly string[];
  readonly establishes?: boolean;
}

function eventsOf(change: Change, ids: ConversationIds, context: TranslationContext): Made[] {
  switch (change.change) {
    case 'established':
      return [established(change, ids, context)];
    case 'answered':
      return [ofLeg('communicationAnsweredEvents', change.leg, ids, {})];
    case 'held':
      return [
        ofLeg('holdUpdatedEvents', change.leg, ids, { held: change.held }, change.at, String(change.held)),
      ];
    case 'audio': {
      const audioState = { canHear: change.canHear, canSpeak: change.canSpeak };
      return [ofLeg('audioUpdatedEvents', change.leg, ids, { audioState }, change.at)];
    }
    case 'ended': {
      const into =
        change.into === undefined
          ? {}
          : { destinationConversationId: conversationId(context.scope, change.into) };
      return [
        ofLeg('communicationEndedEvents', change.leg, ids, { disconnectType: change.disconnect, ...into }),
      ];
    }
    case 'disposition': {
      const code = change.code === undefined ? {} : { code: change.code };
      return [ofLeg('communicationDispositionAppliedEvents', change.leg, ids, code, change.at)];
    }
    case 'transferred':
      return transferred(change, ids);
    case 'consult-begun':
      return [consult('consultTransferEvents', change, change.target, ids)];
    case 'consult-progressed':
      return [consult('progressConsultTransferEvents', change, change.reached, ids)];
    case 'consult-ended': {
      const { initiating, target, object } = change;
      const eventId = ids.event('endConsultTransferEvents', initiating, target);
      return [{ kind: 'endConsultTransferEvents', event: { eventId }, legs: [initiating, target, object] }];
    }
  }
}

function ofLeg(
  kind: ConversationEvent['kind'],
  leg: string,
  ids: ConversationIds,
  fields: object,
  ...more: readonly (string | number)[]
): Made {
  return {
    kind,
    event: { eventId: ids.event(kind, leg, ...more), communicationId: ids.communication(leg), ...fields },
    legs: [leg],
  };
}

function established(change: LegEstablished, ids: ConversationIds, context: TranslationContext): Made {
  const { leg, is } = change;
  const numbers = {
    ...(change.ani === undefined || change.ani === '' ? {} : { ani: change.ani }),
    ...(change.dnis === undefined || change.dnis === '' ? {} : { dnis: change.dnis }),
  };
  const initialConfiguration = {
    alerting: change.alerting,
    inbound: change.inbound,
    ...(change.invitedBy === undefined ? {} : { invitedBy: ids.communication(change.invitedBy) }),
  };
  const sourceConfiguration = { sourceId: context.sourceId, interactionId: context.interactionId };
  const make = (kind: ConversationEvent['kind'], fields: object): Made => ({
    ...ofLeg(kind, leg, ids, { ...fields, ...numbers, initialConfiguration, sourceConfiguration }),
    establishes: true,
  });
  const number = change.number === undefined || change.number === '' ? {} : { phoneNumber: change.number };
  switch (is.kind) {
    case 'external':
      return make('externalEstablishedEvents', {});
    case 'ivr':
      return make('ivrEstablishedEvents', {});
    case 'phone':
      return make('phoneEstablishedEvents', number);
    case 'queue':
      return make('routingEstablishedEvents', {
        queueId: is.queueId,
        ...(is.skillIds === undefined ? {} : { skillIds: is.skillIds }),
      });
    case 'user':
      return make('userEstablishedEvents', {
        userId: is.userId,
        afterCallWorkRequired: context.afterCallWorkRequired,
        ...(is.queueId === undefined ? {} : { queueId: is.queueId }),
      });
  }
}

/** Begun, arrived and completed at once: nobody tells more of a transfer without consultation. */
function transferred(change: Transferred, ids: ConversationIds): Made[] {
  const { initiating, object, target, destination } = change;
  const commandId = ids.command(initiating, target);
  const objectCommunicationId = ids.communication(object);
  const legs = [initiating, object, target];
  const make = (kind: ConversationEvent['kind'], fields: object): Made => ({
    kind,
    event: { eventId: ids.event(kind, initiating, target), commandId, objectCommunicationId, ...fields },
    legs,
  });
  const begin = {
    transferType: 'Unattended',
    initiatingCommunicationId: ids.communication(initiating),
    targetCommunicationId: ids.communication(initiating),
  };
  const begun = () => {
    switch (destination.kind) {
      case 'user':
        return make('userTransferEvents', { ...begin, destinationUserId: destination.userId });
      case 'queue':
        return make('routingTransferEvents', { ...begin, destinationQueueId: destination.queueId });
      case 'phone':
        return make('phoneTransferEvents', { ...begin, destinationPhoneNumber: destination.number });
    }
  };
  return [
    begun(),
    make('progressTransferEvents', { destinationCommunicationId: ids.communication(target) }),
    make('endTransferEvents', { finalState: 'Completed' }),
  ];
}

function consult(
  kind: 'consultTransferEvents' | 'progressConsultTransferEvents',
  change: { readonly initiating: string; readonly object: string },
  target: string,
  ids: ConversationIds,
): Made {
  const { initiating, object } = change;
  return {
    kind,
    event: {
      eventId: ids.event(kind, initiating, target),
      initiatingCommunicationId: ids.communication(initiating),
      destinationCommunicationId: ids.communication(target),
      objectCommunicationId: ids.communication(object),
    },
    legs: [initiating, target, object],
  };
}
