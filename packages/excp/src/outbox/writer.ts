/**
 * Writes what became of outgoing events, in order, one write at a time: what comes meanwhile goes together. What Redis
 * does not take is kept and written later, for as long as the lease is held.
 */
import type { Clock, Timer } from '@exec/common/clock';
import { ExecError } from '@exec/common/errors';
import { isLeaseLost } from '@exec/common/leadership';
import type { RedisConnection } from '@exec/common/redis';
import type { Trouble } from '@exec/common/trouble';
import { workLoop } from '@exec/common/work-loop';
import type { ExcpKeys } from '../keys.ts';
import { letterBytes } from './dead-letter.ts';
import { type OutboxUpdate, outboxKeys, outboxValues, writeOutbox } from './outbox-script.ts';

export interface OutboxWriterOptions {
  readonly redis: Pick<RedisConnection, 'client'>;
  readonly keys: ExcpKeys;
  readonly clock: Clock;
  /** Value of the lease's token; undefined while it is not held. */
  readonly token: () => string | undefined;
  /** Says that Redis does not take what has to be written. */
  readonly trouble: Trouble;
}

interface EarlyEvents {
  readonly update: OutboxUpdate;
  readonly written: PromiseWithResolvers<void>;
}

const firstRetryMs = 100;
const longestRetryMs = 2_000;
/** What was accepted is written with the next request that is sent, or after this time. */
const doneMs = 5;
const lettersKept = 10_000;

export class OutboxWriter {
  readonly #options: OutboxWriterOptions;
  readonly #abort = new AbortController();
  readonly #open = new Set<Promise<void>>();
  readonly #wake: () => void;
  #waiting: EarlyEvents[] = [];
  /** Whether something of it cannot wait for what comes next. */
  #isUrgent = false;
  #failures = 0;
  #later: Timer | undefined;

  constructor(options: OutboxWriterOptions) {
    this.#options = options;
    this.#wake = workLoop(
      () => this.#writeAll(),
      (error) => options.trouble.failed(error),
    );
  }

  /**
   * Resolves when it is written, however often that has to be tried.
   * @throws ExecError `lease.lost`: another instance holds the lease, or this one is stopping; nothing was written
   */
  write(update: OutboxUpdate): Promise<void> {
    const written = this.#add(update);
    this.#hurry();
    return written;
  }

  /** Has it written shortly: until then what is done counts as sent, and would be repeated by a successor. */
  soon(update: OutboxUpdate): void {
    this.#add(update).catch(() => undefined);
    if (!this.#isUrgent) this.#later ??= this.#options.clock.setTimer(doneMs, () => this.#hurry());
  }

  /**
   * Resolves when everything handed over so far is written.
   * @throws ExecError `lease.lost`
   */
  async written(): Promise<void> {
    this.#hurry();
    await Promise.all(this.#open);
  }

  /** Writes what waits for at most `limitMs`; nothing is taken any more. Resolves with the number of updates left. */
  async close(limitMs: number): Promise<number> {
    const limit = this.#options.clock.setTimer(limitMs, () => this.#abort.abort(lost()));
    await this.written().catch(() => undefined);
    limit.cancel();
    const left = this.#open.size;
    this.#abort.abort(lost());
    this.#later?.cancel();
    this.#giveUp();
    return left;
  }

  #add(update: OutboxUpdate): Promise<void> {
    if (this.#abort.signal.aborted) return Promise.reject(lost());
    const written = Promise.withResolvers<void>();
    this.#waiting.push({ update, written });
    const open = written.promise;
    this.#open.add(open);
    const close = () => this.#open.delete(open);
    open.then(close, close);
    return open;
  }

  #hurry(): void {
    this.#later?.cancel();
    this.#later = undefined;
    if (this.#waiting.length === 0) return;
    this.#isUrgent = true;
    this.#wake();
  }

  async #writeAll(): Promise<void> {
    while (this.#isUrgent && this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      this.#isUrgent = false;
      try {
        await this.#write(batch.map(({ update }) => update));
      } catch (error) {
        this.#waiting.unshift(...batch);
        if (isLeaseLost(error)) this.#giveUp();
        else await this.#waitAfter(error);
        continue;
      }
      this.#failures = 0;
      this.#options.trouble.over();
      for (const { written } of batch) written.resolve();
    }
    this.#isUrgent = false;
  }

  async #write(updates: readonly OutboxUpdate[]): Promise<void> {
    const { redis, keys, token } = this.#options;
    const held = token();
    if (held === undefined || this.#abort.signal.aborted) throw lost();
    const answer = await writeOutbox(
      redis,
      outboxKeys(keys),
      {
        token: held,
        keptMost: lettersKept,
        letterBytes,
      },
      outboxValues(updates),
    );
    if (answer === 'fenced') throw lost();
  }

  /** Whatever the error is, it is not about what became of the events: that is kept. */
  async #waitAfter(error: unknown): Promise<void> {
    const { clock, trouble } = this.#options;
    trouble.failed(error, { 'exec.updates': this.#waiting.length });
    this.#isUrgent = true;
    const wait = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(this.#failures++, 10));
    await clock.sleep(wait, this.#abort.signal).catch(() => undefined);
  }

  #giveUp(): void {
    for (const { written } of this.#waiting.splice(0)) written.reject(lost());
  }
}

function lost(): ExecError {
  return new ExecError(
    'lease.lost',
    'Nothing was written: another instance holds the lease, or Redis is away.',
  );
}
