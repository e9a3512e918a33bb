import { describe, expect, it } from 'vitest';
import { createRegistry } from '../metrics.ts';
import { FakeClock } from '../testing/index.ts';
import { ClockJumps, directionOf, JumpWatch } from './clock-jumps.ts';

const hourMs = 3_600_000;

describe('a jump of the wall clock', () => {
  it('is noticed once, ahead and back', async () => {
    const clock = new FakeClock();
    const seen: number[] = [];
    const end = new JumpWatch(clock).follow((byMs) => seen.push(byMs));
    await clock.advance(5_000);
    clock.jumpWall(3 * hourMs);
    await clock.advance(5_000);
    clock.jumpWall(-3 * hourMs);
    await clock.advance(5_000);
    expect(seen).toEqual([3 * hourMs, -3 * hourMs]);
    end();
    clock.jumpWall(hourMs);
    await clock.advance(5_000);
    expect(seen).toHaveLength(2);
  });

  it('is none when a clock is put right slowly, however far', async () => {
    const clock = new FakeClock();
    const seen: number[] = [];
    const end = new JumpWatch(clock).follow((byMs) => seen.push(byMs));
    for (let n = 0; n < 100; n++) {
      clock.jumpWall(30_000);
      await clock.advance(1_000);
    }
    expect(seen).toEqual([]);
    end();
  });

  it('is counted by clock and direction', async () => {
    const registry = createRegistry({ service: 'test', version: '0', processMetrics: false });
    const jumps = new ClockJumps(registry, ['own', 'redis']);
    jumps.count('redis', directionOf(-hourMs));
    const counted = await registry.getSingleMetric('exec_clock_jumps_total')?.get();
    expect(counted?.values.map(({ labels, value }) => ({ ...labels, value }))).toEqual([
      { clock: 'own', direction: 'ahead', value: 0 },
      { clock: 'own', direction: 'back', value: 0 },
      { clock: 'redis', direction: 'ahead', value: 0 },
      { clock: 'redis', direction: 'back', value: 1 },
    ]);
  });
});
