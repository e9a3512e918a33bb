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
  return { clock, engage, gone: () => gone };
}

describe('Engage that stays away', () => {
  it('is told once, after the time that is set', async () => {
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

  it('is not told when a server came back in time', async () => {
    const { clock, engage, gone } = watch(300);
    engage.down();
    await clock.advance(200_000);
    engage.up();
    expect(engage.downSince).toBe(0);
    await clock.advance(300_000);
    expect(gone()).toBe(0);
  });

  it('leaves the agents as they are unless a time is set', async () => {
    const { clock, engage, gone } = watch(0);
    engage.down();
    expect(engage.downSince).toBe(clock.now() / 1000);
    await clock.advance(86_400_000);
    expect(gone()).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  });
});
