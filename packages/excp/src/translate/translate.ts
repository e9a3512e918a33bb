/** Changes of a conversation become the voice events of the cloud, with derived IDs and strictly rising times. */
import { type ConversationEvent, toEventTime } from '@exec/common/genesys-cloud';
import {
  type EngageMicros,
  engageOf,
  laterBy,
  latest,
  type WallMs,
  wallMs,
  wallOf,
} from '@exec/common/instants';
import type { Change, LegEstablished, Transferred } from '../conversation/changes.ts';
import { ConversationIds, conversationId } from './ids.ts';

/** What has been published of a conversation, as far as the next event depends on it. */
export interface Published {
  /** Time of the newest event; 0: none yet. */
  readonly last: WallMs;
}

export const nothingPublished: Published = { last: wallMs(0) };

/**
 * The time an event is sent with.
 *
 * @rule An event has its own time, but a later one than everything published before of its conversation.
 * @test translate/translate.test.ts
 * @param at time on the Engage side
 */
export function nextTime(published: Published, at: EngageMicros): WallMs {
  return latest(wallOf(at), laterBy(published.last, 1));
}

/** One event, ready to be sent, with the legs it speaks of. */
export interface TranslatedEvent {
  readonly event: ConversationEvent;
  /** Keys of the legs it needs; refused with the first of them that was refused. */
  readonly legs: readonly string[];
  /** Whether it establishes its leg. */
  readonly establishes: boolean;
  readonly at: WallMs;
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
  readonly published: Published;
  readonly events: readonly TranslatedEvent[];
}

/**
 * @rule Every change of a leg is one voice event, a transfer without consultation three; IDs follow from Engage's IDs alone.
 * @scenario inbound-queue-call, transfer-to-agent, consult-completed
 * @page docs/decisions/0004-lease-outbox-derived-ids.md
 * @param published what the conversation has published before
 * @throws RangeError when a time is beyond what the cloud can name
 */
export function translate(
  published: Published,
  changes: readonly Change[],
  context: TranslationContext,
): Translation {
  const ids = new ConversationIds(context.scope, context.key);
  const events: TranslatedEvent[] = [];
  let state = published;
  for (const change of changes)
    for (const draft of eventsOf(change, ids, context)) {
      const at = nextTime(state, change.at);
      state = { last: at };
      const eventId = ids.event(draft.kind, ...draft.identity, ...(draft.repeatable === true ? [at] : []));
      const base = { eventId, eventDateTime: toEventTime(at), conversationId: ids.conversation };
      const event = { kind: draft.kind, event: { ...base, ...draft.event } } as ConversationEvent;
      const after = change.change === 'ended' ? change.into : undefined;
      events.push({ event, legs: draft.legs, establishes: draft.establishes ?? false, at, after });
    }
  return { published: state, events };
}

interface EventDraft {
  readonly kind: ConversationEvent['kind'];
  /** What distinguishes it from other events of its kind in the conversation. */
  readonly identity: readonly [string, ...string[]];
  /** Whether the same may happen again: then the time, which no other event has, is part of the ID. */
  readonly repeatable?: boolean;
  readonly event: object;
  readonly legs: readonly string[];
  readonly establishes?: boolean;
}

function eventsOf(change: Change, ids: ConversationIds, context: TranslationContext): EventDraft[] {
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
function ofLeg(
  kind: ConversationEvent['kind'],
  leg: string,
  ids: ConversationIds,
  fields: object,
): EventDraft {
  return {
    kind,
    identity: [leg],
    event: { communicationId: ids.communication(leg), ...fields },
    legs: [leg],
  };
}

/** What can happen to a leg any number of times. */
function again(
  kind: ConversationEvent['kind'],
  leg: string,
  ids: ConversationIds,
  fields: object,
): EventDraft {
  return { ...ofLeg(kind, leg, ids, fields), repeatable: true };
}

function established(change: LegEstablished, ids: ConversationIds, context: TranslationContext): EventDraft {
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
  const make = (kind: ConversationEvent['kind'], fields: object): EventDraft => ({
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

/** Begun, arrived and completed at once: Engage says no more of a transfer without consultation. */
function transferred(change: Transferred, ids: ConversationIds): EventDraft[] {
  const { initiating, object, target, destination } = change;
  const commandId = ids.command(initiating, target);
  const objectCommunicationId = ids.communication(object);
  const legs = [initiating, object, target];
  const make = (kind: ConversationEvent['kind'], fields: object): EventDraft => ({
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
): EventDraft {
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

/**
 * Refused events are published once more: unchanged, but later than everything published meanwhile.
 *
 * @rule A dead letter that is sent again keeps its events and their IDs, with times after all that was published since.
 * @test dead-letters.test.ts
 * @throws RangeError when a time is beyond what the cloud can name
 */
export function retime(
  published: Published,
  events: readonly Pick<TranslatedEvent, 'event' | 'legs' | 'establishes'>[],
): Translation {
  let state = published;
  const again = events.map(({ event, legs, establishes }): TranslatedEvent => {
    const at = nextTime(state, engageOf(wallMs(Date.parse(event.event.eventDateTime))));
    state = { last: at };
    const moved = {
      kind: event.kind,
      event: { ...event.event, eventDateTime: toEventTime(at) },
    } as ConversationEvent;
    return { event: moved, legs, establishes, at };
  });
  return { published: state, events: again };
}
