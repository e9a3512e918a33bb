/** Waits of what failed, and deadlines on a clock that jumps. */
import { describe, expect, it } from 'vitest';
import { isAhead } from './deadline.ts';
import { afterFailure, isWaiting, type Quarantined } from './quarantine-rules.ts';

const minute = 60_000;

describe('an operation that fails', () => {
  it.each([
    [1, 0.5],
    [2, 1],
    [3, 2],
    [7, 32],
    [8, 60],
    [50, 60],
  ])('for the %i. time waits %d min', (tries, minutes) => {
    let entry: Quarantined | undefined;
    for (let time = 0; time < tries; time++) entry = afterFailure(entry, `failure ${time}`, 1000);
    expect(entry).toEqual({ tries, until: 1000 + minutes * minute, reason: `failure ${tries - 1}` });
  });

  it('waits until its time has come, and no longer because the clock was set back', () => {
    const entry = afterFailure(undefined, 'refused', 10 * minute);
    expect(isWaiting(entry, 10 * minute)).toBe(true);
    expect(isWaiting(entry, entry.until - 1)).toBe(true);
    expect(isWaiting(entry, entry.until)).toBe(false);
    expect(isWaiting(entry, entry.until - 60 * minute)).toBe(true);
    expect(isWaiting(entry, entry.until - 60 * minute - 1)).toBe(false);
  });
});

describe('a deadline', () => {
  it.each([
    ['to come', 100, 50, 50, true],
    ['reached', 100, 100, 50, false],
    ['past', 100, 101, 50, false],
    ['further ahead than it was set', 100, 49, 50, false],
  ])('that is %s', (_what, until, now, most, expected) => {
    expect(isAhead(until, now, most)).toBe(expected);
  });
});
