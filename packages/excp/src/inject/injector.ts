/**
 * Sends voice events: at once when idle, in full batches when the budget is short; one request in flight for each
 * conversation. Only while the lease is held; what is sent is marked before, so that a successor knows repeats.
 */
import type { Clock, Timer } from '@exec/common/clock';
import { ExecError } from '@exec/common/errors';
import {
  type CallOptions,
  CloudError,
  type ConversationEvent,
  type EventBatchResult,
  type Permit,
} from '@exec/common/genesys-cloud';
import type { Logger } from '@exec/common/logging';
import type { DeadLegs } from './dead-legs.ts';
import { Lanes } from './lanes.ts';
import type { OutEntry } from './out-entry.ts';
import { type Outcome, outcomeOf, requestFailure } from './outcome.ts';
import type { Settler } from './settler.ts';

export interface EventSink {
  readonly budget: { acquire(priority: 'events', signal?: AbortSignal): Promise<Permit> };
  readonly events: {
    conversations(events: readonly ConversationEvent[], options?: CallOptions): Promise<EventBatchResult>;
  };
}

export type InjectionResult = 'accepted' | 'repeated' | 'retried' | 'dead';

export interface InjectorOptions {
  readonly cloud: EventSink;
  readonly settler: Settler;
  readonly deadLegs: DeadLegs;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Value of the lease's token; undefined while it is not held: nothing is sent. */
  readonly token: () => string | undefined;
  readonly onResult: (entry: OutEntry, result: InjectionResult) => void;
  readonly random?: () => number;
}

const batchLimits = { events: 100, bytes: 480_000, ofLane: 20 };
const maxInFlight = 8;
const requestDeadlineMs = 20_000;
const serverErrorTries = 5;
/** Refusals "for now" after which an event counts as refused for good: about a day of them. */
const mostTries = 1_500;
const longestHoldMs = 60_000;
const longestPauseMs = 30_000;

export class Injector {
  readonly #options: InjectorOptions;
  readonly #random: () => number;
  readonly #lanes = new Lanes();
  readonly #repeats = new Set<string>();
  readonly #abort = new AbortController();
  readonly #running = new Set<Promise<void>>();
  #pumping = false;
  #pausedUntil = 0;
  #pauses = 0;
  #timer: Timer | undefined;

  constructor(options: InjectorOptions) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
  }

  get size(): number {
    return this.#lanes.size;
  }

  get heldBack(): number {
    return this.#pausedUntil > this.#options.clock.monotonic() ? this.#lanes.size : this.#lanes.heldBack;
  }

  get oldest(): number | undefined {
    return this.#lanes.oldest;
  }

  /** Events of a conversation that wait to be sent, or for the answer. */
  waiting(conversation: string): readonly OutEntry[] {
    return this.#lanes.entries(conversation);
  }

  /** Entries of the out-stream, in its order. `sent`: those that an earlier holder may have sent. */
  add(entries: readonly OutEntry[], sent?: ReadonlySet<string>): void {
    for (const entry of entries) {
      if (entry.repeat || sent?.has(entry.id) === true) this.#repeats.add(entry.id);
      this.#lanes.add(entry);
    }
    this.wake();
  }

  wake(): void {
    if (this.#pumping || this.#abort.signal.aborted) return;
    this.#pumping = true;
    void this.#pump().finally(() => {
      this.#pumping = false;
    });
  }

  /** Starts no further request and waits for those on the way. */
  async stop(): Promise<void> {
    this.#abort.abort(new ExecError('service.unavailable', 'The service is stopping.'));
    this.#timer?.cancel();
    await Promise.allSettled(this.#running);
  }

  get #maySend(): boolean {
    return !this.#abort.signal.aborted && this.#options.token() !== undefined;
  }

  async #pump(): Promise<void> {
    const { clock, cloud } = this.#options;
    this.#timer?.cancel();
    for (;;) {
      const now = clock.monotonic();
      if (now < this.#pausedUntil) break;
      this.#lanes.release(now);
      if (!this.#maySend || this.#running.size >= maxInFlight || !this.#lanes.hasReady) break;
      let permit: Permit;
      try {
        permit = await cloud.budget.acquire('events', this.#abort.signal);
      } catch (error) {
        if (this.#abort.signal.aborted) return;
        this.#pause(error);
        break;
      }
      const batch = this.#maySend ? this.#lanes.take(batchLimits) : [];
      if (batch.length === 0) permit.release(false);
      else this.#track(this.#send(batch, permit));
    }
    this.#wakeForLater();
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => {
      this.#running.delete(tracked);
      this.wake();
    });
    this.#running.add(tracked);
  }

  #wakeForLater(): void {
    if (this.#abort.signal.aborted || this.#lanes.size === 0) return;
    const next = Math.max(this.#pausedUntil, this.#lanes.hasReady ? 0 : (this.#lanes.nextRelease ?? 0));
    const now = this.#options.clock.monotonic();
    if (next <= now) return;
    this.#timer?.cancel();
    this.#timer = this.#options.clock.setTimer(next - now, () => this.wake());
  }

  async #send(batch: readonly OutEntry[], permit: Permit): Promise<void> {
    const conversations = new Set(batch.map((entry) => entry.conversation));
    try {
      const { diverted, sendable } = this.#options.deadLegs.divide(batch);
      if (diverted.length > 0) await this.#bury(diverted);
      const settled = new Map<string, Set<OutEntry>>();
      for (const entry of diverted) addTo(settled, entry);
      const holds = new Map<string, Hold>();
      if (sendable.length > 0) {
        await this.#options.settler.write({ sending: sendable.map((entry) => entry.id) });
        await this.#deliver(sendable, { settled, holds, permit, tries: 1 });
      }
      for (const conversation of conversations)
        this.#lanes.settle(conversation, settled.get(conversation) ?? new Set(), holds.get(conversation));
      this.#pauses = 0;
    } catch (error) {
      this.#lanes.giveBack(conversations);
      if (!(error instanceof ExecError && error.code === 'lease.lost')) this.#pause(error);
    } finally {
      permit.release(false);
    }
  }

  async #deliver(entries: readonly OutEntry[], request: RequestState): Promise<void> {
    // A pause of the process may have ended the lease: then the successor sends.
    if (this.#options.token() === undefined)
      throw new ExecError('lease.lost', 'The lease is no longer held.');
    let result: EventBatchResult;
    try {
      result = await this.#options.cloud.events.conversations(
        entries.map((entry) => entry.event),
        { permit: request.permit, deadlineMs: requestDeadlineMs, signal: this.#abort.signal },
      );
    } catch (error) {
      await this.#failed(entries, request, error);
      return;
    }
    for (const [conversation, list] of Map.groupBy(entries, (entry) => entry.conversation))
      await this.#settle(
        conversation,
        outcomeOf(list, result, (entry) => this.#repeats.has(entry.id)),
        request,
        result.correlationId,
      );
  }

  async #failed(entries: readonly OutEntry[], request: RequestState, error: unknown): Promise<void> {
    if (!(error instanceof CloudError)) throw error;
    if (error.outcomeUnknown || error.code === 'cloud.server-error')
      for (const entry of entries) this.#repeats.add(entry.id);
    const failure = requestFailure(error);
    if (failure === 'hold') throw error;
    if (failure === 'try' && request.tries < serverErrorTries) {
      await this.#options.clock.sleep(this.#jitter(500 * 2 ** request.tries), this.#abort.signal);
      await this.#deliver(entries, { ...request, permit: undefined, tries: request.tries + 1 });
      return;
    }
    const [first] = entries;
    if (entries.length === 1 && first !== undefined) {
      await this.#settle(
        first.conversation,
        { accepted: [], repeated: [], refused: [{ entry: first, reason: error.message }], again: undefined },
        request,
        error.correlationId,
      );
      return;
    }
    const middle = Math.ceil(entries.length / 2);
    const rest = { ...request, permit: undefined, tries: 1 };
    await this.#deliver(entries.slice(0, middle), rest);
    // What waits for a refused predecessor, or lost its leg, is not sent with the second half.
    const { diverted, sendable } = this.#options.deadLegs.divide(entries.slice(middle));
    if (diverted.length > 0) await this.#bury(diverted);
    for (const entry of diverted) addTo(request.settled, entry);
    const open = sendable.filter((entry) => !request.holds.has(entry.conversation));
    if (open.length > 0) await this.#deliver(open, rest);
  }

  async #settle(
    conversation: string,
    outcome: Outcome,
    request: RequestState,
    correlationId: string | undefined,
  ): Promise<void> {
    const { onResult, settler, clock, logger } = this.#options;
    let { again } = outcome;
    const refused = [...outcome.refused];
    if (again !== undefined && this.#lanes.tries(conversation) >= mostTries) {
      refused.push(again);
      again = undefined;
    }
    const done = [...outcome.accepted, ...outcome.repeated];
    for (const entry of done) {
      addTo(request.settled, entry);
      this.#repeats.delete(entry.id);
    }
    for (const entry of outcome.accepted) onResult(entry, 'accepted');
    for (const entry of outcome.repeated) onResult(entry, 'repeated');
    if (done.length > 0) settler.done(done.map((entry) => entry.id));
    for (const { entry, reason } of refused) {
      addTo(request.settled, entry);
      if (this.#options.deadLegs.divide([entry]).diverted.length > 0) {
        await this.#bury([entry]);
        continue;
      }
      logger.error(
        {
          'exec.conversation_id': entry.event.event.conversationId,
          'trace.id': correlationId,
          'exec.event': entry.event.kind,
        },
        `Genesys Cloud refused an event for good; it is kept as a dead letter: ${reason}`,
      );
      await settler.write(this.#options.deadLegs.refused(entry, reason, correlationId));
      this.#repeats.delete(entry.id);
      onResult(entry, 'dead');
    }
    if (again === undefined) return;
    onResult(again.entry, 'retried');
    logger.warn(
      { 'exec.conversation_id': again.entry.event.event.conversationId, 'trace.id': correlationId },
      `Genesys Cloud refused an event for now: ${again.reason}`,
    );
    const wait = Math.min(longestHoldMs, 1_000 * 2 ** Math.min(this.#lanes.tries(conversation), 10));
    request.holds.set(conversation, {
      until: clock.monotonic() + this.#jitter(wait),
      accepted: Math.max(0, ...done.map((entry) => entry.at)),
    });
  }

  /** Events of a leg that could not be established join its dead letter. */
  async #bury(entries: readonly OutEntry[]): Promise<void> {
    await this.#options.settler.write(await this.#options.deadLegs.buried(entries));
    for (const entry of entries) {
      this.#repeats.delete(entry.id);
      this.#options.onResult(entry, 'dead');
    }
  }

  /** Nothing can be sent for a while. */
  #pause(error: unknown): void {
    if (this.#abort.signal.aborted) return;
    const { clock, logger } = this.#options;
    const after = error instanceof CloudError ? error.retryAfterMs : undefined;
    const wait = after ?? Math.min(longestPauseMs, 500 * 2 ** Math.min(this.#pauses, 10));
    this.#pauses++;
    this.#pausedUntil = clock.monotonic() + this.#jitter(wait);
    logger.warn(
      { err: error, 'exec.events': this.#lanes.size },
      'Events are held: nothing can be sent at present',
    );
  }

  #jitter(ms: number): number {
    return ms * (0.5 + this.#random() / 2);
  }
}

/** A conversation that waits: until when (monotonic), and what was accepted of it meanwhile (time, ms). */
interface Hold {
  readonly until: number;
  readonly accepted: number;
}

interface RequestState {
  /** What is dealt with, by conversation. */
  readonly settled: Map<string, Set<OutEntry>>;
  readonly holds: Map<string, Hold>;
  /** Place in the budget, used by the first request. */
  readonly permit: Permit | undefined;
  readonly tries: number;
}

function addTo(settled: Map<string, Set<OutEntry>>, entry: OutEntry): void {
  const set = settled.get(entry.conversation) ?? new Set<OutEntry>();
  settled.set(entry.conversation, set.add(entry));
}
