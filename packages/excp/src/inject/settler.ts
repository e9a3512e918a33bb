/** Writes what happened to outgoing events, in order, one write at a time: what comes meanwhile goes together. */
import type { Clock, Timer } from '@exec/common/clock';
import { ExecError } from '@exec/common/errors';
import type { RedisConnection } from '@exec/common/redis';
import type { ExcpKeys } from '../keys.ts';
import { type DeadLetter, writeDeadLetter } from './dead-letter.ts';
import { settle, settleKeys } from './settle-script.ts';

export interface Settlement {
  readonly done?: readonly string[];
  readonly sending?: readonly string[];
  readonly letters?: readonly DeadLetter[];
  /** Field of the dead leg and ID of its letter. */
  readonly deadLegs?: readonly (readonly [string, string])[];
}

export interface SettlerOptions {
  readonly redis: RedisConnection;
  readonly keys: ExcpKeys;
  readonly clock: Clock;
  /** Value of the lease's token; undefined while it is not held. */
  readonly token: () => string | undefined;
}

const retryMs = 100;
/** What was accepted is written with the next request that is sent, or after this time. */
const doneMs = 5;
const lettersKeptMs = 30 * 86_400_000;
const lettersKept = 10_000;

export class Settler {
  readonly #options: SettlerOptions;
  #waiting: Settlement[] = [];
  #next: Promise<void> | undefined;
  #running: Promise<void> = Promise.resolve();
  #later: Timer | undefined;

  constructor(options: SettlerOptions) {
    this.#options = options;
  }

  /**
   * Resolves when it is written.
   * @throws ExecError `lease.lost`: another instance holds the lease, nothing was written
   */
  write(settlement: Settlement): Promise<void> {
    this.#waiting.push(settlement);
    return this.#soon();
  }

  /** Has it written shortly: until then it counts as sent, and would be repeated by a successor. */
  done(ids: readonly string[]): void {
    this.#waiting.push({ done: ids });
    if (this.#next === undefined)
      this.#later ??= this.#options.clock.setTimer(doneMs, () => void this.#soon().catch(() => undefined));
  }

  #soon(): Promise<void> {
    this.#later?.cancel();
    this.#later = undefined;
    this.#next ??= this.#running.then(
      () => this.#flush(),
      () => this.#flush(),
    );
    return this.#next;
  }

  /** Resolves when everything handed over is written, or given up because the lease is lost. */
  async idle(): Promise<void> {
    if (this.#waiting.length > 0) void this.#soon().catch(() => undefined);
    await (this.#next ?? this.#running).catch(() => undefined);
  }

  #flush(): Promise<void> {
    const settlements = this.#waiting;
    this.#waiting = [];
    this.#next = undefined;
    this.#running = this.#write(settlements);
    return this.#running;
  }

  async #write(settlements: readonly Settlement[]): Promise<void> {
    const { redis, keys, clock, token } = this.#options;
    const done = settlements.flatMap((one) => one.done ?? []);
    const sending = settlements.flatMap((one) => one.sending ?? []);
    const letters = settlements.flatMap((one) => one.letters ?? []);
    const legs = settlements.flatMap((one) => one.deadLegs ?? []);
    const values = [
      ...[done.length, ...done],
      ...[sending.length, ...sending],
      ...[3 * letters.length, ...letters.flatMap((one) => [one.id, one.at, writeDeadLetter(one)])],
      ...[2 * legs.length, ...legs.flat()],
    ];
    for (;;) {
      const held = token();
      if (held === undefined) throw lost();
      try {
        const answer = await settle(
          redis,
          settleKeys(keys),
          { token: held, keptSince: clock.now() - lettersKeptMs, keptMost: lettersKept },
          values,
        );
        if (answer === 'fenced') throw lost();
        return;
      } catch (error) {
        if (!(error instanceof ExecError) || error.code !== 'redis.unavailable') throw error;
        await clock.sleep(retryMs);
      }
    }
  }
}

function lost(): ExecError {
  return new ExecError(
    'lease.lost',
    'Nothing was written: another instance holds the lease, or Redis is away.',
  );
}
