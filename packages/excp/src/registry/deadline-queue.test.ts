import { streamMs } from '@exec/common/instants';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeadlineQueue } from './deadline-queue.ts';

describe('due times', () => {
  it('of one key that is set a thousand times are its newest, among others', () => {
    const times = new DeadlineQueue();
    times.set('steady', streamMs(500));
    for (let n = 1; n <= 1_000; n++) times.set('moved', streamMs(n));
    expect([times.size, times.first, times.take(streamMs(499))]).toEqual([2, 500, undefined]);
    expect([times.take(streamMs(999)), times.take(streamMs(999)), times.take(streamMs(1_000))]).toEqual([
      ...['steady', undefined, 'moved'],
    ]);
  });

  it('give back what is due, in order, each key once and with its newest time', () => {
    const time = fc.nat(100).map(streamMs);
    const step = fc.oneof(
      fc.record({ key: fc.nat(20).map(String), due: fc.option(time, { nil: undefined }) }),
      fc.record({ now: time }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const times = new DeadlineQueue();
        const model = new Map<string, number>();
        for (const one of steps) {
          if ('key' in one) {
            times.set(one.key, one.due);
            if (one.due === undefined) model.delete(one.key);
            else model.set(one.key, one.due);
          } else {
            const expected = [...model].filter(([, due]) => due <= one.now).map(([, due]) => due);
            const taken: number[] = [];
            for (let key = times.take(one.now); key !== undefined; key = times.take(one.now)) {
              taken.push(model.get(key) ?? -1);
              model.delete(key);
            }
            expect(taken).toEqual(expected.toSorted((a, b) => a - b));
          }
          expect(times.size).toBe(model.size);
          expect(times.first).toBe(model.size === 0 ? undefined : Math.min(...model.values()));
        }
      }),
    );
  });
});
