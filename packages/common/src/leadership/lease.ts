/** A lease in Redis: one holder at a time, with a token that Redis commands compare (fencing). */

import { z } from 'zod';
import { ExecError } from '../errors/errors.ts';
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

/** Whether an error says that another instance holds the lease. */
export function isLeaseLost(error: unknown): boolean {
  return error instanceof ExecError && error.code === 'lease.lost';
}

/** Answers the epoch as a text; a number when another holds the lease: milliseconds until its life is over. */
const acquire = defineScript({
  name: 'lease-acquire',
  keys: ['lease', 'counter'],
  args: ['owner', 'ttl', 'above'],
  // The epoch follows the server's clock so that it rises even when Redis lost its data.
  lua: `
local held = redis.call('GET', lease)
if held then
  if string.sub(held, 1, #owner + 1) ~= owner .. ':' then return redis.call('PTTL', lease) end
  local epoch = string.sub(held, #owner + 2)
  if tonumber(epoch) > tonumber(above) then
    redis.call('PEXPIRE', lease, ttl)
    return epoch
  end
end
local time = redis.call('TIME')
local epoch = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local last = math.max(tonumber(redis.call('GET', counter) or '0'), tonumber(above))
if epoch <= last then epoch = last + 1 end
local text = string.format('%d', epoch)
redis.call('SET', counter, text)
redis.call('SET', lease, owner .. ':' .. text, 'PX', ttl)
return text`,
  result: z.union([
    z.number().transform((restMs) => ({ restMs })),
    z
      .string()
      .regex(/^\d+$/)
      .transform((epoch) => ({ epoch: Number(epoch) })),
  ]),
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

/**
 * A lease is asked for so many times in its life, by its holder and by who stands by alike, without waiting for the answer
 * to the time before: neither a renewal that Redis answers late nor one that a pause of the process has held up costs
 * more of the life than this part. At least every {@link longestEveryMs}.
 */
const timesInLife = 28;

/**
 * @rule Who stands by takes a lease within a tenth of a second after it was released, and at once when its life is over.
 * @test lease.test.ts: is taken within a tenth of a second by who stands by when it is released
 * @test lease.test.ts: is taken by who stands by when its life is over, not at the next look
 */
const longestEveryMs = 100;

/** Part of the ttl after which the holder stops believing in it: its own clock may run a little slow. */
const safeShare = 0.97;

/** Who gives way leaves the lease to another for so long at least (ms): the other one may have to come back to Redis first. */
const giveWayMs = 5_000;

/**
 * @rule A lease is believed in for 97 % of its life, and a stale holder cannot write, nor can who has won it again with
 *   what it sent before.
 * @test lease.test.ts: gives a stale holder no way to write
 * @test lease.test.ts: is won again under another token by who stopped believing in it: what was sent before is fenced
 * @test lease.test.ts: is no longer believed in after its life, however long the process slept
 * @page docs/decisions/0004-lease-outbox-derived-ids.md
 */
export class Lease {
  readonly #options: LeaseOptions;
  readonly #ttlMs: number;
  readonly #everyMs: number;
  readonly #listeners = new Set<(token: LeaseToken | undefined) => void>();
  readonly #onAnswer = new Set<(error: ExecError | undefined) => void>();
  #token: LeaseToken | undefined;
  /** The epoch that was believed in last: what was sent under it may still be carried out, so it does not come back. */
  #above = 0;
  /** Monotonic time at which the token ends unless renewed. */
  #deadline = monotonicMs(0);
  #next: Timer | undefined;
  #expiry: Timer | undefined;
  #running = false;
  /** Attempts that are not answered yet. */
  readonly #open = new Set<Promise<void>>();

  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#ttlMs = options.ttlMs ?? 3000;
    this.#everyMs = Math.min(longestEveryMs, this.#ttlMs / timesInLife);
  }

  /** Begins to try; harmless when called again. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#ask();
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

  /**
   * The connection to Redis broke: what was sent on it may still be carried out. The token is given up for another one,
   * which fences that.
   */
  renewToken(): void {
    this.#set(undefined);
    if (this.#running) this.#ask();
  }

  /** Gives the lease up and leaves it to another, for twice its life and five seconds at least. Never throws. */
  giveWay(): void {
    void this.#giveUp().then(() => {
      if (this.#running) this.#askAfter(Math.max(giveWayMs, 2 * this.#ttlMs));
    });
  }

  /** Stops trying and gives the lease up, so that another takes over at once. Never throws. */
  async stop(): Promise<void> {
    if (!this.#running) return;
    this.#running = false;
    await this.#giveUp();
  }

  async #giveUp(): Promise<void> {
    this.#next?.cancel();
    this.#next = undefined;
    await Promise.all(this.#open);
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

  #ask(): void {
    const attempt = this.#try();
    this.#open.add(attempt);
    void attempt.then(() => this.#open.delete(attempt));
    this.#askAfter(this.#everyMs);
  }

  #askAfter(ms: number): void {
    this.#next?.cancel();
    this.#next = this.#options.clock.setTimer(ms, () => this.#ask());
  }

  async #try(): Promise<void> {
    const sent = this.#options.clock.monotonic();
    const answer = await this.#acquire();
    // Without an answer (Redis is away or late, its connection says so) the token lives until its deadline.
    if (answer === undefined) return;
    if ('epoch' in answer) {
      const { epoch } = answer;
      const token = { value: `${this.#options.owner}:${epoch}`, epoch };
      this.#hold(token, laterBy(sent, this.#ttlMs * safeShare));
      return;
    }
    this.#set(undefined);
    // Its holder may be gone: then it is free before the next look is due. A lease without an end is somebody's mistake.
    const isOverSooner = answer.restMs >= 0 && answer.restMs < this.#everyMs;
    if (this.#running && this.#next !== undefined && isOverSooner) this.#askAfter(answer.restMs + 1);
  }

  /** Undefined: no answer. */
  async #acquire(): Promise<Awaited<ReturnType<typeof acquire>> | undefined> {
    const { redis, key, epochKey, owner } = this.#options;
    try {
      const args = { owner, ttl: this.#ttlMs, above: this.#above };
      const answer = await acquire(redis, { lease: key, counter: epochKey }, args);
      this.#tell(undefined);
      return answer;
    } catch (error) {
      this.#tell(redisFailure(error, 'ask for the lease'));
      return undefined;
    }
  }

  #tell(error: ExecError | undefined): void {
    for (const listener of [...this.#onAnswer]) listener(error);
  }

  #hold(token: LeaseToken, deadline: MonotonicMs): void {
    if (deadline <= this.#options.clock.monotonic() || token.epoch <= this.#above) return;
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
    if (token === undefined) this.#above = this.#token?.epoch ?? this.#above;
    this.#token = token;
    if (token === undefined) this.#expiry?.cancel();
    const { logger, key } = this.#options;
    if (token === undefined) logger.info({ 'exec.lease': key }, 'Lease lost or given up');
    else logger.info({ 'exec.lease': key, 'exec.epoch': token.epoch }, 'Lease won');
    for (const listener of [...this.#listeners]) listener(token);
  }
}
