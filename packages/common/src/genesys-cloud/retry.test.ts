import { describe, expect, it } from 'vitest';
import { type Decision, decide, maxTries, type TryCircumstances, type TryOutcome } from './retry.ts';

const usual: TryCircumstances = {
  tries: 1,
  leftMs: 120_000,
  repeatable: true,
  otherLane: false,
  random: 0.5,
};

describe('decide', () => {
  const rows: readonly [string, TryOutcome, Partial<TryCircumstances>, Decision][] = [
    [
      '429 pauses the lane for Retry-After and some more',
      { kind: 'rate-limited', retryAfterMs: 30_000 },
      {},
      { kind: 'again', waitMs: 0, pauseLaneMs: 30_500 },
    ],
    [
      '429 without Retry-After counts as one second',
      { kind: 'rate-limited', retryAfterMs: undefined },
      {},
      { kind: 'again', waitMs: 0, pauseLaneMs: 1_500 },
    ],
    [
      '429 with Retry-After 0 counts as one second',
      { kind: 'rate-limited', retryAfterMs: 0 },
      { random: 0 },
      { kind: 'again', waitMs: 0, pauseLaneMs: 1_000 },
    ],
    [
      '429 is safe to repeat whatever the request',
      { kind: 'rate-limited', retryAfterMs: 0 },
      { random: 0, repeatable: false },
      { kind: 'again', waitMs: 0, pauseLaneMs: 1_000 },
    ],
    [
      '429 for more than three minutes stops the lane',
      { kind: 'rate-limited', retryAfterMs: 180_001 },
      { random: 0 },
      { kind: 'fail', pauseLaneMs: 180_001 },
    ],
    [
      '429 for more than three minutes is no end while another token can be used',
      { kind: 'rate-limited', retryAfterMs: 180_001 },
      { random: 0, otherLane: true },
      { kind: 'again', waitMs: 0, pauseLaneMs: 180_001 },
    ],
    [
      '429 beyond the deadline fails, and the lane pauses all the same',
      { kind: 'rate-limited', retryAfterMs: 60_000 },
      { leftMs: 50_000, random: 0 },
      { kind: 'fail', pauseLaneMs: 60_000 },
    ],
    [
      '429 at the last try fails',
      { kind: 'rate-limited', retryAfterMs: 1_000 },
      { tries: maxTries, random: 0 },
      { kind: 'fail', pauseLaneMs: 1_000 },
    ],
    ['503 waits at random', { kind: 'gateway', retryAfterMs: undefined }, {}, { kind: 'again', waitMs: 250 }],
    [
      '503 waits longer each time',
      { kind: 'gateway', retryAfterMs: undefined },
      { tries: 4 },
      { kind: 'again', waitMs: 2_000 },
    ],
    [
      '503 waits at least Retry-After',
      { kind: 'gateway', retryAfterMs: 7_000 },
      {},
      { kind: 'again', waitMs: 7_000 },
    ],
    [
      '503 at the last try fails',
      { kind: 'gateway', retryAfterMs: undefined },
      { tries: maxTries },
      { kind: 'fail' },
    ],
    [
      '503 past the deadline fails',
      { kind: 'gateway', retryAfterMs: 5_000 },
      { leftMs: 5_000 },
      { kind: 'fail' },
    ],
    [
      '504 of a create may hide a success',
      { kind: 'gateway', retryAfterMs: undefined },
      { repeatable: false },
      { kind: 'outcome-unknown' },
    ],
    ['a lost answer is repeated where that is safe', { kind: 'lost' }, {}, { kind: 'again', waitMs: 250 }],
    [
      'a lost answer of a create is not',
      { kind: 'lost' },
      { repeatable: false },
      { kind: 'outcome-unknown' },
    ],
    ['a lost answer at the last try fails', { kind: 'lost' }, { tries: maxTries }, { kind: 'fail' }],
    [
      'what was never sent is repeated, a create too',
      { kind: 'not-sent' },
      { repeatable: false },
      { kind: 'again', waitMs: 250 },
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
