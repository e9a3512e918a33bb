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
  /** Key of another conversation that the event names. */
  readonly after?: string | undefined;
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
      const eventId = ids.event(made.kind, ...made.identity, ...(made.repeatable === true ? [at] : []));
      const base = { eventId, eventDateTime: toEventTime(at), conversationId: ids.conversation };
      const event = { kind: made.kind, event: { ...base, ...made.event } } as ConversationEvent;
      const after = change.change === 'ended' ? change.into : undefined;
      events.push({ event, legs: made.legs, establishes: made.establishes ?? false, at, after });
    }
  return { told: state, events };
}

interface Made {
  readonly kind: ConversationEvent['kind'];
  /** What tells it from other events of its kind in the conversation. */
  readonly identity: readonly [string, ...string[]];
  /** Whether the same may happen again: then the time, which no other event has, is part of the ID. */
  readonly repeatable?: boolean;
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
      return [again('holdUpdatedEvents', change.leg, ids, { held: change.held })];
    case 'audio': {
      const audioState = { canHear: change.canHear, canSpeak: change.canSpeak };
      return [again('audioUpdatedEvents', change.leg, ids, { audioState })];
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
      return [again('communicationDispositionAppliedEvents', change.leg, ids, code)];
    }
    case 'transferred':
      return transferred(change, ids);
    case 'consult-begun':
      return [consult('consultTransferEvents', change, change.target, ids)];
    case 'consult-progressed':
      return [consult('progressConsultTransferEvents', change, change.reached, ids)];
    case 'consult-ended': {
      const { initiating, target, object } = change;
      return [
        {
          kind: 'endConsultTransferEvents',
          identity: [initiating, target],
          repeatable: true,
          event: {},
          legs: [initiating, target, object],
        },
      ];
    }
  }
}

/** What can happen to a leg once. */
function ofLeg(kind: ConversationEvent['kind'], leg: string, ids: ConversationIds, fields: object): Made {
  return {
    kind,
    identity: [leg],
    event: { communicationId: ids.communication(leg), ...fields },
    legs: [leg],
  };
}

/** What can happen to a leg any number of times. */
function again(kind: ConversationEvent['kind'], leg: string, ids: ConversationIds, fields: object): Made {
  return { ...ofLeg(kind, leg, ids, fields), repeatable: true };
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
    identity: [initiating, target],
    event: { commandId, objectCommunicationId, ...fields },
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
    identity: [initiating, target],
    repeatable: true,
    event: {
      initiatingCommunicationId: ids.communication(initiating),
      destinationCommunicationId: ids.communication(target),
      objectCommunicationId: ids.communication(object),
    },
    legs: [initiating, target, object],
  };
}
