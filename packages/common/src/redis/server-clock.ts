/** How far the clock of Redis is from the own one: a metric, and a line in the log when it begins and ends to matter. */
import type { Registry } from 'prom-client';
import type { Logger } from '../logging/logging.ts';
import { gaugeFrom } from '../metrics.ts';

/** Milliseconds; what NTP leaves, and the way there and back, are far less. */
const mattersMs = 2000;

/** Takes in the skew that each probe measures. */
export class ServerClock {
  readonly #logger: Logger;
  #skewMs: number | undefined;
  #matters = false;

  /** @param registry receives `exec_redis_clock_skew_seconds`, which is NaN until it is known */
  constructor(logger: Logger, registry: Registry | undefined) {
    this.#logger = logger;
    if (registry === undefined) return;
    gaugeFrom(
      registry,
      {
        name: 'exec_redis_clock_skew_seconds',
        help: 'Clock of Redis minus the own clock, as last seen; NaN while Redis has not told its time.',
      },
      () => (this.#skewMs ?? Number.NaN) / 1000,
    );
  }

  /** @param skewMs time of Redis minus the own, in milliseconds; undefined where Redis does not tell it */
  note(skewMs: number | undefined): void {
    this.#skewMs = skewMs;
    const matters = skewMs !== undefined && Math.abs(skewMs) > mattersMs;
    if (matters === this.#matters) return;
    this.#matters = matters;
    if (matters)
      this.#logger.warn(
        { 'exec.clock_difference_ms': Math.round(skewMs) },
        'The clock of the Redis machine differs from this one; keep both in step (NTP)',
      );
    else this.#logger.info('The clock of the Redis machine agrees with this one again');
  }
}
