/** The real clock: nothing fires before its time, and waits end with their signal. */
import { describe, expect, it } from 'vitest';
import { systemClock } from './clock.ts';

describe('systemClock', () => {
  it('fires no timer early', async () => {
    for (const ms of [0.4, 1, 1.7, 3, 5.5]) {
      const start = systemClock.monotonic();
      await new Promise<void>((resolve) => systemClock.setTimer(ms, resolve));
      expect(systemClock.monotonic() - start).toBeGreaterThanOrEqual(ms);
      const slept = systemClock.monotonic();
      await systemClock.sleep(ms);
      expect(systemClock.monotonic() - slept).toBeGreaterThanOrEqual(ms);
    }
  });

  it('does not fire a timer that was cancelled', async () => {
    let fired = false;
    const timer = systemClock.setTimer(1, () => {
      fired = true;
    });
    timer.cancel();
    await systemClock.sleep(5);
    timer.cancel();
    expect(fired).toBe(false);
  });

  it('ends a sleep with the reason of its signal', async () => {
    const reason = new Error('enough');
    await expect(systemClock.sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
    const abort = new AbortController();
    const sleep = systemClock.sleep(60_000, abort.signal);
    abort.abort(reason);
    await expect(sleep).rejects.toBe(reason);
  });
});
