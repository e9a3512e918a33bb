/** A lease in Redis: one holder at a time, with a token that Redis commands compare (fencing). */

import { z } from 'zod';
import type { ExecError } from '../errors/errors.ts';
import type { Logger } from '../logging/logging.ts';
import { defineScript, type RedisConnection, redisFailure } from '../redis/index.ts';
import type { Clock, Timer } from '../time/clock.ts';
import { laterBy, type MonotonicMs, monotonicMs } from '../time/instants.ts';

export interface LeaseToken {
  /** `<owner>:<epoch>`: what the lease key holds while this token is valid. */
  readonly value: string;
  /** Rises with every change of holder. */
  readonly epoch: number;
}

export interface LeaseOptions {
  readonly redis: RedisConnection;
  /** Holds `<owner>:<epoch>` while the lease is taken. */
  readonly key: string;
  /** Remembers the highest epoch. Shares the hash tag of `key`. */
  readonly epochKey: string;
  /** INSTANCE_ID and a part that is new at each start of the process. */
  readonly owner: string;
  /** Life of the lease without renewal, in milliseconds; default 3000. */
  readonly ttlMs?: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

const acquire = defineScript({
  name: 'lease-acquire',
  keys: ['lease', 'counter'],
  args: ['owner', 'ttl'],
  // The epoch follows the server's clock so that it rises even when Redis lost its data.
  lua: `
local held = redis.call('GET', lease)
if held then
  if string.sub(held, 1, #owner + 1) ~= owner .. ':' then return false end
  redis.call('PEXPIRE', lease, ttl)
  return string.sub(held, #owner + 2)
end
local time = redis.call('TIME')
local epoch = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local last = tonumber(redis.call('GET', counter) or '0')
if epoch <= last then epoch = last + 1 end
local text = string.format('%d', epoch)
redis.call('SET', counter, text)
redis.call('SET', lease, owner .. ':' .. text, 'PX', ttl)
return text`,
  result: z.union([z.null(), z.string().regex(/^\d+$/).transform(Number)]),
});

const release = defineScript({
  name: 'lease-release',
  keys: ['lease'],
  args: ['owner'],
  lua: `
local held = redis.call('GET', lease)
if not held or string.sub(held, 1, #owner + 1) ~= owner .. ':' then return 0 end
return redis.call('DEL', lease)`,
  result: z.number(),
});

/** Part of the ttl after which the holder stops believing in it: its own clock may run a little slow. */
const safeShare = 0.85;

/**
 * @rule A lease is believed in for 85 % of its life, and a stale holder cannot write.
 * @test lease.test.ts: gives a stale holder no way to write
 * @test lease.test.ts: is no longer believed in after its life, however long the process slept
 * @page docs/decisions/0004-lease-outbox-derived-ids.md
 */
export class Lease {
  readonly #options: LeaseOptions;
  readonly #ttlMs: number;
  readonly #listeners = new Set<(token: LeaseToken | undefined) => void>();
  readonly #onAnswer = new Set<(error: ExecError | undefined) => void>();
  #token: LeaseToken | undefined;
  /** Monotonic time at which the token ends unless renewed. */
  #deadline = monotonicMs(0);
  #renewal: Timer | undefined;
  #expiry: Timer | undefined;
  #running = false;
  #attempt: Promise<void> = Promise.resolve();

  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#ttlMs = options.ttlMs ?? 3000;
  }

  /** Begins to try; harmless when called again. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#attempt = this.#try();
  }

  /**
   * Undefined when the lease is not held, or not surely any more: counted from before the last successful
   * renewal was sent, on a clock that never jumps, so that a pause of the process ends it as well.
   */
  get token(): LeaseToken | undefined {
    if (this.#token !== undefined && this.#options.clock.monotonic() >= this.#deadline) this.#set(undefined);
    return this.#token;
  }

  /** Calls `listener` whenever the lease is won or lost; the answer ends that. */
  onChange(listener: (token: LeaseToken | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Calls `listener` after each attempt: undefined when Redis answered it, whoever holds the lease. */
  onAttempt(listener: (error: ExecError | undefined) => void): () => void {
    this.#onAnswer.add(listener);
    return () => void this.#onAnswer.delete(listener);
  }

  /** Gives the lease up and leaves it to another, for twice its life: then it is asked for again. Never throws. */
  giveWay(): void {
    this.#attempt = this.#attempt.then(async () => {
      this.#renewal?.cancel();
      this.#set(undefined);
      if (!this.#running) return;
      await this.#release();
      if (this.#running) this.#tryAfter(2 * this.#ttlMs);
    });
  }

  /** Stops trying and gives the lease up, so that another takes over at once. Never throws. */
  async stop(): Promise<void> {
    if (!this.#running) return;
    this.#running = false;
    this.#renewal?.cancel();
    await this.#attempt;
    this.#set(undefined);
    // Also when it is not believed to be held: an attempt whose answer was lost may have won it.
    await this.#release();
  }

  async #release(): Promise<void> {
    const { redis, key, owner, logger } = this.#options;
    await release(redis, { lease: key }, { owner }).catch((error: unknown) => {
      logger.warn({ err: error, 'exec.lease': key }, 'The lease could not be released; it ends by itself');
    });
  }

  async #try(): Promise<void> {
    const { clock } = this.#options;
    const sent = clock.monotonic();
    const token = await this.#acquire();
    // Without an answer (Redis is away or late, its connection says so) the token lives until its deadline.
    if (token === null) this.#set(undefined);
    else if (token !== undefined) this.#hold(token, laterBy(sent, this.#ttlMs * safeShare));
    if (!this.#running) return;
    // Counted from the sending: after an answer that took its time the next attempt follows at once.
    this.#tryAfter(Math.max(0, sent + this.#ttlMs / 3 - clock.monotonic()));
  }

  #tryAfter(ms: number): void {
    this.#renewal = this.#options.clock.setTimer(ms, () => {
      this.#attempt = this.#try();
    });
  }

  /** Null: another holds it. Undefined: no answer. */
  async #acquire(): Promise<LeaseToken | null | undefined> {
    const { redis, key, epochKey, owner } = this.#options;
    try {
      const epoch = await acquire(redis, { lease: key, counter: epochKey }, { owner, ttl: this.#ttlMs });
      this.#tell(undefined);
      return epoch === null ? null : { value: `${owner}:${epoch}`, epoch };
    } catch (error) {
      this.#tell(redisFailure(error, 'ask for the lease'));
      return undefined;
    }
  }

  #tell(error: ExecError | undefined): void {
    for (const listener of [...this.#onAnswer]) listener(error);
  }

  #hold(token: LeaseToken, deadline: MonotonicMs): void {
    if (deadline <= this.#options.clock.monotonic()) return;
    this.#deadline = deadline;
    this.#watchDeadline();
    if (this.#token?.value !== token.value) this.#set(token);
  }

  #watchDeadline(): void {
    this.#expiry?.cancel();
    const { clock } = this.#options;
    const remaining = Math.ceil(this.#deadline - clock.monotonic());
    this.#expiry = clock.setTimer(remaining, () => {
      // Timers may fire a fraction of a millisecond early.
      if (this.token !== undefined) this.#watchDeadline();
    });
  }

  #set(token: LeaseToken | undefined): void {
    if (this.#token === token) return;
    this.#token = token;
    if (token === undefined) this.#expiry?.cancel();
    const { logger, key } = this.#options;
    if (token === undefined) logger.info({ 'exec.lease': key }, 'Lease lost or given up');
    else logger.info({ 'exec.lease': key, 'exec.epoch': token.epoch }, 'Lease won');
    for (const listener of [...this.#listeners]) listener(token);
  }
}
