/** A clock that runs faster than the real one: what takes half an hour takes half a minute, requests included. */

import { type Clock, systemClock } from '@exec/common/clock';
import { laterBy, type MonotonicMs, monotonicMs, type WallMs } from '@exec/common/instants';

export class ScaledClock implements Clock {
  readonly #factor: number;
  readonly #wallStart = systemClock.now();
  readonly #start = systemClock.monotonic();

  /** `factor`: milliseconds of this clock in one real millisecond. */
  constructor(factor: number) {
    this.#factor = factor;
  }

  now(): WallMs {
    return laterBy(this.#wallStart, this.monotonic());
  }

  monotonic(): MonotonicMs {
    return monotonicMs((systemClock.monotonic() - this.#start) * this.#factor);
  }

  setTimer(ms: number, fire: () => void, options?: { readonly unref?: boolean }) {
    return systemClock.setTimer(ms / this.#factor, fire, options);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return systemClock.sleep(ms / this.#factor, signal);
  }
}
