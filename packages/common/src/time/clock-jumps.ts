/** Jumps of clocks: noticed by holding the wall clock against the one that never jumps, and counted alike in every service. */

import { Counter, type Registry } from '../metrics.ts';
import type { Clock } from './clock.ts';

/** What wall time and passed time may disagree between two looks, in milliseconds. */
export const jumpMs = 60_000;
const lookMs = 1_000;

export type JumpDirection = 'ahead' | 'back';
/** Whose clock jumped: that of the service's machine, or that of Redis as the service sees it. */
export type JumpedClock = 'own' | 'redis';

/** @param byMs negative when it jumped back */
export function directionOf(byMs: number): JumpDirection {
  return byMs > 0 ? 'ahead' : 'back';
}

/** Notices a jump at the next look after it. The slow correction of a clock never adds up to one. */
export class JumpWatch {
  readonly #clock: Clock;
  #offset: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#offset = clock.now() - clock.monotonic();
  }

  /** Milliseconds by which the wall clock has jumped since the last look, negative for back; 0 when it has not. */
  look(): number {
    const offset = this.#clock.now() - this.#clock.monotonic();
    const by = offset - this.#offset;
    this.#offset = offset;
    return Math.abs(by) > jumpMs ? by : 0;
  }

  /** Looks every second until the answer is called. */
  follow(onJump: (byMs: number) => void): () => void {
    const next = () =>
      this.#clock.setTimer(
        lookMs,
        () => {
          const by = this.look();
          if (by !== 0) onJump(by);
          timer = next();
        },
        { unref: true },
      );
    let timer = next();
    return () => timer.cancel();
  }
}

/** Counts jumps of a clock by direction in `exec_clock_jumps_total`. */
export class ClockJumps {
  readonly #counter: Counter<'clock' | 'direction'>;

  /** @param registry receives `exec_clock_jumps_total` */
  constructor(registry: Registry, clocks: readonly JumpedClock[] = ['own']) {
    this.#counter = new Counter({
      name: 'exec_clock_jumps_total',
      help: 'Jumps of a wall clock, the own one or that of Redis, as far as they were noticed',
      labelNames: ['clock', 'direction'],
      registers: [registry],
    });
    for (const clock of clocks)
      for (const direction of ['ahead', 'back'] as const) this.#counter.inc({ clock, direction }, 0);
  }

  count(clock: JumpedClock, direction: JumpDirection): void {
    this.#counter.inc({ clock, direction });
  }
}
