import { describe, expect, it } from 'vitest';
import { chooseHalf, retryWaitMs } from './choose.ts';

const half = (ready: number, oldestMs = 0) => ({ ready, oldestMs });

describe('the next request', () => {
  it.each([
    [half(0), half(0), undefined],
    [half(1), half(0), 'presence'],
    [half(0), half(1), 'routingStatus'],
    [half(3), half(5), 'routingStatus'],
    [half(5), half(5), 'presence'],
    [half(3, 6000), half(100, 200), 'presence'],
    [half(3, 6000), half(100, 7000), 'routingStatus'],
    [half(0, 0), half(1, 9000), 'routingStatus'],
  ])('with %j and %j serves %s', (presence, routingStatus, expected) => {
    expect(chooseHalf({ presence, routingStatus })).toBe(expected);
  });
});

describe('the wait after a refusal that may pass', () => {
  it('grows, is spread, and has a ceiling', () => {
    expect(retryWaitMs(0, 0)).toBe(500);
    expect(retryWaitMs(0, 0.999)).toBeLessThan(1000);
    expect(retryWaitMs(3, 0)).toBe(4000);
    expect(retryWaitMs(50, 0.999)).toBeLessThanOrEqual(60_000);
  });
});
