/**
 * The time of scripts that are played. It stands still at given moments, or at once, until it is asked to go on, and leaves
 * out what the process sleeps through: otherwise the steps of that time would all be played at once, with equal times.
 */
import { type Clock, systemClock } from '@exec/common/clock';
import { type MonotonicMs, monotonicMs } from '@exec/common/instants';

const lookMs = 10;
/** However late a look is, no more time has passed since the one before. */
const mostPassedMs = 50;

export class ScriptClock implements Clock {
  readonly #moments: number[];
  #time = 0;
  #stands = false;
  #lookedAt = systemClock.monotonic();
  /** One timer for all who wait. */
  #nextLook: Promise<void> | undefined;

  constructor(at: readonly number[] = []) {
    this.#moments = [...at];
  }

  get stands(): boolean {
    return this.#stands;
  }

  readonly now = systemClock.now;
  readonly setTimer = systemClock.setTimer;

  monotonic(): MonotonicMs {
    const now = systemClock.monotonic();
    const passed = Math.min(mostPassedMs, now - this.#lookedAt);
    this.#lookedAt = now;
    if (this.#stands) return monotonicMs(this.#time);
    const [moment = Number.POSITIVE_INFINITY] = this.#moments;
    this.#time = Math.min(moment, this.#time + passed);
    this.#stands = this.#time === moment;
    return monotonicMs(this.#time);
  }

  stop(): void {
    this.monotonic();
    this.#stands = true;
  }

  goOn(): void {
    if (!this.#stands) return;
    // What passed while it stood still is over.
    this.monotonic();
    if (this.#time === this.#moments[0]) this.#moments.shift();
    this.#stands = false;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const end = this.monotonic() + ms;
    while (this.monotonic() < end) {
      signal?.throwIfAborted();
      this.#nextLook ??= systemClock.sleep(lookMs).finally(() => {
        this.#nextLook = undefined;
      });
      await this.#nextLook;
    }
  }
}
