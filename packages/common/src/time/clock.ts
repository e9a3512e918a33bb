/** Time as a value that is passed in, so that tests decide what time it is. */
import { setTimeout as delay } from 'node:timers/promises';
import { type MonotonicMs, monotonicMs, type WallMs, wallMs } from './instants.ts';

export interface Timer {
  /** Ends the timer; harmless when it has fired or was cancelled. */
  cancel(): void;
}

export interface Clock {
  /** Wall time. */
  now(): WallMs;
  /** Only differences mean something. */
  monotonic(): MonotonicMs;
  /** Calls `fire` once after `ms` milliseconds. The timer keeps the process alive unless `unref` is set. */
  setTimer(ms: number, fire: () => void, options?: { readonly unref?: boolean }): Timer;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when it is aborted before. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Node's timers cut fractions off and can fire just before their time, as `performance.now` sees it. */
function notEarly(ms: number): number {
  return ms <= 0 ? 0 : Math.ceil(ms) + 1;
}

export const systemClock: Clock = {
  now: () => wallMs(Date.now()),
  monotonic: () => monotonicMs(performance.now()),
  setTimer(ms, fire, options) {
    const handle = setTimeout(fire, notEarly(ms));
    if (options?.unref === true) handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
  async sleep(ms, signal) {
    signal?.throwIfAborted();
    try {
      await delay(notEarly(ms), undefined, signal === undefined ? undefined : { signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};
