/** Takes events from the links at once and brings them into the stream as fast as Redis allows, within bounds. */
import type { Clock, Timer } from '@exec/common/clock';
import type { Logger } from '@exec/common/logging';
import type { RedisConnection } from '@exec/common/redis';
import type { ExcpKeys } from '../keys.ts';
import { Backlog, type Offer } from './backlog.ts';
import { claim } from './claim-script.ts';

export interface ClaimLimits {
  /** Entries of the stream beyond which no new call is taken. */
  readonly streamOpens: number;
  /** Entries of the stream beyond which nothing is taken. */
  readonly stream: number;
  /** The same for events that wait in memory for Redis. */
  readonly backlogOpens: number;
  readonly backlog: number;
  /** Events of one claim. */
  readonly batch: number;
  /** How long a claimed event is remembered, milliseconds. */
  readonly seenMs: number;
  /** Events kept to be claimed again when Redis comes back, in case it lost its newest data. */
  readonly recent: number;
  readonly recentMs: number;
}

export const defaultClaimLimits: ClaimLimits = {
  streamOpens: 100_000,
  stream: 120_000,
  backlogOpens: 20_000,
  backlog: 30_000,
  batch: 200,
  seenMs: 3_660_000,
  recent: 20_000,
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
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: ClaimMetrics;
  readonly limits?: Partial<ClaimLimits>;
}

const shedMs = 3_600_000;
const retryMs = 200;

export class Claimer {
  readonly #options: ClaimerOptions;
  readonly #limits: ClaimLimits;
  readonly #backlog: Backlog;
  readonly #recent: { readonly offer: Offer; readonly at: number }[] = [];
  readonly #stopListening: () => void;
  #running: Promise<void> | undefined;
  #retry: Timer | undefined;
  #stopped = false;
  #saidFull = false;

  constructor(options: ClaimerOptions) {
    this.#options = options;
    this.#limits = { ...defaultClaimLimits, ...options.limits };
    this.#backlog = new Backlog(this.#limits, (call) => this.#wasShed(call));
    this.#stopListening = options.redis.onState((up) => {
      if (up) this.#onRedisBack();
    });
  }

  /** Events that wait for Redis. */
  get waiting(): number {
    return this.#backlog.size;
  }

  /** Never waits and never throws: what cannot be kept is shed by whole calls. */
  offer(offer: Offer): void {
    if (this.#stopped) return;
    this.#backlog.add(offer);
    this.#pump();
  }

  /** Gives what waits one more chance, then ends. */
  async stop(): Promise<void> {
    this.#stopListening();
    await this.#running;
    this.#stopped = true;
    this.#retry?.cancel();
  }

  /** Resolves when nothing is being claimed at this moment. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  #pump(): void {
    if (this.#running !== undefined || this.#retry !== undefined || this.#stopped) return;
    this.#running = this.#drain().finally(() => {
      this.#running = undefined;
    });
  }

  async #drain(): Promise<void> {
    while (this.#backlog.size > 0 && !this.#stopped) {
      const batch = this.#backlog.first(this.#limits.batch);
      let answers: string[];
      try {
        answers = await this.#claim(batch);
      } catch {
        // Whether it was carried out is unknown; claiming again is harmless.
        this.#tryLater();
        return;
      }
      if (!this.#settle(batch, answers)) {
        this.#tryLater();
        return;
      }
    }
  }

  #claim(batch: readonly Offer[]): Promise<string[]> {
    const { redis, keys } = this.#options;
    const { streamOpens, stream, seenMs } = this.#limits;
    return claim(
      redis,
      { stream: keys.in, shed: keys.shed },
      { seen: keys.seen, seenMs, shedMs, openLimit: streamOpens, limit: stream },
      batch.flatMap((offer) => [
        offer.digest ?? '',
        Math.floor((offer.at ?? 0) / 60_000_000),
        offer.what ?? '',
        offer.call ?? '',
        offer.entry,
      ]),
    );
  }

  /** Answers false when the stream is full: the rest has to wait. */
  #settle(batch: readonly Offer[], answers: readonly string[]): boolean {
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
      if (offer.digest !== undefined) this.#recent.push({ offer, at: clock.monotonic() });
    }
    this.#backlog.remove(taken);
    this.#forgetOld();
    if (full && !this.#saidFull)
      this.#options.logger.error('The stream of events is full: the newest calls are shed until it empties');
    this.#saidFull = full;
    return !full;
  }

  #forgetOld(): void {
    const oldest = this.#options.clock.monotonic() - this.#limits.recentMs;
    let outdated = Math.max(0, this.#recent.length - this.#limits.recent);
    while (outdated < this.#recent.length && (this.#recent[outdated]?.at ?? oldest) < oldest) outdated++;
    if (outdated > 1_000 || outdated === this.#recent.length) this.#recent.splice(0, outdated);
  }

  #tryLater(): void {
    if (this.#stopped) return;
    this.#retry = this.#options.clock.setTimer(retryMs, () => {
      this.#retry = undefined;
      this.#pump();
    });
  }

  /** Redis may have lost its newest data: what was claimed lately is claimed again, before anything newer. */
  #onRedisBack(): void {
    this.#forgetOld();
    this.#backlog.addAgain(this.#recent.splice(0).map(({ offer }) => offer));
    this.#retry?.cancel();
    this.#retry = undefined;
    this.#pump();
  }

  #wasShed(call: string): void {
    this.#options.metrics.shed();
    this.#options.logger.warn({ 'exec.call_uuid': call }, 'A call is shed because a bound was reached');
  }
}
