/**
 * When one token may send its next request: at most N in any 60 seconds, a small burst first, then evenly.
 *
 * Two rules together. Even spacing (the virtual scheduling form of a token bucket) lets the burst and the steady
 * rate fill a window and never exceed it. And a request counts from its start until 60 seconds after its *end*:
 * the cloud counts it somewhere between the two, so that no window can hold more than N there either, however long
 * requests were on the way. With answers within a second the second rule costs nothing.
 */
import { type Priority, priorities } from './call.ts';

const windowMs = 60_000;
/** Slack for two clocks that do not run equally fast. */
const guardMs = 50;
const countedMs = windowMs + guardMs;
/** One part in 70 of the limit may go at once: 5 of 285. What the burst takes is less than 1.5 % of the rate. */
const burstShare = 70;

/** A request that counts; made by `take`, given back to `release`. */
export interface Slot {
  readonly priority: Priority;
  /** Monotonic milliseconds when it stops counting; undefined while the request is on the way. */
  freeAt: number | undefined;
}

/**
 * All times are monotonic milliseconds, passed in.
 *
 * @rule At most 285 requests of one token lie in any 60 seconds, wherever the cloud counts them.
 * @test pacer.test.ts: never lets any window of 60 seconds hold more than the limit, wherever the cloud counts
 * @page https://developer.genesys.cloud/organization/organization/limits#platform-api
 */
export class Pacer {
  readonly limit: number;
  /** Milliseconds between two requests in steady running. */
  readonly spacingMs: number;
  readonly #toleranceMs: number;
  /** When the next request would be due if all were spaced evenly. */
  #due = Number.NEGATIVE_INFINITY;
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #inFlight = 0;
  /** Ended requests that still count, in the order of their end; those before #head are forgotten. */
  #ended: Slot[] = [];
  #head = 0;
  readonly #counts: Record<Priority, number> = { events: 0, configuration: 0, drift: 0 };

  /** @param limit requests in any 60 seconds, at least 1 */
  constructor(limit: number) {
    this.limit = limit;
    const burst = 1 + Math.floor(limit / burstShare);
    this.spacingMs = countedMs / (limit - burst + 1);
    this.#toleranceMs = (burst - 1) * this.spacingMs;
  }

  /**
   * When the next request may start: a time that may have passed, or Infinity if one must end first.
   * @param now milliseconds of a clock that never jumps, here and below
   */
  readyAt(now: number): number {
    this.#forget(now);
    const spaced = Math.max(this.#due - this.#toleranceMs, this.#pausedUntil);
    if (this.#inFlight + this.#ended.length - this.#head < this.limit) return spaced;
    const oldest = this.#ended[this.#head];
    return oldest?.freeAt === undefined ? Number.POSITIVE_INFINITY : Math.max(spaced, oldest.freeAt);
  }

  /** Starts a request; only when `readyAt(now) <= now`. */
  take(now: number, priority: Priority): Slot {
    this.#due = Math.max(this.#due, now) + this.spacingMs;
    this.#inFlight++;
    this.#counts[priority]++;
    return { priority, freeAt: undefined };
  }

  /** Ends a request. One that was never sent does not count any more. */
  release(slot: Slot, now: number, sent: boolean): void {
    this.#inFlight--;
    if (!sent) {
      this.#counts[slot.priority]--;
      return;
    }
    slot.freeAt = now + countedMs;
    this.#ended.push(slot);
  }

  /** No request before `until`, and no burst then. */
  pause(until: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, until);
    this.#due = Math.max(this.#due, until + this.#toleranceMs);
  }

  /** Milliseconds for which the pause lasts. */
  pausedFor(now: number): number {
    return Math.max(0, this.#pausedUntil - now);
  }

  /** Requests that count now, by priority. */
  counts(now: number): Readonly<Record<Priority, number>> {
    this.#forget(now);
    return { ...this.#counts };
  }

  /** Requests that count now. */
  used(now: number): number {
    const counts = this.counts(now);
    return priorities.reduce((sum, priority) => sum + counts[priority], 0);
  }

  #forget(now: number): void {
    for (let slot = this.#ended[this.#head]; slot !== undefined; slot = this.#ended[this.#head]) {
      if (slot.freeAt === undefined || slot.freeAt > now) break;
      this.#counts[slot.priority]--;
      this.#head++;
    }
    // Cut the forgotten part off now and then, so that the list stays as short as the limit.
    if (this.#head > this.limit) {
      this.#ended = this.#ended.slice(this.#head);
      this.#head = 0;
    }
  }
}
