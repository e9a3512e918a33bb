/** How long an operation waits that failed: 30 s, a minute, two, up to an hour. */
import { isAhead } from './deadline.ts';

export interface Quarantined {
  /** Failures in a row. */
  readonly tries: number;
  /** Milliseconds since 1970 before which it is not tried again. */
  readonly until: number;
  readonly reason: string;
}

/** Operations remembered as failing; more than that is not a matter of single objects. */
export const quarantineMost = 10_000;
const firstWaitMs = 30_000;
const longestWaitMs = 3_600_000;

/** @param now milliseconds since 1970 */
export function afterFailure(before: Quarantined | undefined, reason: string, now: number): Quarantined {
  const tries = (before?.tries ?? 0) + 1;
  return { tries, until: now + Math.min(longestWaitMs, firstWaitMs * 2 ** (tries - 1)), reason };
}

export function isWaiting({ until }: Quarantined, now: number): boolean {
  return isAhead(until, now, longestWaitMs);
}
