import { FakeClock } from '@exec/common/testing';
import { describe, expect, it } from 'vitest';
import { EngageWatch } from './engage-watch.ts';

function watch(limitSeconds: number) {
  const clock = new FakeClock();
  let gone = 0;
  const engage = new EngageWatch({
    clock,
    limitSeconds,
    onGone: () => {
      gone += 1;
    },
  });
  engage.watch();
  return { clock, engage, gone: () => gone };
}

describe('Engage that stays away', () => {
  it('is said once, after the time that is set', async () => {
    const { clock, engage, gone } = watch(300);
    engage.down();
    await clock.advance(299_000);
    engage.down();
    expect(gone()).toBe(0);
    await clock.advance(1000);
    expect(gone()).toBe(1);
    await clock.advance(3_600_000);
    expect(gone()).toBe(1);
  });

  it('is not said when a server came back in time', async () => {
    const { clock, engage, gone } = watch(300);
    engage.down();
    await clock.advance(200_000);
    engage.up();
    expect(engage.downSince).toBeUndefined();
    await clock.advance(300_000);
    expect(gone()).toBe(0);
  });

  it('leaves the agents as they are unless a time is set', async () => {
    const { clock, engage, gone } = watch(0);
    engage.down();
    expect(engage.downSince).toBe(clock.now());
    await clock.advance(86_400_000);
    expect(gone()).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('an instance that is not active', () => {
  it('calls nobody, counts nothing, and shows nothing', async () => {
    const { clock, engage, gone } = watch(300);
    engage.down();
    engage.rest();
    expect(engage.downSince).toBeUndefined();
    await clock.advance(3_600_000);
    expect([gone(), clock.pendingTimers]).toEqual([0, 0]);
  });

  it('goes on with an absence that lasts when it becomes active again', async () => {
    const { clock, engage, gone } = watch(300);
    engage.down();
    await clock.advance(100_000);
    engage.rest();
    await clock.advance(100_000);
    engage.watch();
    await clock.advance(99_000);
    expect(gone()).toBe(0);
    await clock.advance(1000);
    expect(gone()).toBe(1);
    engage.rest();
    engage.watch();
    await clock.advance(0);
    expect(gone()).toBe(2);
  });

  it('does not care for jumps of the wall clock', async () => {
    const { clock, engage, gone } = watch(300);
    engage.down();
    engage.rest();
    clock.jumpWall(86_400_000);
    engage.watch();
    await clock.advance(299_000);
    expect(gone()).toBe(0);
  });
});
