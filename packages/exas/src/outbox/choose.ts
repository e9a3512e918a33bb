/** Which half the next request serves, and how long a refused event waits. */
import { type HalfKind, halfKinds } from './outbox.ts';

/** What is known of a half when a request may go. */
export interface HalfLoad {
  /** Events that could go now, at most one request's worth. */
  readonly ready: number;
  /** Milliseconds since the longest waiting of them began to wait. */
  readonly oldestMs: number;
}

/** After this time the smaller half goes first for once. */
const patienceMs = 5000;

/**
 * The half with more to send goes first, so that requests are full when requests are scarce; but nothing waits for ever
 * behind a busier half.
 *
 * @rule The half with more to send goes first, unless the other has waited for five seconds.
 * @test choose.test.ts
 */
export function chooseHalf(load: Readonly<Record<HalfKind, HalfLoad>>): HalfKind | undefined {
  let best: HalfKind | undefined;
  for (const kind of halfKinds) {
    if (load[kind].ready === 0) continue;
    if (best === undefined) {
      best = kind;
      continue;
    }
    const patience = (half: HalfKind) => (load[half].oldestMs >= patienceMs ? load[half].oldestMs : 0);
    if (patience(kind) !== patience(best)) best = patience(kind) > patience(best) ? kind : best;
    else if (load[kind].ready > load[best].ready) best = kind;
  }
  return best;
}

const firstWaitMs = 1000;
const longestWaitMs = 60_000;

/** Milliseconds to wait before the try after `failures` failed ones; `random` in [0, 1) spreads the agents. */
export function retryWaitMs(failures: number, random: number): number {
  const ceiling = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(failures, 16));
  return ceiling / 2 + (ceiling / 2) * random;
}
