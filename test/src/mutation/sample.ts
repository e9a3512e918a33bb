/** Which mutants a run tries: a share of all, drawn from the seed and from what each is, so that other code does not change the draw. */
import { createHash } from 'node:crypto';
import type { Mutant } from '@stryker-mutator/api/core';

export interface Sample {
  /** Of all mutants, above 0 up to 1. */
  readonly share: number;
  readonly seed: number;
}

export function isDrawn({ share, seed }: Sample, mutant: Mutant): boolean {
  const { fileName, location, mutatorName, replacement } = mutant;
  const file = fileName.slice(fileName.lastIndexOf('/packages/'));
  const what = JSON.stringify([seed, file, location, mutatorName, replacement]);
  return createHash('sha256').update(what).digest().readUInt32BE() < share * 2 ** 32;
}
