/** The requests of one token in a sliding minute, exact to the request. */

const windowMs = 60_000;

export type Metered =
  | { readonly allowed: true; readonly count: number }
  /** `retryAfterMs`: until the oldest request has left the minute. */
  | { readonly allowed: false; readonly count: number; readonly retryAfterMs: number };

export class RequestMeter {
  readonly #limit: number;
  /** Ring of arrival times; grows by doubling while the limit allows. */
  #times = new Float64Array(64);
  #first = 0;
  #count = 0;
  #peak = 0;

  /** `limit`: requests in any 60 s; `Infinity` only counts. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Most requests seen in any 60 s. */
  get peak(): number {
    return this.#peak;
  }

  /** `now`: monotonic milliseconds. A request that is not allowed is not counted. */
  take(now: number): Metered {
    this.#forget(now);
    if (this.#count >= this.#limit) {
      const oldest = this.#times[this.#first] ?? now;
      return { allowed: false, count: this.#count, retryAfterMs: oldest + windowMs - now };
    }
    if (this.#count === this.#times.length) this.#grow();
    this.#times[(this.#first + this.#count) % this.#times.length] = now;
    this.#count++;
    this.#peak = Math.max(this.#peak, this.#count);
    return { allowed: true, count: this.#count };
  }

  /** Milliseconds until the minute is empty of what is in it now. */
  resetMs(now: number): number {
    this.#forget(now);
    const oldest = this.#times[this.#first];
    return this.#count === 0 || oldest === undefined ? 0 : oldest + windowMs - now;
  }

  resetPeak(): void {
    this.#peak = 0;
  }

  #forget(now: number): void {
    while (this.#count > 0 && (this.#times[this.#first] ?? 0) <= now - windowMs) {
      this.#first = (this.#first + 1) % this.#times.length;
      this.#count--;
    }
  }

  #grow(): void {
    const grown = new Float64Array(this.#times.length * 2);
    for (let index = 0; index < this.#count; index++)
      grown[index] = this.#times[(this.#first + index) % this.#times.length] ?? 0;
    this.#times = grown;
    this.#first = 0;
  }
}
