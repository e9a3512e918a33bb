import { describe, expect, it } from 'vitest';
import { createRegistry } from '../metrics.ts';
import { FakeClock, loggedLines } from '../testing/index.ts';
import { wallMs } from './instants.ts';
import { SteadyClock } from './steady-clock.ts';

const day = 86_400_000;

function setUp(opinion: (clock: FakeClock) => number) {
  const clock = new FakeClock();
  const start = clock.now();
  const registry = createRegistry({ service: 'test', version: '0', processMetrics: false });
  const { logger, lines } = loggedLines();
  let asked = 0;
  const steady = new SteadyClock({
    clock,
    logger,
    registry,
    secondOpinion: async () => {
      asked += 1;
      return wallMs(opinion(clock));
    },
  });
  const jumps = async () =>
    (await registry.getSingleMetric('exec_clock_jumps_total')?.get())?.values.map(({ value }) => value);
  return { clock, steady, start, lines, jumps, asked: () => asked };
}

describe('a wall clock that jumps', () => {
  it('a day ahead is not believed while Redis says otherwise: nothing lies in the future', async () => {
    const start = new FakeClock().now();
    const { clock, steady, jumps, lines, asked } = setUp((at) => start + at.monotonic());
    await clock.advance(1000);
    clock.jumpWall(day);
    for (let n = 0; n < 50; n++) {
      expect(steady.now()).toBe(start + clock.monotonic());
      await clock.advance(1000);
    }
    expect(await jumps()).toEqual([1, 0]);
    expect(lines().filter(({ level }) => level === 'warn')).toHaveLength(1);
    expect(asked()).toBe(5);
    clock.jumpWall(-day);
    expect(steady.now()).toBe(clock.now());
    expect(await jumps()).toEqual([1, 0]);
  });

  it('is believed when Redis says the same: the machine was suspended, or its clock was put right', async () => {
    const { clock, steady } = setUp((at) => at.now() - 5000);
    clock.jumpWall(day);
    expect(steady.now()).toBe(clock.now() - day);
    await clock.advance(0);
    expect(steady.now()).toBe(clock.now());
  });

  it('is asked about again while Redis is away', async () => {
    let away = true;
    const { clock, steady } = setUp((at) => {
      if (away) throw new Error('Redis is away');
      return at.now();
    });
    clock.jumpWall(day);
    steady.now();
    await clock.advance(10_000);
    away = false;
    expect(steady.now()).toBe(clock.now() - day);
    await clock.advance(0);
    expect(steady.now()).toBe(clock.now());
  });

  it('an hour back is not believed while Redis says otherwise: nothing is told before what was told', async () => {
    const start = new FakeClock().now();
    const { clock, steady, jumps, lines } = setUp((at) => start + at.monotonic());
    await clock.advance(1000);
    clock.jumpWall(-day / 24);
    for (let n = 0; n < 20; n++) {
      expect(steady.now()).toBe(start + clock.monotonic());
      await clock.advance(1000);
    }
    expect(await jumps()).toEqual([0, 1]);
    expect(lines().filter(({ level }) => level === 'warn')).toHaveLength(1);
    clock.jumpWall(day / 24);
    expect(steady.now()).toBe(clock.now());
  });

  it('back is followed when Redis says the same: it was ahead before, and was put right', async () => {
    const { clock, steady, jumps } = setUp((at) => at.now());
    clock.jumpWall(-day);
    expect(steady.now()).toBe(clock.now() + day);
    await clock.advance(0);
    expect(steady.now()).toBe(clock.now());
    expect(await jumps()).toEqual([0, 1]);
  });

  it('is no jump when it is set by seconds', async () => {
    const { clock, steady, jumps } = setUp((at) => at.now());
    for (const ms of [5000, -5000, 59_000, -59_000]) {
      clock.jumpWall(ms);
      expect(steady.now()).toBe(clock.now());
    }
    expect(await jumps()).toEqual([0, 0]);
  });
});
