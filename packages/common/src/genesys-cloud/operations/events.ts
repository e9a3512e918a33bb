/** Injection of conversations and agent states: up to 100 events a request, each with its own result. */
import { z } from 'zod';
import { type Caller, type CallOptions, type Operation, operation } from '../call.ts';
import { CloudError } from '../errors.ts';
import {
  type PresenceEvent,
  presenceEvent,
  type RoutingStatusEvent,
  routingStatusEvent,
} from '../events/agent-state.ts';
import { eventLimits } from '../events/limits.ts';
import { type ConversationEvent, voiceEventSchemas } from '../events/voice.ts';
import { saidByCloud } from '../read-response.ts';
import { faultsOf } from './sending.ts';

/** Why one event of a batch was not accepted. */
export interface EventRejection {
  /** Free text of the cloud, without what tells of a person, at most 300 characters; there is no code. */
  readonly message: string;
  /** Whether the same event may be sent again. */
  readonly retryable: boolean;
}

export interface EventBatchResult {
  /** By event ID; an event that is not here was accepted. */
  readonly rejected: ReadonlyMap<string, EventRejection>;
  /** Rejections that name no event, as the contract allows; some events of the batch were not accepted. */
  readonly unattributed: readonly EventRejection[];
  /**
   * Whether the batch was sent more than once because an answer was lost: then a rejection may only say that
   * the first sending had been accepted.
   */
  readonly repeated: boolean;
  readonly correlationId: string | undefined;
}

// `errors` as [], null or absent, and no body at all, mean that all events were accepted.
const batchResponse = z.preprocess(
  (body) => body ?? {},
  z.looseObject({
    errors: z
      .array(
        z.looseObject({
          eventId: z.string().optional(),
          message: z.string().optional(),
          retryable: z.boolean().optional(),
        }),
      )
      .optional(),
  }),
);

function eventOperation(name: string, path: string): Operation<z.output<typeof batchResponse>> {
  // The event IDs in the body stay the same, so that a repeat can be recognised.
  return operation({
    name,
    method: 'POST',
    path,
    repeatable: true,
    priority: 'events',
    answer: batchResponse,
  });
}
const postConversations = eventOperation('postEventsConversations', '/events/conversations');
const postPresence = eventOperation('postEventsUsersPresence', '/events/users/presence');
const postRoutingStatus = eventOperation('postEventsUsersRoutingstatus', '/events/users/routingstatus');

interface Checked<T> {
  readonly valid: readonly T[];
  readonly rejected: Map<string, EventRejection>;
}

export class EventOperations {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /**
   * Injects conversation events. An event that breaks the contract is not sent but comes back as rejected for good.
   * @param events at most 100, together at most 512,000 bytes
   * @throws CloudError when the whole request failed; `outcomeUnknown` says that it may have been carried out
   */
  conversations(events: readonly ConversationEvent[], options?: CallOptions): Promise<EventBatchResult> {
    const { valid, rejected } = check(
      events,
      ({ kind }) => voiceEventSchemas[kind],
      (e) => e.event,
    );
    const body: Record<string, unknown[]> = {};
    for (const { kind, event } of valid) {
      const list = body[kind] ?? [];
      list.push(event);
      body[kind] = list;
    }
    return this.#send(postConversations, events.length, valid.length, body, rejected, options);
  }

  /** Injects presences; see `conversations`. */
  presence(events: readonly PresenceEvent[], options?: CallOptions): Promise<EventBatchResult> {
    const { valid, rejected } = check(
      events,
      () => presenceEvent,
      (event) => event,
    );
    const body = { userPresenceEvents: valid };
    return this.#send(postPresence, events.length, valid.length, body, rejected, options);
  }

  /** Injects routing statuses; see `conversations`. */
  routingStatus(events: readonly RoutingStatusEvent[], options?: CallOptions): Promise<EventBatchResult> {
    const { valid, rejected } = check(
      events,
      () => routingStatusEvent,
      (event) => event,
    );
    const body = { userRoutingStatusEvents: valid };
    return this.#send(postRoutingStatus, events.length, valid.length, body, rejected, options);
  }

  async #send(
    described: Operation<z.output<typeof batchResponse>>,
    given: number,
    count: number,
    body: object,
    rejected: Map<string, EventRejection>,
    options: CallOptions | undefined,
  ): Promise<EventBatchResult> {
    const json = JSON.stringify(body);
    const bytes = Buffer.byteLength(json);
    if (given > eventLimits.events || bytes > eventLimits.bytes || count === 0) {
      options?.permit?.release(false);
      if (count > 0) throw tooMuch(described.name, `${given} events in ${bytes} bytes`);
      return { rejected, unattributed: [], repeated: false, correlationId: undefined };
    }
    const result = await this.#caller.callWithResult(described, { json }, options);
    const unattributed: EventRejection[] = [];
    for (const { eventId, message: text = '', retryable = false } of result.value.errors ?? []) {
      const message = saidByCloud(text);
      if (eventId === undefined) unattributed.push({ message, retryable });
      else rejected.set(eventId, { message, retryable });
    }
    return { rejected, unattributed, repeated: result.repeated, correlationId: result.correlationId };
  }
}

function check<T>(
  events: readonly T[],
  schemaOf: (event: T) => z.ZodType,
  fieldsOf: (event: T) => { readonly eventId: string },
): Checked<T> {
  const rejected = new Map<string, EventRejection>();
  const valid = events.filter((event) => {
    const fields = fieldsOf(event);
    const result = schemaOf(event).safeParse(fields);
    if (result.success) return true;
    rejected.set(fields.eventId, { message: `not sent: ${faultsOf(result.error)}`, retryable: false });
    return false;
  });
  return { valid, rejected };
}

function tooMuch(name: string, what: string): CloudError {
  return new CloudError('cloud.request-invalid', `${name}: ${what} are too much for one request`, {
    operation: name,
  });
}
