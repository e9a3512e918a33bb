import { engageMicros, streamMs } from '@exec/common/instants';
import { expect, it } from 'vitest';
import { ShortestDelay } from './shortest-delay.ts';

const event = (ms: number) => engageMicros(ms * 1_000);

/** Stream time at which something of event time 0 happened, after events of these times arrived at these. */
function after(...noted: readonly (readonly [happened: number, arrived: number])[]): number {
  const delay = new ShortestDelay();
  for (const [happened, arrived] of noted) delay.note(event(happened), streamMs(arrived));
  return delay.arrivalOf(event(0));
}

it('is that of what took least', () => {
  expect(after([0, 1_500], [1_000, 1_700], [2_000, 3_100])).toBe(700);
});

it('is not known before anything came, nor when the clock was put back', () => {
  expect(after()).toBe(Number.NEGATIVE_INFINITY);
  const delay = new ShortestDelay();
  delay.note(event(5_000), streamMs(5_100));
  delay.reset();
  expect(delay.arrivalOf(event(0))).toBe(Number.NEGATIVE_INFINITY);
  delay.note(event(1_000), streamMs(6_000));
  expect(delay.arrivalOf(event(0))).toBe(5_000);
});

it('is below zero at once when the clock is put forward, and no longer two minutes after it was put right', () => {
  const leapt = [
    [0, 100],
    [20_000, 2_000],
  ] as const;
  expect(after(...leapt)).toBe(-18_000);
  expect(after(...leapt, [3_000, 3_100], [59_999, 60_099])).toBe(-18_000);
  expect(after(...leapt, [60_000, 60_100], [119_999, 120_099])).toBe(-18_000);
  expect(after(...leapt, [60_000, 60_100], [120_000, 120_100])).toBe(100);
});
