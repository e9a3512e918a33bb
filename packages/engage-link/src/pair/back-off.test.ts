import { describe, expect, it } from 'vitest';
import { backOffMs } from './back-off.ts';

const bounds = { minMs: 250, maxMs: 15_000 };

describe('backOffMs', () => {
  it('grows by doubling between its bounds', () => {
    const shortest = [0, 1, 2, 3, 4, 5, 6, 60, 5_000].map((n) => backOffMs(n, 0, bounds));
    const longest = [0, 1, 2, 3, 4, 5, 6, 60, 5_000].map((n) => backOffMs(n, 0.999_999, bounds));
    expect(shortest).toEqual([250, 500, 1_000, 2_000, 4_000, 7_500, 7_500, 7_500, 7_500]);
    expect(longest).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000, 15_000]);
  });

  it('keeps bounds that leave no room for jitter', () => {
    expect(backOffMs(3, 0.5, { minMs: 100, maxMs: 100 })).toBe(100);
  });
});
