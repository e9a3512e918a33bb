import { Random } from '@exec/simulators/scenarios';
import { describe, expect, it } from 'vitest';
import { growthOf, type Point } from './growth.ts';

/** Six stretches of five minutes, a value every ten seconds, as in an hour with a restart every ten minutes. */
function hour(valueAt: (minute: number, stretch: number) => number): Point[][] {
  return Array.from({ length: 6 }, (_, stretch) =>
    Array.from({ length: 30 }, (__, index) => {
      const at = stretch * 600 + 300 + index * 10;
      return { at, value: valueAt((index * 10) / 60, stretch) };
    }),
  );
}

/** Like the memory of a process: a sawtooth of the garbage collector, single peaks, and each start at another level. */
function noise(random: Random): (minute: number, stretch: number) => number {
  const levels = Array.from({ length: 6 }, () => 140 + random.next() * 20);
  const phases = levels.map(() => random.next());
  return (minute, stretch) => {
    const sawtooth = ((minute * 1.7 + (phases[stretch] ?? 0)) % 1) * 4;
    const peak = random.chance(0.03) ? 25 : 0;
    return (levels[stretch] ?? 0) + sawtooth + peak + random.next() * 2;
  };
}

const runs = 200;

/** Of {@link runs} made-up hours, those that are said to grow. */
function foundIn(added: (minute: number, stretch: number) => number): number {
  const random = new Random(11);
  let found = 0;
  for (let run = 0; run < runs; run++) {
    const value = noise(random);
    const { grows } = growthOf(
      hour((minute, stretch) => value(minute, stretch) + added(minute, stretch)),
      1,
    );
    if (grows === true) found += 1;
  }
  return found;
}

describe('the test for growth', () => {
  it('finds a leak of half a mebibyte a minute under the noise of a process', () => {
    expect(foundIn((minute) => 0.5 * minute)).toBeGreaterThan(0.95 * runs);
  });

  it('finds none in that noise, nor where restarts begin higher each time, nor in what falls', () => {
    expect(foundIn(() => 0)).toBeLessThan(0.015 * runs);
    expect(foundIn((_, stretch) => 10 * stretch)).toBeLessThan(0.015 * runs);
    expect(foundIn((minute) => -0.5 * minute)).toBe(0);
  });

  it('finds a handle that is not closed every other minute among those that come and go', () => {
    const random = new Random(5);
    const handles = hour((minute) => 40 + random.between(0, 3) + Math.floor(minute / 2));
    expect(growthOf(handles, 1)).toMatchObject({ grows: true, level: expect.closeTo(42, -1) });
    const still = hour(() => 40 + random.between(0, 3));
    expect(growthOf(still, 1).grows).toBe(false);
    expect(
      growthOf(
        hour(() => 40),
        1,
      ),
    ).toEqual({ level: 40, perHour: 0, low: 0, high: 0, grows: false });
  });

  it('says the slope with bounds that hold the true one', () => {
    const random = new Random(3);
    const value = noise(random);
    const { perHour, low, high } = growthOf(
      hour((minute, stretch) => value(minute, stretch) + 0.5 * minute),
      1,
    );
    expect(low).toBeLessThan(30);
    expect(high).toBeGreaterThan(30);
    expect(perHour).toBeGreaterThan(low);
    expect(perHour).toBeLessThan(high);
  });

  it('takes a growth that is sure but small for none', () => {
    const slow = hour((minute) => 150 + 0.02 * minute);
    expect(growthOf(slow, 0)).toMatchObject({ grows: false, perHour: expect.closeTo(1.2, 1) });
    expect(growthOf(slow, 0).low).toBeGreaterThan(0);
  });

  it('says nothing of stretches that are too short', () => {
    const short = [
      [{ at: 0, value: 1 }],
      [
        { at: 60, value: 2 },
        { at: 120, value: 3 },
      ],
    ];
    expect(growthOf(short, 0).grows).toBeUndefined();
    expect(growthOf([], 0)).toMatchObject({ grows: undefined, level: Number.NaN });
  });
});
