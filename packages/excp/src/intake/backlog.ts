/**
 * Events that wait in memory for Redis: bounded in number and in bytes, and when a bound is reached the calls that
 * began last go, whole. What was claimed lately and is offered once more waits apart: it makes no event go.
 */

import type { Formats } from '@exec/common/formats';
import type { EngageMicros, MonotonicMs, WallMs } from '@exec/common/instants';
import { writeEntry } from '../events/in-stream-entry.ts';

/** One entry for the stream, with what claiming it needs. */
export interface Offer {
  /** Identity of the event; none for snapshots, which are never duplicates. */
  readonly digest?: Buffer;
  /** Event time. */
  readonly at?: EngageMicros;
  readonly what?: 'opens' | 'sheds';
  /** `<site>/<CallUUID>` of the call it belongs to. */
  readonly call?: string;
  readonly entry: string;
  /** Monotonic time at which it came. */
  readonly since?: MonotonicMs;
}

export interface BacklogLimits {
  /** Events, and bytes of them, beyond which no new call is taken. */
  readonly backlogOpens: number;
  readonly backlogOpensBytes: number;
  /** Events, and bytes of them, beyond which calls that were taken are shed. */
  readonly backlog: number;
  readonly backlogBytes: number;
}

export interface BacklogOptions {
  readonly limits: BacklogLimits;
  readonly formats: Formats;
  /** Told of each call that is shed, once. */
  readonly onShed: (call: string) => void;
  /** Wall time. */
  readonly now: () => WallMs;
}

/** Calls that are remembered as shed; older ones have ended long ago. */
const shedMax = 50_000;
/** What an offer takes in memory besides its entry, about. */
const overheadBytes = 200;

/** Size of an offer in memory, bytes, about. */
export function bytesOf(offer: Offer): number {
  return offer.entry.length + overheadBytes;
}

export class Backlog {
  readonly #options: BacklogOptions;
  readonly #shed = new Set<string>();
  /** Offered once more: before everything else. */
  #again: readonly Offer[] = [];
  #offers: Offer[] = [];
  /** Of {@link #offers}. */
  #bytes = 0;
  /** That calls were shed: one for each, so bounded like them. */
  #notices: Offer[] = [];

  constructor(options: BacklogOptions) {
    this.#options = options;
  }

  /** Everything that waits. */
  get size(): number {
    return this.#again.length + this.#offers.length + this.#notices.length;
  }

  /** Bytes of the events that count against the bounds, about. */
  get bytes(): number {
    return this.#bytes;
  }

  add(offer: Offer): void {
    if (offer.call !== undefined && this.#shed.has(offer.call)) return;
    const { backlogOpens, backlogOpensBytes, backlog, backlogBytes } = this.#options.limits;
    const full = this.#offers.length >= backlogOpens || this.#bytes >= backlogOpensBytes;
    if (offer.what === 'opens' && full) {
      this.#shedCall(offer.call ?? '');
      return;
    }
    this.#offers.push(offer);
    this.#bytes += bytesOf(offer);
    while (this.#offers.length > backlog || this.#bytes > backlogBytes) this.#shedNewest();
  }

  /** Puts offers in front that were claimed before; who gives them bounds them. */
  addAgain(offers: readonly Offer[]): void {
    this.#again = [...offers, ...this.#again];
  }

  /** Up to `count` offers, in order: that a call was shed comes after what waits of the others. */
  first(count: number): readonly Offer[] {
    const first = this.#again.slice(0, count);
    for (const part of [this.#offers, this.#notices])
      if (first.length < count) first.push(...part.slice(0, count - first.length));
    return first;
  }

  /** Takes out offers that were given by {@link first}. */
  remove(offers: readonly Offer[]): void {
    const gone = new Set(offers);
    this.#again = this.#again.filter((offer) => !gone.has(offer));
    this.#keep(this.#offers.filter((offer) => !gone.has(offer)));
    this.#notices = this.#notices.filter((offer) => !gone.has(offer));
  }

  /**
   * The call that began last goes, or else the call of the newest event, or else the newest snapshot alone. Takes out
   * at least one event, each time.
   */
  #shedNewest(): void {
    const newest =
      this.#offers.findLast((offer) => offer.what === 'opens') ??
      this.#offers.findLast((offer) => offer.call !== undefined);
    if (newest?.call === undefined) {
      this.#keep(this.#offers.slice(0, -1));
      return;
    }
    const { call } = newest;
    this.#keep(this.#offers.filter((offer) => offer.call !== call));
    // Part of it may be in the stream already, or be published: the other instance and the processor must know.
    const slash = call.lastIndexOf('/');
    const content = { kind: 'call-shed', site: call.slice(0, slash), call: call.slice(slash + 1) } as const;
    const entry = writeEntry(this.#options.formats, { received: this.#options.now(), content });
    this.#notices.push({ what: 'sheds', call, entry });
    if (this.#notices.length > shedMax) this.#notices.shift();
    this.#shedCall(call);
  }

  #keep(offers: Offer[]): void {
    this.#offers = offers;
    this.#bytes = offers.reduce((sum, offer) => sum + bytesOf(offer), 0);
  }

  #shedCall(call: string): void {
    this.#shed.add(call);
    for (const oldest of this.#shed) {
      if (this.#shed.size <= shedMax) break;
      this.#shed.delete(oldest);
    }
    this.#options.onShed(call);
  }
}
