/** Eventual consistency: from when on a change shows in reads. */
import type { Clock } from '@exec/common/clock';
import type { Quirks } from '../options.ts';

export class Visibility {
  readonly #clock: Clock;
  readonly #quirks: Quirks;

  constructor(clock: Clock, quirks: Quirks) {
    this.#clock = clock;
    this.#quirks = quirks;
  }

  /** The monotonic time in milliseconds from which a change made now to the object shows. */
  from(id: string): number {
    const { visibilityDelayMs, visibilityJitterMs } = this.#quirks;
    return this.#clock.monotonic() + visibilityDelayMs + spread(id) * visibilityJitterMs;
  }

  isReached(from: number): boolean {
    return this.#clock.monotonic() >= from;
  }

  /** Whether the user search, which is behind by a time of its own, knows a change made at `changedAt`. */
  isSearchable(changedAt: number): boolean {
    return this.#clock.monotonic() >= changedAt + this.#quirks.searchDelayMs;
  }

  monotonic(): number {
    return this.#clock.monotonic();
  }

  now(): number {
    return this.#clock.now();
  }
}

/** A number in 0..1 that is the same for the same ID, so that a run can be repeated. */
function spread(id: string): number {
  let hash = 2166136261;
  for (let index = 0; index < id.length; index++)
    hash = Math.imul(hash ^ id.charCodeAt(index), 16777619) >>> 0;
  return hash / 0xffff_ffff;
}
