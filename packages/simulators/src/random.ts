/** Repeatable randomness: the same seed draws the same contact centre, and the same day. */

export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to, not including, 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /** From `from` up to, not including, `to`. */
  between(from: number, to: number): number {
    return from + this.next() * (to - from);
  }

  /** A whole number from 0 up to, not including, `count`. */
  below(count: number): number {
    return this.int(0, count - 1);
  }

  /** True in `share` of all cases. */
  chance(share: number): boolean {
    return this.next() < share;
  }

  /** @throws RangeError when there is nothing to pick. */
  pick<T>(from: readonly T[]): T {
    if (from.length === 0) throw new RangeError('nothing to pick from');
    return from[this.int(0, from.length - 1)] as T;
  }

  /** All elements, in random order. */
  shuffled<T>(from: readonly T[]): T[] {
    const rest = [...from];
    const found: T[] = [];
    while (rest.length > 0) found.push(...rest.splice(this.below(rest.length), 1));
    return found;
  }

  /** Up to `count` different elements, in random order. */
  sample<T>(from: readonly T[], count: number): T[] {
    const pool = [...from];
    const wanted = Math.min(count, pool.length);
    for (let index = 0; index < wanted; index++) {
      const other = this.int(index, pool.length - 1);
      [pool[index], pool[other]] = [pool[other] as T, pool[index] as T];
    }
    return pool.slice(0, wanted);
  }
}
