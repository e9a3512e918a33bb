/**
 * The time of day for what is sent away, held against the clock that never jumps: a wall clock that leaps is not believed
 * until a second clock (that of Redis) says the same. A wrong one moves nothing into the future, nor before what was sent.
 */

import type { Logger } from '../logging/logging.ts';
import type { Registry } from '../metrics.ts';
import type { Clock } from './clock.ts';
import { ClockJumps, type JumpDirection, jumpMs } from './clock-jumps.ts';
import { type MonotonicMs, type WallMs, wallMs } from './instants.ts';

export interface SteadyClockOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry?: Registry | undefined;
  /** Wall time of another machine; what it throws means that it cannot be asked now. */
  readonly secondOpinion: () => Promise<WallMs>;
}

/** While the two disagree, the second clock is asked so often. */
const askEveryMs = 10_000;

/**
 * @rule A leap of the own clock is believed only when Redis says the same.
 * @test steady-clock.test.ts: a day ahead is not believed while Redis says otherwise: nothing lies in the future
 */
export class SteadyClock {
  readonly #options: SteadyClockOptions;
  readonly #jumps: ClockJumps | undefined;
  /** Wall time minus monotonic time, as it is believed. */
  #offset: number;
  /** When the last question was asked about a leap that is not believed. */
  #askedAt: MonotonicMs | undefined;

  constructor(options: SteadyClockOptions) {
    this.#options = options;
    const { clock, registry } = options;
    this.#offset = clock.now() - clock.monotonic();
    if (registry !== undefined) this.#jumps = new ClockJumps(registry);
  }

  /** Milliseconds since 1970: of the wall clock, or while that is not believed, of the time that has passed. */
  now(): WallMs {
    const { clock } = this.#options;
    const ahead = clock.now() - clock.monotonic() - this.#offset;
    if (Math.abs(ahead) > jumpMs) {
      this.#doubt(ahead);
      return wallMs(clock.monotonic() + this.#offset);
    }
    this.#offset += ahead;
    this.#askedAt = undefined;
    return clock.now();
  }

  #doubt(ahead: number): void {
    const { clock } = this.#options;
    if (this.#askedAt === undefined) this.#note(ahead > 0 ? 'ahead' : 'back', ahead);
    else if (clock.monotonic() - this.#askedAt < askEveryMs) return;
    this.#askedAt = clock.monotonic();
    void this.#ask();
  }

  async #ask(): Promise<void> {
    const { clock, logger, secondOpinion } = this.#options;
    try {
      if (Math.abs((await secondOpinion()) - clock.now()) > jumpMs) return;
    } catch {
      // Redis is away, which its own dependency says; it is asked again.
      return;
    }
    this.#offset = clock.now() - clock.monotonic();
    this.#askedAt = undefined;
    logger.info('Redis confirms the new time of the clock of this machine: it is used from now on');
  }

  #note(direction: JumpDirection, byMs: number): void {
    this.#jumps?.count('own', direction);
    this.#options.logger.warn(
      { 'exec.jump_seconds': Math.round(byMs / 1000) },
      `The clock of this machine jumped ${direction}; it is not believed until Redis says the same`,
    );
  }
}
