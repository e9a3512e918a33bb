/**
 * Sends voice events: at once when idle, in full batches when the budget is short; one request in flight for each
 * conversation. Only while the lease is held; what is sent is marked before, so that a successor knows repeats.
 */
import type { Clock } from '@exec/common/clock';
import { ExecError } from '@exec/common/errors';
import type { Formats } from '@exec/common/formats';
import {
  type Answer,
  type CallOptions,
  CloudError,
  type ConversationEvent,
  Dispatcher,
  deliver,
  type EventBatchResult,
  type EventBudget,
  type Permit,
} from '@exec/common/genesys-cloud';
import { isLeaseLost } from '@exec/common/leadership';
import type { Logger } from '@exec/common/logging';
import type { Trouble } from '@exec/common/trouble';
import { applyAnswer, type OutcomeOf, spread } from './answers.ts';
import { deadEvent, deadLegField, noLeg, writeDeadLetter } from './dead-letter.ts';
import type { OutboxEntry } from './entry.ts';
import type { SendQueue } from './queue.ts';
import type { OutboxWriter } from './writer.ts';

export interface EventSink {
  readonly budget: EventBudget;
  readonly events: {
    conversations(events: readonly ConversationEvent[], options?: CallOptions): Promise<EventBatchResult>;
  };
}

export type SendResult = 'accepted' | 'repeated' | 'retried' | 'dead';

export interface SenderOptions {
  readonly cloud: EventSink;
  readonly queue: SendQueue;
  readonly writer: OutboxWriter;
  readonly formats: Formats;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Value of the lease's token; undefined while nothing may be sent. */
  readonly token: () => string | undefined;
  /** Says that nothing can be sent. */
  readonly trouble: Trouble;
  /** `reason`: why it is dead. */
  readonly onResult: (entry: OutboxEntry, result: SendResult, reason?: string) => void;
  readonly random?: (() => number) | undefined;
}

const batchLimits = { events: 100, bytes: 480_000, ofConversation: 20 };
const maxInFlight = 8;
const requestDeadlineMs = 20_000;
const longestPauseMs = 30_000;

export class Sender {
  readonly #options: SenderOptions;
  readonly #random: () => number;
  readonly #dispatcher: Dispatcher<readonly OutboxEntry[]>;
  /** What is in flight is cut. */
  readonly #cut = new AbortController();
  /** Pauses in a row. */
  #pauses = 0;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
    const { cloud, queue, clock, token } = options;
    this.#dispatcher = new Dispatcher({
      budget: cloud.budget,
      clock,
      maxInFlight,
      isReady: () => {
        queue.release(clock.monotonic());
        return token() !== undefined && queue.hasReady;
      },
      take: () => {
        const batch = token() === undefined ? [] : queue.take(batchLimits);
        return batch.length === 0 ? undefined : batch;
      },
      send: (batch, permit) => this.#send(batch, permit),
      nextAt: () => (queue.size === 0 ? undefined : queue.hasReady ? 0 : (queue.nextRelease ?? 0)),
      onError: (error) => this.#pause(error),
    });
  }

  get isPaused(): boolean {
    return this.#dispatcher.isPaused;
  }

  /** Something may be sent now that could not be sent before. */
  wake(): void {
    this.#dispatcher.wake();
  }

  /** Starts no further request and waits for those in flight, at most `graceMs`; then they are cut. */
  async stop(graceMs: number): Promise<void> {
    const cut = new ExecError('service.unavailable', 'The service is stopping.');
    const limit = this.#options.clock.setTimer(graceMs, () => this.#cut.abort(cut));
    await this.#dispatcher.stop();
    limit.cancel();
  }

  async #send(batch: readonly OutboxEntry[], permit: Permit): Promise<void> {
    const { queue, writer, clock, trouble } = this.#options;
    let isMarked = false;
    try {
      await orAborted(writer.write({ sending: batch.map(({ id }) => id) }), this.#dispatcher.stopping);
      isMarked = true;
      const answers = deliver(batch, {
        send: (part, isFirst) => this.#request(part, isFirst ? permit : undefined),
        idOf: ({ event }) => event.event.eventId,
        sendable: (part) => queue.sendable(part),
        clock,
        signal: this.#dispatcher.stopping,
        random: this.#random,
      });
      for await (const answer of answers) this.#apply(answer);
      this.#pauses = 0;
      trouble.over();
    } catch (error) {
      this.#pause(error);
    } finally {
      // What the cloud has not taken for certain is no repeat, whoever sends it next.
      const unsent = queue.unsent(batch);
      if (unsent.length > 0 && isMarked) writer.soon({ unsent: unsent.map(({ id }) => id) });
      queue.finish(batch);
    }
  }

  /** @throws ExecError `lease.lost`, `service.unavailable`: nothing may be sent any more */
  async #request(entries: readonly OutboxEntry[], permit: Permit | undefined): Promise<EventBatchResult> {
    this.#dispatcher.stopping.throwIfAborted();
    // A pause of the process may have ended the lease: then the successor sends.
    if (this.#options.token() === undefined)
      throw new ExecError('lease.lost', 'The lease is no longer held.');
    const { cloud, queue } = this.#options;
    try {
      return await cloud.events.conversations(
        entries.map(({ event }) => event),
        { permit, deadlineMs: requestDeadlineMs, signal: this.#cut.signal },
      );
    } catch (error) {
      // Cut: whether it has arrived is unknown.
      if (!(error instanceof CloudError)) for (const entry of entries) queue.unknown(entry, true);
      throw error;
    }
  }

  /** Carries out what an answer leads to; the queue has changed already. */
  #apply(answer: Answer<OutboxEntry>): void {
    const { queue, clock, writer, onResult } = this.#options;
    const { correlationId } = answer;
    for (const outcome of applyAnswer(queue, answer, { now: clock.monotonic(), random: this.#random })) {
      switch (outcome.type) {
        case 'done':
          for (const entry of outcome.entries) onResult(entry, outcome.result);
          writer.soon({ done: outcome.entries.map(({ id }) => id) });
          break;
        case 'later':
          this.#later(outcome, correlationId);
          break;
        case 'dead':
          this.#bury(outcome, correlationId);
          break;
        case 'overtaken':
          writer.soon({ floors: outcome.floors });
          break;
        default:
          outcome satisfies never;
      }
    }
  }

  #later({ entry, reason, tries }: OutcomeOf<'later'>, correlationId: string | undefined): void {
    const { logger, onResult } = this.#options;
    onResult(entry, 'retried');
    // About every quarter of an hour, as long as it lasts.
    logger[tries % 20 === 1 ? 'warn' : 'debug'](
      {
        'exec.conversation_id': entry.event.event.conversationId,
        'trace.id': correlationId,
        'exec.tries': tries,
      },
      `Genesys Cloud refused an event for now: ${reason}`,
    );
  }

  /** A letter for an event that was refused for good, with what goes along with it. */
  #bury(
    { entry, letter: id, entries, deadLeg, reason }: OutcomeOf<'dead'>,
    correlationId: string | undefined,
  ): void {
    const { writer, clock, logger, onResult } = this.#options;
    const { conversation } = entry;
    const leg = deadLeg === undefined ? undefined : entry.legs[0];
    const at = clock.now();
    const text = writeDeadLetter(this.#options.formats, {
      id,
      at,
      conversation,
      leg,
      reason,
      correlationId,
      events: entries.map(deadEvent),
    });
    logger.error(
      {
        'exec.conversation_id': entry.event.event.conversationId,
        'trace.id': correlationId,
        'exec.event': entry.event.kind,
      },
      `Genesys Cloud refused an event for good; it is kept as a dead letter: ${reason}`,
    );
    writer
      .write({
        letters: [{ id, at, text, entries: entries.map((one) => one.id) }],
        deadLegs: [[deadLeg ?? deadLegField(entry.conversation, noLeg), id]],
      })
      .catch(() => undefined);
    for (const one of entries) onResult(one, 'dead', one === entry ? reason : `with its leg: ${reason}`);
  }

  /** Nothing can be sent for a while. */
  #pause(error: unknown): void {
    const { queue, trouble } = this.#options;
    if (this.#dispatcher.stopping.aborted) return;
    const after = error instanceof CloudError ? error.retryAfterMs : undefined;
    const wait = after ?? Math.min(longestPauseMs, 500 * 2 ** Math.min(this.#pauses, 10));
    this.#pauses++;
    // Who holds the lease is said elsewhere.
    if (!isLeaseLost(error)) trouble.failed(error, { 'exec.events': queue.size });
    this.#dispatcher.pause(spread(wait, this.#random));
  }
}

/** The promise, unless the signal is aborted before: then its reason is thrown. */
async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason as Error);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort);
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
