/** Events that wait in memory for Redis: bounded, and when the bound is reached the newest calls go, whole. */
import { writeEntry } from './entry.ts';

/** One entry for the stream, with what claiming it needs. */
export interface Offer {
  /** Identity of the event; none for snapshots, which are never duplicates. */
  readonly digest?: Buffer;
  /** Event time, microseconds. */
  readonly at?: number;
  readonly what?: 'opens' | 'sheds';
  /** `<site>/<CallUUID>` of the call it belongs to. */
  readonly call?: string;
  readonly entry: string;
}

export interface BacklogLimits {
  readonly backlogOpens: number;
  readonly backlog: number;
}

/** Calls that are remembered as shed; older ones have ended long ago. */
const shedMax = 50_000;

export class Backlog {
  readonly #limits: BacklogLimits;
  readonly #onShed: (call: string) => void;
  readonly #shed = new Set<string>();
  #offers: Offer[] = [];
  /** Taken ones at the front of the list. */
  #head = 0;

  constructor(limits: BacklogLimits, onShed: (call: string) => void) {
    this.#limits = limits;
    this.#onShed = onShed;
  }

  get size(): number {
    return this.#offers.length - this.#head;
  }

  add(offer: Offer): void {
    if (offer.call !== undefined && this.#shed.has(offer.call)) return;
    if (offer.what === 'opens' && this.size >= this.#limits.backlogOpens) {
      this.#shedCall(offer.call ?? '');
      return;
    }
    this.#offers.push(offer);
    while (this.size > this.#limits.backlog) this.#shedNewest();
  }

  /** Puts offers back in front. */
  addAgain(offers: readonly Offer[]): void {
    this.#offers = [...offers, ...this.#offers.slice(this.#head)];
    this.#head = 0;
    while (this.size > this.#limits.backlog) this.#shedNewest();
  }

  first(count: number): readonly Offer[] {
    return this.#offers.slice(this.#head, this.#head + count);
  }

  /** Takes out offers that were given by {@link first}. */
  remove(offers: readonly Offer[]): void {
    const gone = new Set(offers);
    while (this.#head < this.#offers.length && gone.has(this.#offers[this.#head] as Offer)) {
      gone.delete(this.#offers[this.#head] as Offer);
      this.#head++;
    }
    if (gone.size > 0) {
      this.#offers = this.#offers.slice(this.#head).filter((offer) => !gone.has(offer));
      this.#head = 0;
    } else if (this.#head > 1_000 || this.#head === this.#offers.length) {
      this.#offers = this.#offers.slice(this.#head);
      this.#head = 0;
    }
  }

  /** The call that began last goes, or else the call of the newest event; a snapshot is lost alone. */
  #shedNewest(): void {
    const offers = this.#offers.slice(this.#head);
    const newest =
      offers.findLast((offer) => offer.what === 'opens') ?? offers.findLast((offer) => offer.call);
    if (newest?.call === undefined) {
      this.#offers.pop();
      return;
    }
    const { call } = newest;
    this.#offers = offers.filter((offer) => offer.call !== call);
    this.#head = 0;
    // Part of it may be in the stream already, or be told: the other instance and the processor must know.
    const slash = call.lastIndexOf('/');
    const content = { kind: 'call-shed', site: call.slice(0, slash), call: call.slice(slash + 1) } as const;
    this.#offers.push({ what: 'sheds', call, entry: writeEntry({ received: 0, content }) });
    this.#shedCall(call);
  }

  #shedCall(call: string): void {
    this.#shed.add(call);
    for (const oldest of this.#shed) {
      if (this.#shed.size <= shedMax) break;
      this.#shed.delete(oldest);
    }
    this.#onShed(call);
  }
}
