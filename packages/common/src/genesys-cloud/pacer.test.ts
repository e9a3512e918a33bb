import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pacer, type Slot } from './pacer.ts';

/** One request: how long after the previous wish it is wanted, how long it takes, when the cloud counts it. */
interface Wish {
  readonly gap: number;
  readonly duration: number;
  /** 0: counted when it was sent; 1: counted when it ended. */
  readonly counted: number;
}

/** Sends all wishes through a pacer and answers when the cloud counted each. */
function run(limit: number, wishes: readonly Wish[]): number[] {
  const pacer = new Pacer(limit);
  const counted: number[] = [];
  let ends: { readonly at: number; readonly slot: Slot }[] = [];
  let now = 0;
  const releaseUntil = (time: number) => {
    ends.sort((a, b) => a.at - b.at);
    for (const end of ends) if (end.at <= time) pacer.release(end.slot, end.at, true);
    ends = ends.filter((end) => end.at > time);
  };
  for (const wish of wishes) {
    now += wish.gap;
    releaseUntil(now);
    for (let ready = pacer.readyAt(now); ready > now; ready = pacer.readyAt(now)) {
      const firstEnd = Math.min(...ends.map((end) => end.at));
      now = Math.min(ready, firstEnd);
      releaseUntil(now);
    }
    const slot = pacer.take(now, 'configuration');
    counted.push(now + wish.duration * wish.counted);
    ends.push({ at: now + wish.duration, slot });
  }
  return counted.sort((a, b) => a - b);
}

/** The most requests that any window of 60 seconds holds, both ends included. */
function fullestWindow(times: readonly number[]): number {
  let most = 0;
  let first = 0;
  for (const [index, time] of times.entries()) {
    while (time - (times[first] ?? 0) > 60_000) first++;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

const wish = fc.record({
  gap: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 90_000 })),
  duration: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 40_000 })),
  counted: fc.double({ min: 0, max: 1, noNaN: true }),
});

describe('Pacer', () => {
  it('never lets any window of 60 seconds hold more than the limit, wherever the cloud counts', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.array(wish, { minLength: 1, maxLength: 200 }),
        (limit, wishes) => {
          expect(fullestWindow(run(limit, wishes))).toBeLessThanOrEqual(limit);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('keeps the limit of 285 under any load', () => {
    fc.assert(
      fc.property(fc.array(wish, { minLength: 300, maxLength: 900 }), (wishes) => {
        expect(fullestWindow(run(285, wishes))).toBeLessThanOrEqual(285);
      }),
      { numRuns: 30 },
    );
  });

  it.each([1, 30, 60, 100, 285, 300, 6000])(
    'uses at least 98 % of a limit of %i while there is work, with answers within a second',
    (limit) => {
      const minutes = 10;
      const wishes = Array.from({ length: limit * minutes + 100 }, () => ({
        gap: 0,
        duration: 900,
        counted: 1,
      }));
      const done = run(limit, wishes).filter((time) => time < minutes * 60_000);
      // A limit of 1 or so cannot be met closer than one request.
      expect(done.length).toBeGreaterThanOrEqual(Math.floor(limit * minutes * 0.98) - (limit < 5 ? 1 : 0));
    },
  );

  it('allows a small burst after quiet, then even spacing', () => {
    const times = run(
      285,
      Array.from({ length: 40 }, () => ({ gap: 0, duration: 0, counted: 0 })),
    );
    expect(times.filter((time) => time === 0)).toHaveLength(5);
    const gaps = times.slice(5).map((time, index) => time - (times[index + 4] ?? 0));
    for (const gap of gaps) expect(gap).toBeCloseTo(60_050 / 281, 6);
  });

  it('counts a request on the way until its end', () => {
    const pacer = new Pacer(2);
    const first = pacer.take(0, 'events');
    pacer.take(30_025, 'events');
    expect(pacer.readyAt(200_000)).toBe(Number.POSITIVE_INFINITY);
    pacer.release(first, 200_000, true);
    expect(pacer.readyAt(200_000)).toBe(260_050);
    expect(pacer.used(200_000)).toBe(2);
    expect(pacer.used(260_050)).toBe(1);
  });

  it('does not count a request that was never sent', () => {
    const pacer = new Pacer(1);
    pacer.release(pacer.take(0, 'drift'), 10, false);
    expect(pacer.counts(10)).toEqual({ events: 0, configuration: 0, drift: 0 });
  });

  it('sends nothing during a pause and no burst after it', () => {
    const pacer = new Pacer(285);
    pacer.pause(10_000);
    expect(pacer.readyAt(0)).toBe(10_000);
    pacer.release(pacer.take(10_000, 'events'), 10_000, true);
    expect(pacer.readyAt(10_000)).toBeCloseTo(10_000 + pacer.spacingMs, 6);
    expect(pacer.pausedFor(4_000)).toBe(6_000);
    expect(pacer.pausedFor(10_000)).toBe(0);
  });

  it('never shortens a pause', () => {
    const pacer = new Pacer(285);
    pacer.pause(60_000);
    pacer.pause(1_000);
    expect(pacer.readyAt(0)).toBe(60_000);
  });
});
