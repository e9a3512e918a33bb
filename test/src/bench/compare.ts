/**
 * Whether a figure has become worse, or is only as unsteady as it always was. What is compared are samples of the same
 * figure, each divided by its floor of the same run: from several rounds then, and several rounds now.
 *
 * Worse is what fulfils both:
 * 1. The change is at least a tenth: the median of all quotients of a sample now and a sample then.
 * 2. It is no chance: samples of one lot would lie so far apart in at most one of two hundred cases, by the exact test
 *    of Mann and Whitney, one-sided. It only asks which of two samples is larger; one that is far off counts no more
 *    than another.
 *
 * After the first rounds a figure can only be suspect; who is suspect is measured in as many rounds more, and all of
 * them decide.
 */
import { quantile } from './measure.ts';

export type Better = 'higher' | 'lower';

export interface Comparison {
  /** How much larger it is now: 0.2 for a fifth more. */
  readonly change: number;
  /** Probability that equal figures lie so far apart in the bad direction. */
  readonly byChance: number;
  /** `unclear`: the samples differ so much, or are so few, that not even a change of a fifth would be seen. */
  readonly verdict: 'same' | 'worse' | 'better' | 'unclear';
  /** Whether it is to be measured again. */
  readonly isSuspect: boolean;
}

/** Smaller changes are nobody's concern, however sure. */
const leastChange = 0.1;
const decided = 0.005;
const suspected = 0.1;
/** A change that must be seen. */
const mustBeSeen = 0.2;

/** Samples are not below 0. A figure that is 0 is compared as it is: whatever is more is a change. */
export function compare(then: readonly number[], now: readonly number[], better: Better): Comparison {
  const change = quantile(
    now.flatMap((one) => then.map((other) => quotient(one, other))),
    0.5,
  );
  const isHigherBetter = better === 'higher';
  const [bad, good] = isHigherBetter ? [1 / change, change] : [change, 1 / change];
  const [byChance, goodByChance] = isHigherBetter
    ? [chanceOf(now, then), chanceOf(then, now)]
    : [chanceOf(then, now), chanceOf(now, then)];
  const isWorse = bad >= 1 + leastChange && byChance <= decided;
  const isBetter = good >= 1 + leastChange && goodByChance <= decided;
  const calm = isSeen(then, now.length) ? 'same' : 'unclear';
  return {
    ...{ change: change - 1, byChance, verdict: isWorse ? 'worse' : isBetter ? 'better' : calm },
    isSuspect: bad >= 1 + leastChange && byChance <= suspected,
  };
}

/** Whether so many new samples that spread like these would show a change of a fifth. */
export function isSeen(samples: readonly number[], count: number): boolean {
  if (samples.every((one) => one === 0)) return samples.length > 0;
  const spread = Array.from({ length: count }, (_, index) => quantile(samples, (index + 0.5) / count));
  const moved = spread.map((one) => one * (1 + mustBeSeen));
  return chanceOf(samples, moved) <= decided;
}

function quotient(now: number, then: number): number {
  if (now === then) return 1;
  return then === 0 ? Number.POSITIVE_INFINITY : now / then;
}

/**
 * The share of all ways to deal the samples to two lots in which the second one wins at least as many pairs as it does.
 * Of two equal samples each wins half.
 */
function chanceOf(lower: readonly number[], higher: readonly number[]): number {
  const sorted = [...lower, ...higher].toSorted((left, right) => left - right);
  // Equal values share the mean of their ranks; twice of it is whole.
  const rankOf = (value: number) => sorted.indexOf(value) + sorted.lastIndexOf(value) + 2;
  const reached = higher.reduce((sum, value) => sum + rankOf(value), 0);
  const ways = waysByRanks(sorted.map(rankOf), higher.length);
  const all = ways.reduce((sum, one) => sum + one, 0);
  return ways.slice(reached).reduce((sum, one) => sum + one, 0) / all;
}

/** For each sum, in how many ways so many of the ranks have it. Who has the higher ranks wins more pairs. */
function waysByRanks(ranks: readonly number[], count: number): Float64Array {
  const most = ranks.reduce((sum, rank) => sum + rank, 0);
  const bySize = Array.from({ length: count + 1 }, () => new Float64Array(most + 1));
  const at = (size: number) => bySize[size] as Float64Array;
  at(0)[0] = 1;
  for (const rank of ranks)
    for (let size = count; size > 0; size--)
      for (let sum = most; sum >= rank; sum--)
        (at(size)[sum] as number) += at(size - 1)[sum - rank] as number;
  return at(count);
}
