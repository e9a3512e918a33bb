/**
 * Doubts the clocks that the safety limits live by, for an hour after one of them jumped: nothing is taken away meanwhile.
 * The limits count by the time of Redis; the own clock says when failures are tried again.
 */

import type { Clock } from '@exec/common/clock';
import { type JumpedClock, JumpWatch } from '@exec/common/clock-jumps';
import { type MonotonicMs, type WallMs, wallMs } from '@exec/common/instants';

/** How long a jump is remembered, in milliseconds of passed time. */
const doubtMs = 3_600_000;

const names: Readonly<Record<JumpedClock, string>> = {
  own: 'the clock of this machine',
  redis: 'the clock of Redis',
};

export interface ClockDoubtOptions {
  readonly clock: Clock;
  /** `byMs`: negative when it jumped back. */
  readonly onJump: (whose: JumpedClock, byMs: number) => void;
}

export class ClockDoubt {
  readonly #options: ClockDoubtOptions;
  readonly #own: JumpWatch;
  /** Time of Redis as it was last read. */
  #redisTime = wallMs(0);
  #redis: JumpWatch | undefined;
  #jumped: { readonly whose: JumpedClock; readonly at: MonotonicMs } | undefined;

  constructor(options: ClockDoubtOptions) {
    this.#options = options;
    this.#own = new JumpWatch(options.clock);
  }

  /** Looks every second until the answer is called. */
  follow(): () => void {
    return this.#own.follow((byMs) => this.#note('own', byMs));
  }

  /** @param now what Redis has just answered as its time */
  onRedisTime(now: WallMs): void {
    this.#redisTime = now;
    this.#redis ??= new JumpWatch({
      ...this.#options.clock,
      now: () => this.#redisTime,
      monotonic: () => this.#options.clock.monotonic(),
    });
    this.#note('redis', this.#redis.look());
  }

  /** Why nothing may be taken away now; undefined when the clocks are believed. */
  look(): string | undefined {
    const { clock } = this.#options;
    this.#note('own', this.#own.look());
    if (this.#jumped === undefined) return undefined;
    const { whose, at } = this.#jumped;
    const left = at + doubtMs - clock.monotonic();
    return left > 0
      ? `${names[whose]} jumped, and for an hour nothing is deactivated or removed (${Math.ceil(left / 60_000)} min left)`
      : undefined;
  }

  #note(whose: JumpedClock, byMs: number): void {
    if (byMs === 0) return;
    this.#jumped = { whose, at: this.#options.clock.monotonic() };
    this.#options.onJump(whose, byMs);
  }
}
