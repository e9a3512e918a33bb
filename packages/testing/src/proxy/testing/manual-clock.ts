/** A clock for the proxy's tests: time stands still until the test fires the next timer. */
import type { ProxyClock } from '../link.ts';

interface Pending {
  readonly at: number;
  readonly ms: number;
  readonly fire: () => void;
}

export class ManualClock implements ProxyClock {
  #now = 0;
  readonly #pending = new Set<Pending>();
  #wake: (() => void) | undefined;

  monotonic(): number {
    return this.#now;
  }

  setTimer(ms: number, fire: () => void): { cancel(): void } {
    const timer = { at: this.#now + ms, ms, fire };
    this.#pending.add(timer);
    this.#wake?.();
    return { cancel: () => void this.#pending.delete(timer) };
  }

  get waiting(): number {
    return this.#pending.size;
  }

  /** Waits until a timer is set, lets time jump to the earliest one, fires it and answers its length. */
  async fireNext(): Promise<number> {
    while (this.#pending.size === 0)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    const [next] = [...this.#pending].sort((a, b) => a.at - b.at) as [Pending];
    this.#pending.delete(next);
    this.#now = next.at;
    next.fire();
    return next.ms;
  }
}
