/** What a Redis that was away may have forgotten: for a while, what was sent before may be sent again. */

import type { Clock } from '@exec/common/clock';
import { laterBy, monotonicMs, type WallMs, wallMs } from '@exec/common/instants';

/** After Redis was away, what was received before that, and a little later (ms), may have been sent already. */
const suspectMs = 5_000;
/** How long (ms) after that the marks of what was sent are not relied on. */
const suspectForMs = 60_000;

export class Suspicion {
  readonly #clock: Clock;
  #before = wallMs(0);
  /** The same moment by the clock that never jumps: a leap of the wall clock must not end the suspicion. */
  #from = monotonicMs(Number.NEGATIVE_INFINITY);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Redis is away: what it still has when it comes back may be older than what was sent. */
  redisLost(): void {
    this.#before = laterBy(this.#clock.now(), suspectMs);
    this.#from = laterBy(this.#clock.monotonic(), suspectMs);
  }

  /** Whether marks of what was sent may be lost, so that everything that waits may have been sent. */
  get marksMayBeLost(): boolean {
    return this.#clock.monotonic() - this.#from < suspectForMs;
  }

  /** Wall time before which received events may have been sent by a term that Redis forgot. */
  get repeatsBefore(): WallMs {
    return this.#before;
  }
}
