/** Jumps of the own clock and of Redis': each is said once and doubted for an hour, passing time and drift are none. */
import { wallMs } from '@exec/common/instants';
import { FakeClock } from '@exec/common/testing';
import { describe, expect, it } from 'vitest';
import { ClockDoubt } from './clock-doubt.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

function start() {
  const clock = new FakeClock();
  const jumps: [string, number][] = [];
  const doubt = new ClockDoubt({ clock, onJump: (whose, byMs) => void jumps.push([whose, byMs]) });
  /** Redis tells a time that is off by so much. */
  const redis = (offMs: number) =>
    doubt.onRedisTime(wallMs(Date.UTC(2026, 0, 5) + clock.monotonic() + offMs));
  return { clock, doubt, jumps, redis };
}

describe.each([25 * hourMs, -25 * hourMs, 2 * minuteMs])('a jump by %i ms', (byMs) => {
  it('of the own clock is doubted for an hour', async () => {
    const { clock, doubt, jumps } = start();
    expect(doubt.look()).toBeUndefined();
    clock.jumpWall(byMs);
    expect(doubt.look()).toMatch(/^the clock of this machine jumped, .*60 min left/);
    await clock.advance(hourMs - 1);
    expect(doubt.look()).toMatch(/1 min left/);
    await clock.advance(1);
    expect(doubt.look()).toBeUndefined();
    expect(jumps).toEqual([['own', byMs]]);
  });

  it('of Redis is doubted for an hour', async () => {
    const { clock, doubt, jumps, redis } = start();
    redis(0);
    await clock.advance(10_000);
    redis(0);
    expect(doubt.look()).toBeUndefined();
    redis(byMs);
    expect(doubt.look()).toMatch(/^the clock of Redis jumped/);
    await clock.advance(hourMs);
    redis(byMs);
    expect(doubt.look()).toBeUndefined();
    expect(jumps).toEqual([['redis', byMs]]);
  });
});

it('a jump that nobody looks for in time is noticed by the watch', async () => {
  const { clock, doubt, jumps } = start();
  const end = doubt.follow();
  clock.jumpWall(hourMs);
  await clock.advance(1000);
  clock.jumpWall(-hourMs);
  await clock.advance(1000);
  end();
  expect(jumps).toEqual([
    ['own', hourMs],
    ['own', -hourMs],
  ]);
  expect(doubt.look()).toMatch(/jumped/);
});

it('drift, however long, and a Redis that was away for a day are no jump', async () => {
  const { clock, doubt, jumps, redis } = start();
  for (let step = 0; step < 100; step++) {
    redis(step * 30_000);
    await clock.advance(10 * minuteMs);
  }
  await clock.advance(24 * hourMs);
  redis(100 * 30_000);
  expect(doubt.look()).toBeUndefined();
  expect(jumps).toEqual([]);
});
