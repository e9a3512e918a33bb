/**
 * The order in which entries of the stream are dealt with. Usually it is that of the stream. After Redis was away it is
 * not: each instance stores what it kept in memory when its own connection is back, and what one of them heard first may
 * be stored last. An instance that heard nothing meanwhile would end, by its snapshot, what the other has yet to tell. So
 * for some seconds entries are kept back, and then put into the order in which things happened.
 */

import { earliest, laterBy, latest, type StreamMs, streamMs } from '@exec/common/instants';
import { connectionOf } from '../events/engage-events.ts';
import type { StreamEntry } from './store.ts';

/** An entry that waited so long in memory says that Redis was away. */
export const awayMs = 1_000;
/** As long as the other instance's client takes to come back, and to store a full memory. */
const afterAwayMs = 10_000;
/** However often Redis is away: what is kept back goes on after this time. */
const longestMs = 20_000;
/** Bytes of entries that are kept back at most. */
const keptMostBytes = 64 * 1024 * 1024;

export interface Arrival {
  readonly stored: StreamEntry;
  /** Stream time at which it arrived, or would have if everything took as long as what came fastest. */
  readonly at: StreamMs;
}

/** Stream times. */
export interface Outage {
  readonly from: StreamMs;
  readonly to: StreamMs;
}

export class ArrivalOrder {
  readonly #mostBytes: number;
  /** To be dealt with, in their order; those before `#next` have been taken. */
  #ready: Arrival[] = [];
  #next = 0;
  /** Kept back, as they stand in the stream. */
  #kept: Arrival[] = [];
  /** Stream time of the storing of the first. */
  #keptSince = streamMs(0);
  #bytes = 0;
  /** Stream times. Entries stored since `#from` are kept back until `#until`, which is never put off beyond `#limit`. */
  #from = streamMs(0);
  #until = streamMs(0);
  #limit = streamMs(0);

  constructor(mostBytes = keptMostBytes) {
    this.#mostBytes = mostBytes;
  }

  /** Stream time at which the first of what is kept back was stored; undefined: nothing is. */
  get keptSince(): StreamMs | undefined {
    return this.#kept.length === 0 ? undefined : this.#keptSince;
  }

  /** Whether something is to be dealt with. */
  get isReady(): boolean {
    return this.#next < this.#ready.length;
  }

  /**
   * Redis was away for a second at least, or took so long. What was stored before that is not kept back.
   * @param from stream time since which an instance may keep something in memory
   * @param to stream time at which it was back
   */
  wasAway({ from, to }: Outage): void {
    if (to >= this.#until) {
      this.#from = from;
      this.#until = laterBy(to, afterAwayMs);
      this.#limit = laterBy(to, longestMs);
      return;
    }
    this.#from = earliest(this.#from, from);
    this.#until = earliest(latest(this.#until, laterBy(to, afterAwayMs)), this.#limit);
  }

  /**
   * Takes the next entry of the stream.
   * @rule After Redis was away events are dealt with in the order in which they happened, ten seconds later, whichever
   *   instance stored them first.
   * @test processor/arrival-order.test.ts: what one instance stores late comes before what the other heard later
   * @param arrived stream time at which it came to the instance that stored it, or later
   * @param storedAt stream time at which it was stored
   */
  add(stored: StreamEntry, arrived: StreamMs, storedAt: StreamMs): void {
    this.readTo(storedAt);
    if (stored.waited >= awayMs) this.wasAway({ from: storedAt, to: storedAt });
    if (this.#kept.length === 0) {
      if (storedAt < this.#from || storedAt >= this.#until) {
        this.#ready.push({ stored, at: arrived });
        return;
      }
      this.#keptSince = storedAt;
    }
    this.#kept.push({ stored, at: arrived });
    this.#bytes += stored.text.length;
    if (this.#bytes > this.#mostBytes) this.#release();
  }

  /** All that was stored until `now` has been added. */
  readTo(now: StreamMs): void {
    if (this.#kept.length > 0 && now >= this.#until) this.#release();
  }

  /** The next one that is to be dealt with. */
  take(): Arrival | undefined {
    const next = this.#ready[this.#next++];
    if (next === undefined) {
      this.#ready = [];
      this.#next = 0;
    }
    return next;
  }

  #release(): void {
    for (const arrival of inOrder(this.#kept)) this.#ready.push(arrival);
    this.#kept = [];
    this.#bytes = 0;
  }
}

/**
 * By the SIP Server's clock, which is the same for both instances: when an entry arrived is only an estimate, too late
 * for what Redis took long to carry out. What has no time of the server comes when it arrived, but after everything that
 * its instance heard of the site before. A connection keeps its order, whatever the clock of its server does.
 */
function inOrder(kept: readonly Arrival[]): readonly Arrival[] {
  const delays = shortestDelays(kept);
  /** By instance and connection, and by instance and site: the newest so far. */
  const newest = new Map<string, StreamMs>();
  const rise = (name: string, at: StreamMs) => {
    const risen = latest(newest.get(name) ?? at, at);
    newest.set(name, risen);
    return risen;
  };
  const arrivals = kept.map(({ stored, at }): Arrival => {
    const { by = '', content } = stored.entry ?? {};
    if (content === undefined || !('site' in content)) return { stored, at };
    const ofSite = `${by} ${content.site}`;
    if (!('at' in content)) return { stored, at: rise(ofSite, at) };
    const happened = streamMs(content.at / 1_000 + (delays.get(content.site) ?? 0));
    const inConnection = rise(`${ofSite} ${connectionOf(content.kind)}`, happened);
    rise(ofSite, inConnection);
    return { stored, at: inConnection };
  });
  return arrivals.toSorted((one, other) => one.at - other.at);
}

/** By site: from the server's time to the stream's, milliseconds; as of what took least from its event to its arrival. */
function shortestDelays(kept: readonly Arrival[]): ReadonlyMap<string, number> {
  const delays = new Map<string, number>();
  for (const { stored, at } of kept) {
    const content = stored.entry?.content;
    if (content === undefined || !('at' in content)) continue;
    const delay = at - content.at / 1_000;
    delays.set(content.site, Math.min(delays.get(content.site) ?? delay, delay));
  }
  return delays;
}
