/** How long Engage has been away from the active instance, and what is done when it stays away. */

import type { Clock, Timer } from '@exec/common/clock';
import type { MonotonicMs, WallMs } from '@exec/common/instants';

export interface EngageWatchOptions {
  readonly clock: Clock;
  /** Seconds without a usable Stat Server after which `onGone` is called; 0: never. */
  readonly limitSeconds: number;
  readonly onGone: () => void;
}

export class EngageWatch {
  readonly #options: EngageWatchOptions;
  #watching = false;
  /** Since when no server can be used: wall time to show, monotonic time to count. */
  #down: { readonly at: WallMs; readonly monotonic: MonotonicMs } | undefined;
  #timer: Timer | undefined;

  constructor(options: EngageWatchOptions) {
    this.#options = options;
  }

  /** Undefined while a server can be used, and on an instance that is not active. */
  get downSince(): WallMs | undefined {
    return this.#watching ? this.#down?.at : undefined;
  }

  /** The instance is active: an absence that began before counts. */
  watch(): void {
    this.#watching = true;
    this.#arm();
  }

  /** The instance is not active, for a while or for good: nothing is called until it watches again. */
  rest(): void {
    this.#watching = false;
    this.#timer?.cancel();
  }

  down(): void {
    if (this.#down !== undefined) return;
    const { clock } = this.#options;
    this.#down = { at: clock.now(), monotonic: clock.monotonic() };
    this.#arm();
  }

  up(): void {
    this.#down = undefined;
    this.#timer?.cancel();
  }

  #arm(): void {
    const { clock, limitSeconds, onGone } = this.#options;
    this.#timer?.cancel();
    if (!this.#watching || this.#down === undefined || limitSeconds === 0) return;
    const passed = clock.monotonic() - this.#down.monotonic;
    this.#timer = clock.setTimer(Math.max(0, limitSeconds * 1000 - passed), onGone);
  }
}
