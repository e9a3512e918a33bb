import { expect, it } from 'vitest';
import { askedSeed, testSeed } from './seed.ts';

it('a seed is the same in every run, unless another one is asked for', () => {
  expect(askedSeed(undefined)).toBeUndefined();
  expect(testSeed('7')).toBe(7);
  expect(testSeed('random')).not.toBe(testSeed('random'));
  for (const wrong of ['', ' ', 'seven', '1.5']) expect(() => testSeed(wrong)).toThrow('PROPERTY_SEED');
});
