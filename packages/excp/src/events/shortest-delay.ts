/**
 * How long something takes from happening, by the clock of its SIP Server, to its arrival, in stream time: as of what took
 * least lately. The difference of the two clocks is part of it, so it may be below zero.
 */
import { type EngageMicros, laterBy, type StreamMs } from '@exec/common/instants';

/** What was seen longer ago than two of these says nothing: the clock of the server may have been put right. Milliseconds. */
const rememberedMs = 60_000;

export class ShortestDelay {
  #delay = Number.POSITIVE_INFINITY;
  #before = Number.POSITIVE_INFINITY;
  #since: StreamMs | undefined;

  /** An event of time `at` arrived; `now`: stream time. */
  note(at: EngageMicros, now: StreamMs): void {
    this.#since ??= now;
    if (now >= laterBy(this.#since, rememberedMs)) {
      this.#before = this.#delay;
      this.#delay = Number.POSITIVE_INFINITY;
      this.#since = now;
    }
    this.#delay = Math.min(this.#delay, now - at / 1_000);
  }

  /** The clock was put back: what was seen until now says nothing. */
  reset(): void {
    this.#delay = this.#before = Number.POSITIVE_INFINITY;
    this.#since = undefined;
  }

  /** Stream time at which what happened at `at` arrived at the earliest; minus infinity: it is not known. */
  arrivalOf(at: EngageMicros): number {
    const delay = Math.min(this.#delay, this.#before);
    return delay === Number.POSITIVE_INFINITY ? Number.NEGATIVE_INFINITY : at / 1_000 + delay;
  }
}
