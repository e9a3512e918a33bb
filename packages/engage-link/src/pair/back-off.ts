/** How long to wait before an attempt: growing, jittered, within bounds. */

export interface BackOff {
  /** Shortest and longest wait in milliseconds. */
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * Wait before attempt `n` (from 0), with `random` in [0, 1): 0.25–0.5 s, 0.5–1 s, 1–2 s … up to 7.5–15 s with
 * bounds of 0.25 and 15 s. The upper half of each step is chance, so that clients which lost a server together
 * do not come back together.
 */
export function backOffMs(n: number, random: number, { minMs, maxMs }: BackOff): number {
  // 2 ** n overflows to infinity, which min() takes in.
  const upper = Math.min(maxMs, minMs * 2 ** (n + 1));
  const lower = Math.max(minMs, upper / 2);
  return Math.round(lower + random * (upper - lower));
}
