/** A cloud and a Redis in memory for tests of the outbox: they fail when the test says so, and keep a history. */
import type { Clock } from '@exec/common/clock';
import { CloudError, type ConversationEvent, type EventBatchResult } from '@exec/common/genesys-cloud';
import type { RedisConnection } from '@exec/common/redis';
import type { OutboxEntry } from '../outbox/entry.ts';
import type { EventSink } from '../outbox/sender.ts';

/** What happens to a request. */
export type RequestFault =
  | 400
  | 401
  | 403
  | 413
  | 429
  | 500
  | 503
  | 'lost-before'
  | 'lost-after'
  | '500-after';

/** What happens to one event of a request. */
export type EventFault = 'later' | 'never';

export interface CloudScript {
  /** Whether an event that was accepted is refused when it comes again; else it is dropped in silence. */
  readonly refusesRepeats: boolean;
  /** Of the request with this number, from 1. */
  request(number: number, part: readonly string[]): RequestFault | undefined;
  event?(id: string, request: number): EventFault | undefined;
  /** Milliseconds until it answers. */
  delay?(number: number): number;
}

const errors: Readonly<Record<RequestFault, () => CloudError>> = {
  400: () => new CloudError('cloud.refused', 'HTTP 400'),
  401: () => new CloudError('cloud.unauthorized', 'HTTP 401'),
  403: () => new CloudError('cloud.forbidden', 'HTTP 403'),
  413: () => new CloudError('cloud.too-large', 'HTTP 413'),
  429: () => new CloudError('cloud.rate-limited', 'HTTP 429', { retryAfterMs: 1_000 }),
  500: () => new CloudError('cloud.server-error', 'HTTP 500', { outcomeUnknown: true }),
  503: () => new CloudError('cloud.unavailable', 'HTTP 503', { outcomeUnknown: true }),
  'lost-before': () => new CloudError('cloud.unavailable', 'no answer', { outcomeUnknown: true }),
  '500-after': () => errors[500](),
  'lost-after': () => new CloudError('cloud.unavailable', 'no answer', { outcomeUnknown: true }),
};

/** Accepts events of legs that were established, and knows repeats. */
export class ModelCloud implements EventSink {
  readonly accepted: ConversationEvent[] = [];
  /** IDs of the events of each request. */
  readonly requests: (readonly string[])[] = [];
  /** Events of requests of which nobody was told what came of them. */
  readonly unanswered = new Set<string>();
  /** Events whose acceptance was answered. */
  readonly confirmed = new Set<string>();
  /** What must never happen. */
  readonly broken: string[] = [];
  readonly #clock: Clock;
  readonly #entries: ReadonlyMap<string, OutboxEntry>;
  readonly #known = new Set<string>();
  readonly #legs = new Set<string>();
  readonly #busy = new Set<string>();
  script: CloudScript;
  /** Told of each request before anything comes of it. */
  onRequest: (ids: readonly string[]) => void = () => undefined;

  constructor(clock: Clock, entries: readonly OutboxEntry[], script: CloudScript) {
    this.#clock = clock;
    this.#entries = new Map(entries.map((entry) => [entry.event.event.eventId, entry]));
    this.script = script;
  }

  readonly budget = { acquire: async () => ({ tokenIndex: 0, release: () => undefined }) };

  readonly events = {
    conversations: async (
      events: readonly ConversationEvent[],
      options?: { readonly signal?: AbortSignal | undefined },
    ): Promise<EventBatchResult> => {
      const ids = events.map(({ event }) => event.eventId);
      const number = this.requests.push(ids);
      this.onRequest(ids);
      for (const id of ids)
        if (this.confirmed.has(id)) this.broken.push(`${id} is sent again after its acceptance was answered`);
      const conversations = new Set(events.map(({ event }) => event.conversationId));
      for (const id of conversations)
        if (this.#busy.has(id)) this.broken.push(`two requests of ${id} at a time`);
        else this.#busy.add(id);
      try {
        const fault = this.script.request(number, ids);
        await this.#clock.sleep(this.script.delay?.(number) ?? 0, options?.signal);
        return this.#answer(events, number, fault);
      } finally {
        for (const id of conversations) this.#busy.delete(id);
      }
    },
  };

  #answer(events: readonly ConversationEvent[], number: number, fault: RequestFault | undefined) {
    if (fault !== undefined && fault !== 'lost-after' && fault !== '500-after') {
      if (fault === 503 || fault === 'lost-before' || fault === 500) this.#unsure(events);
      throw errors[fault]();
    }
    const rejected = new Map(
      events.flatMap(({ kind, event }) => {
        const why = this.#take({ kind, event } as ConversationEvent, number);
        return why === undefined ? [] : [[event.eventId, why] as const];
      }),
    );
    if (fault !== undefined) {
      this.#unsure(events);
      throw errors[fault]();
    }
    for (const { event } of events) if (!rejected.has(event.eventId)) this.confirmed.add(event.eventId);
    return { rejected, unattributed: [], repeated: false, correlationId: undefined };
  }

  #unsure(events: readonly ConversationEvent[]): void {
    for (const { event } of events) this.unanswered.add(event.eventId);
  }

  #take(event: ConversationEvent, number: number) {
    const { eventId } = event.event;
    const entry = this.#entries.get(eventId);
    if (entry === undefined) throw new Error(`an event that nobody made: ${eventId}`);
    if (this.#known.has(eventId))
      return this.script.refusesRepeats ? { message: 'repeated', retryable: false } : undefined;
    const fault = this.script.event?.(eventId, number);
    if (fault !== undefined) return { message: fault, retryable: fault === 'later' };
    const leg = `${entry.conversation} ${entry.legs[0]}`;
    if (entry.establishes) this.#legs.add(leg);
    else if (!this.#legs.has(leg)) return { message: 'the leg is unknown', retryable: false };
    this.#known.add(eventId);
    this.accepted.push(event);
    return undefined;
  }
}

/** How a call of the script fails; `lost`: it is carried out, and the answer is lost. */
export type RedisFault = 'OOM' | 'READONLY' | 'away' | 'lost';

/** What the script of the outbox does, on plain collections. */
export class ModelRedis {
  readonly out = new Set<string>();
  readonly sending = new Map<string, number>();
  readonly letters = new Map<
    string,
    { readonly leg?: string; readonly events: { event: ConversationEvent }[] }
  >();
  readonly deadLegs: Record<string, string> = {};
  lease = 'me:1';
  calls = 0;
  /** Of the call with this number, from 1. */
  fault: (number: number) => RedisFault | undefined = () => undefined;
  readonly connection: Pick<RedisConnection, 'client'>;

  constructor() {
    const evalsha = async (_sha: string, keys: number, ...values: readonly (string | number)[]) =>
      this.#run(values.slice(keys).map(String));
    this.connection = { client: { evalsha } } as unknown as Pick<RedisConnection, 'client'>;
  }

  #run([token, , , ...rest]: readonly string[]): string {
    const fault = this.fault(++this.calls);
    if (fault === 'away') throw new Error('Connection is closed.');
    if (fault === 'READONLY') throw replyError("READONLY You can't write against a read only replica.");
    const lists: (readonly string[])[] = [];
    for (let at = 0; at < rest.length; at += lists.at(-1)?.length ?? 0) {
      const count = Number(rest[at++]);
      lists.push(rest.slice(at, at + count));
    }
    const [
      done = [],
      letters = [],
      inLetters = [],
      legs = [],
      buried = [],
      unsent = [],
      floors = [],
      sending = [],
    ] = lists;
    // Deleting is allowed, and what follows it in one script.
    if (fault === 'OOM' && done.length === 0)
      throw replyError("OOM command not allowed when used memory > 'maxmemory'.");
    if (token !== this.lease) return 'fenced';
    const dealtWith = (id: string) => {
      this.out.delete(id);
      this.sending.delete(id);
    };
    done.forEach(dealtWith);
    for (const [id = '', , text = '', entry = ''] of chunks(letters, 4))
      if (this.out.has(entry)) this.letters.set(id, JSON.parse(text));
    inLetters.forEach(dealtWith);
    for (const [leg = '', id = ''] of chunks(legs, 2)) this.deadLegs[leg] = id;
    for (const [id = '', letter = '', event = ''] of chunks(buried, 3)) {
      if (this.out.has(id)) this.letters.get(letter)?.events.push(JSON.parse(event));
      dealtWith(id);
    }
    for (const id of unsent) if (this.sending.get(id) === 1) this.sending.delete(id);
    for (const [id = '', floor = ''] of chunks(floors, 2))
      if (this.out.has(id)) this.sending.set(id, Math.max(Number(floor), this.sending.get(id) ?? 0));
    for (const id of sending) if (!this.sending.has(id)) this.sending.set(id, 1);
    if (fault === 'lost') throw new Error('Command timed out');
    return 'done';
  }
}

function chunks(list: readonly string[], width: number): string[][] {
  return Array.from({ length: list.length / width }, (_, n) => list.slice(n * width, (n + 1) * width));
}

function replyError(message: string): Error {
  return Object.assign(new Error(message), { name: 'ReplyError' });
}
