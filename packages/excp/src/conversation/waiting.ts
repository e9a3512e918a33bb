/** Events whose call is not known yet: they wait a short time, in order, and keep their place in the stream. */
import type { EngageInput } from '../intake/inputs.ts';

interface Waiter {
  readonly id: string;
  readonly input: EngageInput;
  /** Stream time at which the wait is over. */
  readonly due: number;
}

/** Events that may wait at one time; further ones are given up at once. */
const waitersMax = 10_000;

export class Waiting {
  readonly #waitMs: number;
  /** In the order of arrival, so also of their due times. */
  #waiters: Waiter[] = [];
  settled: string[] = [];

  constructor(waitMs: number) {
    this.#waitMs = waitMs;
  }

  get size(): number {
    return this.#waiters.length;
  }

  get firstDue(): number | undefined {
    return this.#waiters[0]?.due;
  }

  /** Answers whether it was given up because too many wait. */
  add(id: string, input: EngageInput, now: number): boolean {
    if (this.#waiters.length >= waitersMax) {
      this.settled.push(id);
      return true;
    }
    this.#waiters.push({ id, input, due: now + this.#waitMs });
    return false;
  }

  /** Offers every waiting event once, in order; those that are taken no longer wait. */
  retry(take: (input: EngageInput) => boolean): void {
    const before = this.#waiters;
    this.#waiters = [];
    const kept: Waiter[] = [];
    for (const waiter of before) {
      if (take(waiter.input)) this.settled.push(waiter.id);
      else kept.push(waiter);
    }
    this.#waiters = [...kept, ...this.#waiters];
  }

  takeExpired(now: number): Waiter[] {
    const expired: Waiter[] = [];
    for (let first = this.#waiters[0]; first !== undefined && first.due <= now; first = this.#waiters[0]) {
      expired.push(first);
      this.settled.push(first.id);
      this.#waiters.shift();
    }
    return expired;
  }

  takeSettled(): string[] {
    const settled = this.settled;
    this.settled = [];
    return settled;
  }
}
