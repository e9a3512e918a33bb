/** How long Engage has been away, and what is done when it stays away. */
import type { Clock, Timer } from '@exec/common/clock';

export interface EngageWatchOptions {
  readonly clock: Clock;
  /** Seconds without a usable Stat Server after which `onGone` is called; 0: never. */
  readonly limitSeconds: number;
  readonly onGone: () => void;
}

export class EngageWatch {
  readonly #options: EngageWatchOptions;
  #downSince: number | undefined;
  #timer: Timer | undefined;

  constructor(options: EngageWatchOptions) {
    this.#options = options;
  }

  /** Seconds since 1970; 0 while a server can be used. */
  get downSince(): number {
    return this.#downSince === undefined ? 0 : this.#downSince / 1000;
  }

  down(): void {
    if (this.#downSince !== undefined) return;
    const { clock, limitSeconds, onGone } = this.#options;
    this.#downSince = clock.now();
    if (limitSeconds > 0) this.#timer = clock.setTimer(limitSeconds * 1000, onGone);
  }

  up(): void {
    this.#downSince = undefined;
    this.#timer?.cancel();
  }

  stop(): void {
    this.up();
  }
}
