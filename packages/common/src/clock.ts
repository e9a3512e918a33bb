/** Time as a value that is passed in, so that tests decide what time it is. */
import { setTimeout as delay } from 'node:timers/promises';

export interface Timer {
  /** Ends the timer; harmless when it has fired or was cancelled. */
  cancel(): void;
}

export interface Clock {
  /** Wall time in milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** Milliseconds that never jump; only differences mean something. */
  monotonic(): number;
  /** Calls `fire` once after `ms` milliseconds. The timer keeps the process alive unless `unref` is set. */
  setTimer(ms: number, fire: () => void, options?: { readonly unref?: boolean }): Timer;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when it is aborted before. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer(ms, fire, options) {
    const handle = setTimeout(fire, ms);
    if (options?.unref === true) handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
  async sleep(ms, signal) {
    signal?.throwIfAborted();
    try {
      await delay(ms, undefined, signal === undefined ? undefined : { signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};
