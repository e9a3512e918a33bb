/** Takes events from the links at once and brings them into the stream as fast as Redis allows, within bounds. */

import type { Clock } from '@exec/common/clock';
import { ExecError } from '@exec/common/errors';
import type { Formats } from '@exec/common/formats';
import type { Dependency } from '@exec/common/http';
import { type EngageMicros, laterBy, type MonotonicMs } from '@exec/common/instants';
import type { Logger } from '@exec/common/logging';
import { Machine, type MachineMetrics } from '@exec/common/machine';
import type { RedisConnection } from '@exec/common/redis';
import type { ExcpKeys } from '../keys.ts';
import { Backlog, bytesOf, type Offer } from './backlog.ts';
import { claim } from './claim-script.ts';
import {
  type ClaimerEffect,
  type ClaimerInput,
  type ClaimerState,
  type ClaimerTimer,
  type ClaimerWaits,
  nextClaimer,
} from './claimer-state.ts';

export interface ClaimLimits {
  /** Entries of the stream, and bytes of them, beyond which no new call is taken. */
  readonly streamOpens: number;
  readonly streamOpensBytes: number;
  /** Entries of the stream, and bytes of them, beyond which nothing is taken. */
  readonly stream: number;
  readonly streamBytes: number;
  /** The same for events that wait in memory for Redis, in number and in bytes. */
  readonly backlogOpens: number;
  readonly backlogOpensBytes: number;
  readonly backlog: number;
  readonly backlogBytes: number;
  /** Events of one claim. */
  readonly batch: number;
  /** How long a claimed event is remembered at least, milliseconds. */
  readonly seenMs: number;
  /** Minutes of event time of which claimed events are remembered at least. */
  readonly seenMinutes: number;
  /** Events kept to be claimed again when Redis comes back, in case it lost its newest data. */
  readonly recent: number;
  readonly recentBytes: number;
  readonly recentMs: number;
}

export const defaultClaimLimits: ClaimLimits = {
  streamOpens: 100_000,
  streamOpensBytes: 96 * 1024 * 1024,
  stream: 120_000,
  streamBytes: 128 * 1024 * 1024,
  backlogOpens: 20_000,
  backlogOpensBytes: 24 * 1024 * 1024,
  backlog: 30_000,
  backlogBytes: 32 * 1024 * 1024,
  batch: 200,
  seenMs: 3_660_000,
  seenMinutes: 70,
  recent: 20_000,
  recentBytes: 16 * 1024 * 1024,
  recentMs: 30_000,
};

export interface ClaimMetrics {
  duplicate(): void;
  /** A whole call was shed. */
  shed(): void;
}

export interface ClaimerOptions {
  readonly redis: RedisConnection;
  readonly keys: ExcpKeys;
  readonly formats: Formats;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: ClaimMetrics;
  readonly machines?: MachineMetrics | undefined;
  /** Down while Redis takes no events; they wait meanwhile. */
  readonly health: Dependency;
  readonly limits?: Partial<ClaimLimits>;
}

/** Events of a call that is left out are refused this long after the newest such call. */
export const shedMs = 3_600_000;
/** What is remembered of claims goes when nothing has been claimed for so long. */
const expiryMs = 8 * 86_400_000;
const waits: ClaimerWaits = { rest: 2, retry: 200 };
const worthSayingMs = 100;

export class Claimer {
  readonly #options: ClaimerOptions;
  readonly #limits: ClaimLimits;
  readonly #backlog: Backlog;
  readonly #recent: { readonly offer: Offer; readonly at: MonotonicMs }[] = [];
  #recentBytes = 0;
  readonly #stopListening: () => void;
  readonly #machine: Machine<ClaimerState, ClaimerInput, ClaimerEffect, ClaimerTimer>;
  readonly #closed = Promise.withResolvers<void>();
  /** Those who wait until nothing is being claimed. */
  #whenIdle: (() => void)[] = [];
  /** Code of why events wait, as it was said last; undefined while they do not. */
  #saidCode: string | undefined;

  constructor(options: ClaimerOptions) {
    this.#options = options;
    this.#limits = { ...defaultClaimLimits, ...options.limits };
    this.#backlog = new Backlog({
      limits: this.#limits,
      formats: options.formats,
      onShed: (call) => this.#wasShed(call),
      now: () => options.clock.now(),
    });
    const { clock, logger, machines: metrics } = options;
    this.#machine = new Machine<ClaimerState, ClaimerInput, ClaimerEffect, ClaimerTimer>({
      name: 'claimer',
      initial: { phase: 'idle' },
      next: (state, input) => nextClaimer(state, input, waits),
      carryOut: (effect) => (effect.type === 'claim' ? void this.#claimNext() : this.#closed.resolve()),
      onStep: () => {
        if (!this.#isClaiming) for (const resolve of this.#whenIdle.splice(0)) resolve();
      },
      clock,
      logger,
      metrics,
    });
    options.health.up('no event waits');
    this.#stopListening = options.redis.onState((up) => {
      if (up) this.offerAgain();
    });
  }

  /** Events that wait for Redis. */
  get waiting(): number {
    return this.#backlog.size;
  }

  /** Never waits and never throws: what cannot be kept is shed by whole calls. */
  offer(offer: Offer): void {
    if (this.#machine.state.phase === 'closed') return;
    this.#backlog.add({ ...offer, since: this.#options.clock.monotonic() });
    if (this.#backlog.size > 0) this.#machine.input({ type: 'offered' });
  }

  /** Gives what waits one more chance, then ends: nothing is taken any more. */
  async stop(): Promise<void> {
    this.#stopListening();
    this.#machine.input({ type: 'stop', more: this.#backlog.size > 0 });
    await this.#closed.promise;
    if (this.#backlog.size > 0)
      this.#options.logger.error(
        { 'exec.events': this.#backlog.size },
        'Events that Redis did not take are lost with this process, unless the other instance has stored them',
      );
  }

  /** Redis may have lost its newest data: what was claimed lately is claimed again, before anything newer. */
  offerAgain(): void {
    this.#forgetOld();
    this.#backlog.addAgain(this.#recent.splice(0).map(({ offer }) => offer));
    this.#recentBytes = 0;
    if (this.#backlog.size > 0) this.#machine.input({ type: 'redis-back' });
  }

  /** Resolves when nothing is being claimed at this moment, nor is about to be. */
  async idle(): Promise<void> {
    if (this.#isClaiming) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  get #isClaiming(): boolean {
    const { state } = this.#machine;
    return (
      state.phase === 'claiming' || state.phase === 'closing' || (state.phase === 'resting' && state.more)
    );
  }

  get #left(): 'none' | 'some' | 'a claim' {
    const { size } = this.#backlog;
    return size === 0 ? 'none' : size < this.#limits.batch ? 'some' : 'a claim';
  }

  async #claimNext(): Promise<void> {
    const batch = this.#backlog.first(this.#limits.batch);
    try {
      this.#needsRedis();
      if (this.#take(batch, await this.#claim(batch))) {
        this.#goesOn();
        this.#machine.input({ type: 'claimed', left: this.#left });
        return;
      }
      this.#saysWhy('stream-full', undefined);
    } catch (error) {
      this.#saysWhy(codeOf(error), error);
    }
    this.#machine.input({ type: 'failed' });
  }

  /**
   * A connection carries commands a moment before it is known to be up. A claim in that moment would store newer events
   * before those that `offerAgain` brings back, so it waits. At the end of the process there is no later.
   */
  #needsRedis(): void {
    const { redis } = this.#options;
    if (redis.up || this.#machine.state.phase === 'closing') return;
    throw new ExecError('redis.unavailable', `Redis is away: ${redis.detail}`, { retryable: true });
  }

  /** Events wait: the log says it once for each reason, the health of the service as long as it lasts. */
  #saysWhy(code: string, error: unknown): void {
    const { logger, health } = this.#options;
    const why =
      error === undefined ? 'the stream of events is full' : error instanceof Error ? error.message : code;
    health.down(`${this.#backlog.size} events wait in memory: ${why}`);
    if (code === this.#saidCode) return;
    this.#saidCode = code;
    logger.error(
      {
        ...(error === undefined ? {} : { err: error }),
        'error.code': code,
        'exec.events': this.#backlog.size,
      },
      'Events cannot be stored: they wait in memory, and beyond its bounds the newest calls are shed whole',
    );
  }

  #goesOn(): void {
    this.#options.health.up('no event waits');
    if (this.#saidCode === undefined) return;
    this.#saidCode = undefined;
    this.#options.logger.info({ 'exec.events': this.#backlog.size }, 'Events are stored again');
  }

  #claim(batch: readonly Offer[]): Promise<string[]> {
    const { redis, keys } = this.#options;
    const { streamOpens, streamOpensBytes, stream, streamBytes, seenMs, seenMinutes } = this.#limits;
    return claim(
      redis,
      { stream: keys.in, size: keys.inSize, shed: keys.shed, minutes: keys.seenMinutes },
      {
        seen: keys.seen,
        expiryMs,
        seenMs,
        seenMinutes,
        shedMs,
        openLimit: streamOpens,
        openBytes: streamOpensBytes,
        limit: stream,
        limitBytes: streamBytes,
      },
      batch.flatMap((offer) => [
        offer.digest ?? '',
        offer.at === undefined ? 0 : minuteOf(offer.at),
        offer.what ?? '',
        offer.call ?? '',
        this.#waitedOf(offer),
        offer.entry,
      ]),
    );
  }

  /** Milliseconds, if it is more than a claim takes: waits are measured from when an event came, not from its storing. */
  #waitedOf({ since }: Offer): number {
    const waited = since === undefined ? 0 : Math.round(this.#options.clock.monotonic() - since);
    return waited < worthSayingMs ? 0 : waited;
  }

  /** Answers false when the stream is full: the rest has to wait. */
  #take(batch: readonly Offer[], answers: readonly string[]): boolean {
    const { metrics, clock } = this.#options;
    const taken: Offer[] = [];
    let full = false;
    for (const [index, offer] of batch.entries()) {
      const answer = answers[index];
      if (answer === 'full') {
        full = true;
        continue;
      }
      taken.push(offer);
      if (answer === 'dup') metrics.duplicate();
      else if (answer === 'shed-now') this.#wasShed(offer.call ?? '');
      // A snapshot is only right at its time; a newer one is asked for when data was lost.
      if (offer.digest === undefined) continue;
      this.#recent.push({ offer, at: clock.monotonic() });
      this.#recentBytes += bytesOf(offer);
    }
    this.#backlog.remove(taken);
    this.#forgetOld();
    return !full;
  }

  #forgetOld(): void {
    const { recent, recentBytes, recentMs } = this.#limits;
    const oldest = laterBy(this.#options.clock.monotonic(), -recentMs);
    let outdated = 0;
    for (const { offer, at } of this.#recent) {
      const tooMany = this.#recent.length - outdated > recent || this.#recentBytes > recentBytes;
      if (!tooMany && at >= oldest) break;
      this.#recentBytes -= bytesOf(offer);
      outdated++;
    }
    this.#recent.splice(0, outdated);
  }

  #wasShed(call: string): void {
    this.#options.metrics.shed();
    this.#options.logger.warn({ 'exec.call_uuid': call }, 'A call is shed because a bound was reached');
  }
}

/** Minutes since 1970, of an event time. */
function minuteOf(at: EngageMicros): number {
  return Math.floor(at / 60_000_000);
}

function codeOf(error: unknown): string {
  return error instanceof ExecError ? error.code : 'unexpected';
}
