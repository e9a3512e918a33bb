/** Reads the stream of events and gives its entries out in the order in which they are dealt with. */

import { once } from 'node:events';
import type { Formats } from '@exec/common/formats';
import { latest, type StreamMs } from '@exec/common/instants';
import type { Logger } from '@exec/common/logging';
import type { RedisConnection } from '@exec/common/redis';
import type { Redis } from 'ioredis';
import type { ExcpKeys } from '../keys.ts';
import { type Arrival, ArrivalOrder, type Outage } from './arrival-order.ts';
import { readStream, type StreamEntry } from './store.ts';
import type { StreamClock } from './stream-clock.ts';

export interface InStreamOptions {
  readonly redis: RedisConnection;
  readonly keys: ExcpKeys;
  readonly formats: Formats;
  readonly logger: Logger;
  readonly streamClock: StreamClock;
  /** When this instance had no connection to Redis last, for a second or more. */
  readonly outage: () => Outage | undefined;
}

export interface ReadOptions {
  /** Stream time at which something is to be done even if nothing comes. */
  readonly dueAt: StreamMs | undefined;
  /** Whether silence means that nothing happened: nothing waits to be stored. */
  readonly silenceCounts: boolean;
  readonly signal: AbortSignal;
}

const entriesPerRead = 500;
const longestBlockMs = 1_000;
/** What waits in memory, or is kept back, may end the wait that is due: it is looked again after this time. */
const soonMs = 100;
/** A connection is there within this time, or something is wrong. */
const connectMs = 1_000;

export class InStream {
  readonly #options: InStreamOptions;
  readonly #reader: Redis;
  readonly #order = new ArrivalOrder();
  /** The newest entry that was read, and stream time of its storing. */
  #after = '0';
  #newest: StreamMs;
  #quietUntil: StreamMs | undefined;
  #saidKept = false;

  constructor(options: InStreamOptions) {
    this.#options = options;
    this.#reader = options.redis.blocking();
    this.#newest = options.streamClock.place;
  }

  /** How many entries are read at once. */
  static readonly page = entriesPerRead;

  close(): void {
    this.#reader.disconnect();
  }

  /** Whether something is to be dealt with. */
  get isReady(): boolean {
    return this.#order.isReady;
  }

  get #keepsBack(): boolean {
    return this.#order.keptSince !== undefined;
  }

  /** The newest entry that was read; undefined while what was read is still to be dealt with. */
  get readTo(): string | undefined {
    return this.#order.isReady ? undefined : this.#after;
  }

  /** The next entry that is to be dealt with. */
  take(): Arrival | undefined {
    return this.#order.take();
  }

  /** Stream time until which nothing came, if that is known since the last look. */
  takeQuiet(): StreamMs | undefined {
    const until = this.#quietUntil;
    this.#quietUntil = undefined;
    return until;
  }

  /** What was given out has been dealt with. */
  dealtWith(): void {
    if (!this.isReady) this.#options.streamClock.dealtUpTo(this.#order.keptSince ?? this.#newest);
  }

  /**
   * Reads on, and waits until something comes or is due.
   * @throws what Redis answers
   */
  async read(o: ReadOptions): Promise<readonly StreamEntry[]> {
    const { keys, formats, streamClock } = this.#options;
    if (streamClock.now === undefined) await streamClock.look();
    const untilDue = o.dueAt === undefined ? longestBlockMs : o.dueAt - (streamClock.now ?? o.dueAt);
    const shortest = o.silenceCounts && !this.#keepsBack ? 1 : soonMs;
    const block = Math.min(longestBlockMs, Math.max(shortest, untilDue));
    await this.#untilConnected(o.signal);
    const entries = await readStream(formats, this.#reader, keys.in, this.#after, entriesPerRead, block);
    if (entries.length === 0) this.#nothingNew(o.silenceCounts);
    return entries;
  }

  /** Puts what was read into the order in which it is dealt with. */
  add(entries: readonly StreamEntry[]): void {
    const { streamClock } = this.#options;
    const outage = this.#options.outage();
    if (outage !== undefined) this.#order.wasAway(outage);
    for (const stored of entries) {
      const { storedAt, arrived } = streamClock.timesOf(stored.id, stored.waited, this.#newest);
      this.#newest = latest(this.#newest, storedAt);
      this.#order.add(stored, arrived, storedAt);
    }
    this.#after = entries.at(-1)?.id ?? this.#after;
    this.#sayKept();
  }

  /** All that is in the stream has been read: what is kept back may have been so long enough, or time passes. */
  #nothingNew(silenceCounts: boolean): void {
    const { now } = this.#options.streamClock;
    if (now === undefined) return;
    this.#order.readTo(now);
    if (silenceCounts && !this.#order.isReady && !this.#keepsBack) this.#quietUntil = now;
    this.#sayKept();
  }

  /** For some seconds nothing is told to the cloud: whoever reads the log should know why. */
  #sayKept(): void {
    const keepsBack = this.#keepsBack;
    if (keepsBack && !this.#saidKept)
      this.#options.logger.info(
        'Redis was away: events are kept back for some seconds, then dealt with in the order in which they happened',
      );
    this.#saidKept = keepsBack;
  }

  /** A connection of a new term is still on its way; one that does not come is said by what is asked of it. */
  async #untilConnected(signal: AbortSignal): Promise<void> {
    if (this.#reader.status === 'ready') return;
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(connectMs)]);
    await once(this.#reader, 'ready', { signal: inTime }).catch(() => undefined);
  }
}
