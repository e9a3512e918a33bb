import { describe, expect, it } from 'vitest';
import {
  type Decision,
  decide,
  maxTries,
  type TryCircumstances,
  type TryOutcome,
  tokenPauseMs,
} from './retry.ts';

const usual: TryCircumstances = {
  tries: 1,
  leftMs: 120_000,
  repeatable: true,
  otherToken: false,
  random: 0.5,
};

const again = (waitMs: number): Decision => ({ kind: 'again', waitMs });
const fail: Decision = { kind: 'fail' };

describe('decide', () => {
  const rows: readonly [string, TryOutcome, Partial<TryCircumstances>, Decision][] = [
    ['429 is repeated when its pause is over', { kind: 'rate-limited', pauseMs: 60_000 }, {}, again(0)],
    [
      '429 is safe to repeat whatever the request',
      { kind: 'rate-limited', pauseMs: 1_000 },
      { repeatable: false },
      again(0),
    ],
    [
      '429 for more than three minutes fails',
      { kind: 'rate-limited', pauseMs: 180_001 },
      { leftMs: 1e9 },
      fail,
    ],
    [
      '429 for more than three minutes is no end while another token can be used',
      { kind: 'rate-limited', pauseMs: 180_001 },
      { otherToken: true },
      again(0),
    ],
    ['429 beyond the deadline fails', { kind: 'rate-limited', pauseMs: 60_000 }, { leftMs: 50_000 }, fail],
    [
      '429 at the last try fails',
      { kind: 'rate-limited', pauseMs: 1_000 },
      { tries: maxTries, otherToken: true },
      fail,
    ],
    ['503 waits at random', { kind: 'gateway', retryAfterMs: undefined }, {}, again(250)],
    ['503 waits longer each time', { kind: 'gateway', retryAfterMs: undefined }, { tries: 4 }, again(2_000)],
    ['503 waits at least Retry-After', { kind: 'gateway', retryAfterMs: 7_000 }, {}, again(7_000)],
    ['503 at the last try fails', { kind: 'gateway', retryAfterMs: undefined }, { tries: maxTries }, fail],
    ['503 past the deadline fails', { kind: 'gateway', retryAfterMs: 5_000 }, { leftMs: 5_000 }, fail],
    [
      '504 of a create may hide a success',
      { kind: 'gateway', retryAfterMs: undefined },
      { repeatable: false },
      { kind: 'outcome-unknown' },
    ],
    ['a lost answer is repeated where that is safe', { kind: 'lost' }, {}, again(250)],
    [
      'a lost answer of a create is not',
      { kind: 'lost' },
      { repeatable: false },
      { kind: 'outcome-unknown' },
    ],
    ['a lost answer at the last try fails', { kind: 'lost' }, { tries: maxTries }, fail],
    [
      'what was never sent is repeated, a create too',
      { kind: 'not-sent' },
      { repeatable: false },
      again(250),
    ],
  ];

  it.each(rows)('%s', (_, outcome, circumstances, decision) => {
    expect(decide(outcome, { ...usual, ...circumstances })).toEqual(decision);
  });

  it('waits less than eight seconds by itself, also before the last try', () => {
    const wait = decide({ kind: 'lost' }, { ...usual, tries: maxTries - 1, random: 0.999_999 });
    expect(wait.kind === 'again' && wait.waitMs).toBeLessThan(8_000);
  });
});

describe('tokenPauseMs', () => {
  it.each([
    ['Retry-After and up to a second more', 30_000, 0.5, 30_500],
    ['a second without Retry-After', undefined, 0, 1_000],
    ['a second for Retry-After 0', 0, 0.25, 1_250],
    ['whatever is asked for', 86_400_000, 0, 86_400_000],
  ])('is %s', (_, retryAfterMs, random, ms) => {
    expect(tokenPauseMs(retryAfterMs, random)).toBe(ms);
  });
});
