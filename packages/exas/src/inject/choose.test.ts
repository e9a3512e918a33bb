import { describe, expect, it } from 'vitest';
import { chooseLane, retryWaitMs } from './choose.ts';

const lane = (ready: number, oldestMs = 0) => ({ ready, oldestMs });

describe('the next request', () => {
  it.each([
    [lane(0), lane(0), undefined],
    [lane(1), lane(0), 'presence'],
    [lane(0), lane(1), 'routingStatus'],
    [lane(3), lane(5), 'routingStatus'],
    [lane(5), lane(5), 'presence'],
    [lane(3, 6000), lane(100, 200), 'presence'],
    [lane(3, 6000), lane(100, 7000), 'routingStatus'],
    [lane(0, 0), lane(1, 9000), 'routingStatus'],
  ])('with %j and %j serves %s', (presence, routingStatus, expected) => {
    expect(chooseLane({ presence, routingStatus })).toBe(expected);
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
