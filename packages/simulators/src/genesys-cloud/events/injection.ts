/** Takes in batches of events: repeats, faults on command, concurrency, then the meaning of each event in time order. */

import { ApiError } from '../api-error.ts';
import type { FaultBoard } from '../fault-board.ts';
import type { Quirks } from '../options.ts';
import type { CloudObserver, ObservedDecision } from '../record/observer.ts';
import type { Recorder } from '../record/recorder.ts';
import type { EventRefusal } from '../record/types.ts';
import type { CloudState } from '../store/cloud-state.ts';
import type { InjectedRoutingStatus } from '../store/routing-statuses.ts';
import type { Visibility } from '../store/visibility.ts';
import { AcceptedIds, canonicalJson } from './accepted-ids.ts';
import { InFlight } from './in-flight.ts';
import {
  arrayName,
  type ConversationEventKind,
  conversationEventKinds,
  type EventKind,
  type StateEventKind,
} from './kinds.ts';
import { type AgentStateInput, nextAgentState } from './meaning/agent-state.ts';
import { nextConversation } from './meaning/next-conversation.ts';
import type { References, RuleBroken } from './meaning/outcome.ts';
import { eventTime, readConversationEvent } from './meaning/read-event.ts';

type Raw = Readonly<Record<string, unknown>>;

interface Submitted {
  readonly kind: EventKind;
  readonly eventId: string;
  readonly subject: string;
  readonly at: number;
  readonly raw: Raw;
}

/** A request with events, as far as its place among the others matters. */
export interface EventRequest {
  readonly operationId: string;
  readonly clientId: string;
  readonly arrival: number;
}

export interface EventError {
  readonly eventId: string;
  readonly message: string;
  readonly retryable?: boolean;
}

export class Injection {
  readonly inFlight = new InFlight();
  readonly #acceptedIds = new AcceptedIds();
  readonly #lastStateAt = new Map<string, number>();
  readonly #state: CloudState;
  readonly #quirks: Quirks;
  readonly #visibility: Visibility;
  readonly #recorder: Recorder;
  readonly #faults: FaultBoard;
  readonly #observer: CloudObserver | undefined;
  readonly #references: References;

  constructor(o: {
    readonly state: CloudState;
    readonly quirks: Quirks;
    readonly visibility: Visibility;
    readonly recorder: Recorder;
    readonly faults: FaultBoard;
    readonly observer?: CloudObserver | undefined;
  }) {
    this.#state = o.state;
    this.#quirks = o.quirks;
    this.#visibility = o.visibility;
    this.#recorder = o.recorder;
    this.#faults = o.faults;
    this.#observer = o.observer;
    this.#references = referencesTo(o.state);
  }

  /** The conversations that the body names. */
  conversationIds(body: unknown): Set<string> {
    return new Set(conversationEvents(body).map((event) => event.subject));
  }

  injectConversations(body: unknown, request: EventRequest): EventError[] {
    return this.#inject(conversationEvents(body), request, (event) =>
      this.#applyToConversation(event, request),
    );
  }

  injectPresences(body: unknown, request: EventRequest): EventError[] {
    const events = agentEvents(body, 'userPresence', 'userId');
    return this.#inject(events, request, (event) => this.#applyPresence(event));
  }

  injectRoutingStatuses(body: unknown, request: EventRequest): EventError[] {
    const events = agentEvents(body, 'userRoutingStatus', 'agentId');
    return this.#inject(events, request, (event) => this.#applyRoutingStatus(event));
  }

  /** The body is grouped by kind, so only the events' times say in which order they happened. */
  #inject(
    events: Submitted[],
    request: EventRequest,
    apply: (event: Submitted) => EventRefusal | undefined,
  ): EventError[] {
    // The schema fixes the layout only: a month 13 has it too.
    const undated = events.find((event) => Number.isNaN(event.at));
    if (undated !== undefined)
      throw new ApiError(400, 'invalid.date', `eventDateTime of ${undated.eventId} is no date.`);
    this.#recorder.countBatch(events.length);
    events.sort((left, right) => left.at - right.at);
    const errors: EventError[] = [];
    for (const event of events) {
      const refusal = this.#decide(event, request, apply);
      if (refusal === undefined) continue;
      errors.push({
        eventId: event.eventId,
        message: refusal.message,
        ...(refusal.retryable === undefined ? {} : { retryable: refusal.retryable }),
      });
    }
    return errors;
  }

  #decide(
    event: Submitted,
    request: EventRequest,
    apply: (event: Submitted) => EventRefusal | undefined,
  ): EventRefusal | undefined {
    const json = canonicalJson(event.raw);
    const { kind, eventId, subject, at } = event;
    const entry = { receivedAt: this.#visibility.now(), kind, eventId, subject, at, json };
    const injected = this.#faults.forEvent(request.operationId, request.clientId, event);
    let refusal: EventRefusal | undefined;
    if (injected !== undefined) {
      const message = injected.message ?? 'The event could not be processed.';
      refusal = { cause: 'injected', code: 'injected', message, retryable: injected.retryable };
    } else {
      const seen = this.#acceptedIds.look(eventId, json);
      if (seen === 'repeat') {
        this.#recorder.log.countDuplicate(kind);
        if (this.#quirks.repeatMode === 'dedupe') {
          this.#tell(event, request, 'repeat');
          return undefined;
        }
        const message = 'The event was processed before.';
        refusal = { cause: 'repeat', code: 'event-id.repeated', message, retryable: false };
      } else if (seen === 'clash') {
        refusal = this.#broken({
          code: 'event-id.other-content',
          message: 'An event with this id and other content was processed before.',
        });
      } else {
        refusal = this.#futureFault(at) ?? apply(event);
      }
    }
    if (refusal === undefined) {
      this.#acceptedIds.add(eventId, json);
      this.#recorder.log.accept(entry);
      this.#tell(event, request, 'accepted');
      return undefined;
    }
    this.#recorder.log.refuse(entry, refusal);
    this.#tell(event, request, refusal.cause === 'repeat' ? 'repeat' : 'refused', refusal);
    if (refusal.cause === 'rule')
      this.#recorder.violate({
        receivedAt: entry.receivedAt,
        code: refusal.code,
        message: refusal.message,
        operation: request.operationId,
        kind,
        eventId,
        subject,
      });
    return refusal;
  }

  #tell(
    { kind, eventId, subject, at, raw }: Submitted,
    { arrival }: EventRequest,
    outcome: ObservedDecision['outcome'],
    refusal?: EventRefusal,
  ): void {
    this.#observer?.decided({
      ...{ at: this.#visibility.now(), request: arrival, kind, eventId, subject, eventAt: at, outcome },
      ...(refusal === undefined ? {} : { refusal }),
      event: raw,
    });
  }

  #applyToConversation(event: Submitted, request: EventRequest): EventRefusal | undefined {
    if (this.inFlight.isConcurrent(event.subject, request.arrival)) {
      const message = 'Another request with events of this conversation is being processed.';
      return { cause: 'rule', code: 'conversation.concurrent', message, retryable: true };
    }
    const { conversations } = this.#state;
    const input = readConversationEvent(event.kind as ConversationEventKind, event.raw);
    const outcome = nextConversation(conversations.get(event.subject), input, this.#references);
    if (outcome.kind === 'refused') return this.#broken(outcome.broken);
    conversations.save(outcome.state);
    return undefined;
  }

  #applyPresence(event: Submitted): EventRefusal | undefined {
    const { presenceDefinitionId, message, sourceId } = event.raw as Readonly<
      Record<string, string | undefined>
    >;
    const presence = {
      ...(presenceDefinitionId === undefined ? {} : { definitionId: presenceDefinitionId }),
      ...(message === undefined ? {} : { message }),
    };
    const refusal = this.#applyAgentState({
      ...event,
      userId: event.subject,
      sourceId: sourceId ?? '',
      presence,
    });
    if (refusal !== undefined) return refusal;
    this.#state.presence.setPresence(event.subject, {
      sourceId: sourceId ?? '',
      ...(presenceDefinitionId === undefined ? {} : { presenceDefinitionId }),
      ...(message === undefined ? {} : { message }),
      at: event.at,
    });
    return undefined;
  }

  #applyRoutingStatus(event: Submitted): EventRefusal | undefined {
    const { status, sourceId } = event.raw as Readonly<Record<string, string | undefined>>;
    const refusal = this.#applyAgentState({ ...event, userId: event.subject, sourceId: sourceId ?? '' });
    if (refusal !== undefined) return refusal;
    this.#state.routingStatuses.set(event.subject, {
      status: status as InjectedRoutingStatus,
      sourceId: sourceId ?? '',
      at: event.at,
    });
    return undefined;
  }

  #applyAgentState(event: Submitted & AgentStateInput): EventRefusal | undefined {
    const key = `${event.kind}:${event.userId}`;
    const outcome = nextAgentState(this.#lastStateAt.get(key), event, this.#references);
    if (outcome.kind === 'refused') return this.#broken(outcome.broken);
    this.#lastStateAt.set(key, outcome.state);
    return undefined;
  }

  #futureFault(at: number): EventRefusal | undefined {
    const tolerance = this.#quirks.futureToleranceMs;
    if (tolerance === undefined || at <= this.#visibility.now() + tolerance) return undefined;
    return this.#broken({ code: 'time.in-future', message: 'eventDateTime is in the future.' });
  }

  #broken({ code, message }: RuleBroken): EventRefusal {
    return { cause: 'rule', code, message, retryable: this.#quirks.eventErrorRetryable };
  }
}

const conversationArrays = new Map(conversationEventKinds.map((kind) => [arrayName(kind), kind]));

function conversationEvents(body: unknown): Submitted[] {
  const found: Submitted[] = [];
  for (const [name, events] of Object.entries(body as Readonly<Record<string, readonly Raw[]>>)) {
    const kind = conversationArrays.get(name);
    if (kind !== undefined) found.push(...events.map((raw) => submittedOf(kind, raw, 'conversationId')));
  }
  return found;
}

function agentEvents(body: unknown, kind: StateEventKind, subject: string): Submitted[] {
  const events = (body as Readonly<Record<string, readonly Raw[] | undefined>>)[arrayName(kind)] ?? [];
  return events.map((raw) => submittedOf(kind, raw, subject));
}

function submittedOf(kind: EventKind, raw: Raw, subject: string): Submitted {
  return { kind, eventId: String(raw.eventId), subject: String(raw[subject]), at: eventTime(raw), raw };
}

function referencesTo(state: CloudState): References {
  return {
    user: (id) => state.users.get(id)?.state,
    queue: (id) => state.queues.get(id) !== undefined,
    skill: (id) => state.skills.isActive(id),
    // Languages of Engage are skills: there is none here.
    language: () => false,
    wrapupCode: (id) => state.wrapupCodes.get(id) !== undefined,
    source: (id) => state.presence.isActiveSource(id),
    definition: (id) => state.presence.definitions.get(id)?.deactivated === false,
    conversation: (id) => state.conversations.get(id) !== undefined,
    conversationOf: (communicationId) => state.conversations.conversationOf(communicationId),
  };
}
