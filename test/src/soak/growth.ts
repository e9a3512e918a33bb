/**
 * Whether a figure grows: the seasonal Kendall test (Hirsch, Slack and Smith 1982), with each stretch between two
 * restarts in the place of a season. It asks only whether later values are larger than earlier ones of the same
 * stretch, so neither single peaks nor the different levels of the stretches count.
 */
import { quantile } from '../bench/measure.ts';

export interface Point {
  /** Seconds. */
  readonly at: number;
  readonly value: number;
}

export interface Growth {
  /** Median of all values. */
  readonly level: number;
  /** What it rises by in an hour: the median of the slopes between every two points of a stretch. */
  readonly perHour: number;
  /** Between them lies the true slope, as likely as 95 %. */
  readonly low: number;
  readonly high: number;
  /** Undefined: the stretches are too short to say. */
  readonly grows: boolean | undefined;
}

/** Neighbouring samples resemble each other; the test takes the median of each of so many seconds for one value. */
const binSeconds = 60;
/** With fewer pairs of values the normal distribution is no likeness of the test's. */
const fewestPairs = 30;
/** A figure that does not grow is said to in one of a thousand runs; a run has some thirty figures. */
const oneOfThousand = 3.09;
/** Less than this share of its level in an hour is no growth, however sure. */
const tolerated = 0.02;

/**
 * @param stretches values between restarts, each in the order of time
 * @param least growth in an hour, in the unit of the figure, below which nothing is said to grow
 */
export function growthOf(stretches: readonly (readonly Point[])[], least: number): Growth {
  const binned = stretches.map(bins);
  const level = quantile(
    binned.flatMap((points) => points.map(({ value }) => value)),
    0.5,
  );
  const slopes = binned.flatMap(slopesOf).toSorted((left, right) => left - right);
  let score = 0;
  let variance = 0;
  for (const points of binned) {
    const one = kendall(points.map(({ value }) => value));
    score += one.score;
    variance += one.variance;
  }
  const perHour = quantile(slopes, 0.5);
  const reach = 1.96 * Math.sqrt(variance);
  const at = (rank: number) => slopes[Math.max(0, Math.min(slopes.length - 1, Math.round(rank)))];
  const spread = {
    low: at((slopes.length - reach) / 2) ?? Number.NaN,
    high: at((slopes.length + reach) / 2) ?? Number.NaN,
  };
  if (slopes.length < fewestPairs) return { level, perHour, ...spread, grows: undefined };
  const isSure = variance > 0 && (score - 1) / Math.sqrt(variance) > oneOfThousand;
  return { level, perHour, ...spread, grows: isSure && perHour > Math.max(least, tolerated * level) };
}

function bins(points: readonly Point[]): Point[] {
  const groups = Map.groupBy(points, ({ at }) => Math.floor(at / binSeconds));
  return [...groups].map(([bin, group]) => ({
    at: bin * binSeconds,
    value: quantile(
      group.map(({ value }) => value),
      0.5,
    ),
  }));
}

function slopesOf(points: readonly Point[]): number[] {
  return points.flatMap((later, index) =>
    points.slice(0, index).map((earlier) => ((later.value - earlier.value) * 3600) / (later.at - earlier.at)),
  );
}

/** Pairs that rise minus pairs that fall, and how much that varies when nothing rises. */
function kendall(values: readonly number[]): { readonly score: number; readonly variance: number } {
  let score = 0;
  for (const [index, later] of values.entries())
    for (const earlier of values.slice(0, index)) score += Math.sign(later - earlier);
  const terms = (count: number) => count * (count - 1) * (2 * count + 5);
  const ties = [...Map.groupBy(values, (value) => value).values()];
  const tied = ties.reduce((sum, { length }) => sum + terms(length), 0);
  return { score, variance: (terms(values.length) - tied) / 18 };
}
