import { expect, it } from 'vitest';
import { drawsCases, seedOfRound } from './rounds.ts';

it.each([
  ["import fc from 'fast-check';", true],
  ["import { askedSeed } from '@exec/testing/vitest';", true],
  ['const seed = testSeed();', true],
  ["import { expect, it } from 'vitest';", false],
])('a file that says %s is played with other seeds: %s', (source, draws) => {
  expect(drawsCases(source)).toBe(draws);
});

it('the first round has the seed that was asked for, each later one another', () => {
  expect([0, 1, 2].map((round) => seedOfRound(999_999_999, round))).toEqual([999_999_999, 0, 1]);
});
