/** The same seed draws the same numbers. */
import { expect, it } from 'vitest';
import { seededRandom } from './random.ts';

it('draws the same numbers for the same seed, spread over the range', () => {
  const draw = (seed: number) => {
    const random = seededRandom(seed);
    return Array.from({ length: 1_000 }, () => random());
  };
  expect(draw(5)).toEqual(draw(5));
  expect(draw(5)).not.toEqual(draw(6));
  const tenths = new Set(draw(5).map((value) => Math.floor(value * 10)));
  expect([...tenths].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});
