/** Deadlines that were written down, and a clock that may have jumped since. */

/**
 * Whether a deadline is still to come. One that is further ahead than it can have been set is from before a jump back of
 * the clock: it counts as past.
 *
 * @param until milliseconds since 1970, like `now`
 * @param mostMs how far ahead the deadline was set at most, in milliseconds
 */
export function isAhead(until: number, now: number, mostMs: number): boolean {
  return until > now && until - now <= mostMs;
}
