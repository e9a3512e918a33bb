import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RequestMeter } from './request-meter.ts';

test('allows as many requests as the limit says in any 60 s, and tells when the next one fits', () => {
  const meter = new RequestMeter(2);
  expect(meter.take(0)).toEqual({ allowed: true, count: 1 });
  expect(meter.take(10_000)).toEqual({ allowed: true, count: 2 });
  expect(meter.take(10_001)).toEqual({ allowed: false, count: 2, retryAfterMs: 49_999 });
  expect(meter.take(59_999)).toEqual({ allowed: false, count: 2, retryAfterMs: 1 });
  expect(meter.take(60_000)).toEqual({ allowed: true, count: 2 });
  expect(meter.peak).toBe(2);
});

test('a refused request does not count', () => {
  const meter = new RequestMeter(1);
  meter.take(0);
  for (let now = 1; now < 60_000; now += 10_000) expect(meter.take(now).allowed).toBe(false);
  expect(meter.take(60_000).allowed).toBe(true);
});

test('tells the time until the minute is empty', () => {
  const meter = new RequestMeter(5);
  expect(meter.resetMs(0)).toBe(0);
  meter.take(1_000);
  expect(meter.resetMs(11_000)).toBe(50_000);
});

test('the peak is that of a plain count over all windows, whatever the arrival times', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 2_000 }), { maxLength: 300 }), (gaps) => {
      const meter = new RequestMeter(Number.POSITIVE_INFINITY);
      const times: number[] = [];
      let now = 0;
      for (const gap of gaps) {
        now += gap;
        times.push(now);
        meter.take(now);
      }
      const counts = times.map((end) => times.filter((time) => time > end - 60_000 && time <= end).length);
      expect(meter.peak).toBe(Math.max(0, ...counts));
    }),
    { numRuns: 50 },
  );
});
