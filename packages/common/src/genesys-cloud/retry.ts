/** Whether and when a request is tried again. Pure: what happened comes in, the decision goes out. */
import { longestWaitedPauseMs } from './budget.ts';

export const maxTries = 6;
/** Growth of the wait: random below 0.5 s, 1 s, 2 s … 8 s before the last try. */
const firstCeilingMs = 500;
/** A 429 without a usable Retry-After counts as this. */
const shortestPauseMs = 1_000;
const pauseSpreadMs = 1_000;

/** What happened in one try. */
export type TryOutcome =
  /** HTTP 429. The request was certainly not carried out; its token pauses for `pauseMs` (see tokenPauseMs). */
  | { readonly kind: 'rate-limited'; readonly pauseMs: number }
  /** HTTP 502, 503 or 504. */
  | { readonly kind: 'gateway'; readonly retryAfterMs: number | undefined }
  /** The connection failed before the request was sent. */
  | { readonly kind: 'not-sent' }
  /** The connection or the answer was lost, or took too long. */
  | { readonly kind: 'lost' };

export interface TryCircumstances {
  /** Number of this try, from 1. */
  readonly tries: number;
  /** Milliseconds left for further tries. */
  readonly leftMs: number;
  readonly repeatable: boolean;
  /** Whether another token can be used meanwhile. */
  readonly otherToken: boolean;
  /** In [0, 1). */
  readonly random: number;
}

export type Decision =
  | { readonly kind: 'again'; readonly waitMs: number }
  | { readonly kind: 'fail' }
  /** Give up: the request may have been carried out and must not be sent twice. */
  | { readonly kind: 'outcome-unknown' };

/**
 * How long a 429 holds back everything that uses the token: Retry-After and some more.
 * @param random in [0, 1)
 * @returns milliseconds
 */
export function tokenPauseMs(retryAfterMs: number | undefined, random: number): number {
  return Math.max(shortestPauseMs, retryAfterMs ?? 0) + pauseSpreadMs * random;
}

/**
 * @rule A request is repeated only where a repeat is harmless: 429 and failures before it was sent always, a POST
 *   that may have been carried out never.
 * @test retry.test.ts
 */
export function decide(outcome: TryOutcome, c: TryCircumstances): Decision {
  switch (outcome.kind) {
    case 'rate-limited': {
      const isWorthWaiting = outcome.pauseMs <= longestWaitedPauseMs && outcome.pauseMs < c.leftMs;
      const again = c.tries < maxTries && (isWorthWaiting || c.otherToken);
      // The pause of the token is the wait.
      return again ? { kind: 'again', waitMs: 0 } : { kind: 'fail' };
    }
    case 'gateway':
      // A gateway error can hide a success.
      if (!c.repeatable) return { kind: 'outcome-unknown' };
      return waitOrFail(c, outcome.retryAfterMs ?? 0);
    case 'not-sent':
      return waitOrFail(c, 0);
    case 'lost':
      return c.repeatable ? waitOrFail(c, 0) : { kind: 'outcome-unknown' };
    default:
      return outcome satisfies never;
  }
}

function waitOrFail(c: TryCircumstances, atLeastMs: number): Decision {
  const ceiling = firstCeilingMs * 2 ** (c.tries - 1);
  const waitMs = Math.max(atLeastMs, ceiling * c.random);
  return c.tries < maxTries && waitMs < c.leftMs ? { kind: 'again', waitMs } : { kind: 'fail' };
}
