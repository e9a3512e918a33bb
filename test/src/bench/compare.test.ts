import { Random } from '@exec/simulators/scenarios';
import { describe, expect, it } from 'vitest';
import { type Better, compare, isSeen } from './compare.ts';

const rounds = 7;
const runs = 1000;

/** About the normal distribution: the sum of twelve even ones. */
function normal(random: Random): number {
  return Array.from({ length: 12 }, () => random.next()).reduce((sum, one) => sum + one, -6);
}

/** Samples as benchmarks give them: they differ by a share, and one in twenty is far too large. */
function lot(random: Random, spread: number, level = 1): number[] {
  return Array.from(
    { length: rounds },
    () => level * Math.exp(spread * normal(random)) * (random.chance(0.05) ? 1.5 : 1),
  );
}

/** Which share of made-up figures at another level is said to be worse; who is suspect is measured once more. */
function foundWorse(spread: number, level: number, better: Better = 'lower'): number {
  const random = new Random(23);
  let found = 0;
  for (let run = 0; run < runs; run++) {
    const then = lot(random, spread);
    const first = lot(random, spread, level);
    if (!compare(then, first, better).isSuspect) continue;
    const all = [...first, ...lot(random, spread, level)];
    if (compare(then, all, better).verdict === 'worse') found += 1;
  }
  return found / runs;
}

describe('a comparison with stored samples', () => {
  it.each([0.01, 0.03, 0.05])('finds a regression of a fifth at a spread of %f', (spread) => {
    expect(foundWorse(spread, 1.2)).toBeGreaterThan(0.9);
    expect(foundWorse(spread, 1 / 1.25, 'higher')).toBeGreaterThan(0.9);
  });

  it.each([0.01, 0.03, 0.05, 0.1, 0.3])('takes noise of %f for noise', (spread) => {
    expect(foundWorse(spread, 1)).toBeLessThan(0.012);
    expect(foundWorse(spread, 1, 'higher')).toBeLessThan(0.012);
  });

  it('does not take what has become better for worse, and says it', () => {
    expect(foundWorse(0.05, 0.7)).toBe(0);
    const [then, now] = [
      [10, 11, 10.5, 10.2, 10.8],
      [7, 7.2, 7.1, 7.4, 7.3],
    ];
    expect(compare(then, now, 'lower')).toMatchObject({ verdict: 'better', isSuspect: false });
    expect(compare(then, now, 'higher')).toMatchObject({ verdict: 'worse', isSuspect: true });
  });

  it('knows the exact chance', () => {
    // Of the 252 ways to deal ten samples, one has all of the larger five on one side, one has all but a step.
    expect(compare([1, 2, 3, 4, 5], [6, 7, 8, 9, 10], 'lower').byChance).toBeCloseTo(1 / 252, 10);
    expect(compare([1, 2, 3, 4, 6], [5, 7, 8, 9, 10], 'lower').byChance).toBeCloseTo(2 / 252, 10);
    expect(compare([1, 2, 3], [1, 2, 3], 'lower').byChance).toBeGreaterThan(0.5);
  });

  it('takes a small change for the same, however sure it is', () => {
    const then = [100, 100.1, 100.2, 100.3, 100.4];
    expect(
      compare(
        then,
        then.map((one) => one * 1.05),
        'lower',
      ).verdict,
    ).toBe('same');
  });

  it('says when a change of a fifth could not be seen', () => {
    expect(compare([1, 2], [1, 2], 'lower').verdict).toBe('unclear');
    expect(compare([1, 2, 4, 8, 16], [1, 2, 4, 8, 16], 'lower').verdict).toBe('unclear');
    expect(isSeen([1, 1.01, 1.02, 1.03, 1.04], 5)).toBe(true);
  });

  it('compares counts that do not differ: any more is a change', () => {
    expect(compare([0, 0, 0, 0, 0], [1, 1, 1, 1, 1], 'lower').verdict).toBe('worse');
    expect(compare([0, 0, 0, 0, 0], [0, 0, 0, 0, 0], 'lower').verdict).toBe('same');
  });
});
