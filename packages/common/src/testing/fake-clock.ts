/** A clock that moves only when a test says so. */
import type { Clock, Timer } from '../time/clock.ts';
import { type MonotonicMs, monotonicMs, type WallMs, wallMs } from '../time/instants.ts';

interface Pending {
  readonly at: number;
  readonly order: number;
  readonly fire: () => void;
}

export class FakeClock implements Clock {
  #time = 0;
  #wallOffset: number;
  #order = 0;
  readonly #pending = new Set<Pending>();

  /** `start`: wall time in milliseconds since 1970. */
  constructor(start = Date.UTC(2026, 0, 5, 8)) {
    this.#wallOffset = start;
  }

  now(): WallMs {
    return wallMs(this.#wallOffset + this.#time);
  }

  monotonic(): MonotonicMs {
    return monotonicMs(this.#time);
  }

  /** Makes the wall clock jump, as an operator or NTP would; monotonic time is not touched. */
  jumpWall(ms: number): void {
    this.#wallOffset += ms;
  }

  /** Timers that have not fired yet. */
  get pendingTimers(): number {
    return this.#pending.size;
  }

  setTimer(ms: number, fire: () => void): Timer {
    const entry = { at: this.#time + Math.max(0, ms), order: this.#order++, fire };
    this.#pending.add(entry);
    return { cancel: () => void this.#pending.delete(entry) };
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      const timer = this.setTimer(ms, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      const onAbort = () => {
        timer.cancel();
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Moves time forward by `ms`, firing what is due in order and running the promises that it resolves after each. */
  async advance(ms: number): Promise<void> {
    const target = this.#time + ms;
    await runPromises();
    for (let next = this.#next(target); next !== undefined; next = this.#next(target)) {
      this.#pending.delete(next);
      this.#time = Math.max(this.#time, next.at);
      next.fire();
      await runPromises();
    }
    this.#time = target;
    await runPromises();
  }

  #next(until: number): Pending | undefined {
    let best: Pending | undefined;
    for (const entry of this.#pending) {
      if (entry.at > until) continue;
      if (best === undefined || entry.at < best.at || (entry.at === best.at && entry.order < best.order))
        best = entry;
    }
    return best;
  }
}

/** Lets chains of resolved promises run to their end. */
async function runPromises(): Promise<void> {
  for (let round = 0; round < 3; round++) await new Promise((resolve) => setImmediate(resolve));
}
