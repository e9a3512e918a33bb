import type { Mutant } from '@stryker-mutator/api/core';
import { expect, it } from 'vitest';
import { isDrawn } from './sample.ts';

const mutants = Array.from(
  { length: 2_000 },
  (_, line): Mutant => ({
    id: String(line),
    fileName: `/somewhere/packages/excs/src/plan/${line % 7}.ts`,
    location: { start: { line, column: 0 }, end: { line, column: 9 } },
    mutatorName: 'BooleanLiteral',
    replacement: 'true',
  }),
);
const drawn = (share: number, seed: number, from = mutants) =>
  from.filter((mutant) => isDrawn({ share, seed }, mutant)).map(({ id }) => id);

it('draws the share that is asked for, and all of it when all is asked for', () => {
  expect(Math.abs(drawn(0.1, 1).length - 200)).toBeLessThan(60);
  expect(drawn(1, 1)).toHaveLength(mutants.length);
});

it('draws the same with the same seed, wherever the project lies, and others with another', () => {
  const elsewhere = mutants.map((mutant) => ({
    ...mutant,
    fileName: mutant.fileName.replace('/somewhere', '/x/y'),
  }));
  expect(drawn(0.1, 1, elsewhere)).toEqual(drawn(0.1, 1));
  expect(drawn(0.1, 2)).not.toEqual(drawn(0.1, 1));
});
