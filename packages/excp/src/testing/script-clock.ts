/** The time of scripts that are played, which stands still at given moments, or at once, until it is asked to go on. */
import { type Clock, systemClock } from '@exec/common/clock';
import { type MonotonicMs, monotonicMs } from '@exec/common/instants';

export class ScriptClock implements Clock {
  readonly #begin = systemClock.monotonic();
  readonly #moments: MonotonicMs[];
  #stood = 0;
  #stopped: MonotonicMs | undefined;

  constructor(at: readonly number[] = []) {
    this.#moments = at.map((moment) => monotonicMs(moment));
  }

  get stands(): boolean {
    return this.#stopped !== undefined;
  }

  readonly now = systemClock.now;
  readonly setTimer = systemClock.setTimer;

  monotonic(): MonotonicMs {
    if (this.#stopped !== undefined) return this.#stopped;
    const time = monotonicMs(systemClock.monotonic() - this.#begin - this.#stood);
    const [next] = this.#moments;
    if (next === undefined || time < next) return time;
    this.#stopped = next;
    return next;
  }

  stop(): void {
    this.#stopped = this.monotonic();
  }

  goOn(): void {
    if (this.#stopped === undefined) return;
    if (this.#stopped === this.#moments[0]) this.#moments.shift();
    this.#stood = systemClock.monotonic() - this.#begin - this.#stopped;
    this.#stopped = undefined;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const end = this.monotonic() + ms;
    while (this.monotonic() < end) await systemClock.sleep(Math.min(20, end - this.monotonic()) || 1, signal);
  }
}
