import { describe, expect, it } from 'vitest';
import { scheduleOf } from './restarts.ts';
import { steadyStretches } from './run.ts';

describe('the schedule of restarts', () => {
  it('restarts each part once every ten minutes, and once in a shorter run', () => {
    const hour = scheduleOf(60);
    for (const part of ['excs', 'exas', 'excp', 'redis']) {
      const times = hour.filter((one) => one.part === part).map(({ at }) => at);
      expect(times).toHaveLength(6);
      expect(new Set(times.slice(1).map((at, index) => at - (times[index] ?? 0)))).toEqual(new Set([600]));
    }
    expect(scheduleOf(3).map(({ at, part }) => [part, at])).toEqual([
      ['excs', 18],
      ['exas', 54],
      ['excp', 90],
      ['redis', 108],
    ]);
  });
});

describe('the stretches that are judged', () => {
  const points = Array.from({ length: 120 }, (_, index) => ({ at: index * 10, value: index }));
  const restarts = scheduleOf(20);
  const spans = (part: 'excs' | undefined, warmsSlowly = false) =>
    steadyStretches({ part, warmsSlowly }, points, {
      ...{ restarts, seconds: 1200, grace: 300, minutes: 16, rest: 4 },
    }).map((stretch) => [stretch[0]?.at, stretch.at(-1)?.at]);

  it('are the second half of the time between two restarts of the part', () => {
    // Restarted at 60 s and 660 s; nothing is steady before conversations are forgotten.
    expect(spans('excs')).toEqual([
      [undefined, undefined],
      [600, 650],
      [930, 1190],
    ]);
  });

  it('of memory are the time after all restarts, without its first half', () => {
    expect(spans('excs', true)).toEqual([[1080, 1190]]);
  });

  it('go on over restarts for what outlives them', () => {
    expect(spans(undefined)).toEqual([[600, 1190]]);
  });
});
