/** Sizes of what lies in Redis, looked at now and then for the metrics of either instance. */
import type { Clock, Timer } from '@exec/common/clock';
import type { RedisConnection } from '@exec/common/redis';
import type { ExcpKeys } from '../keys.ts';

const intervalMs = 1_000;

export class Figures {
  readonly #options: { readonly redis: RedisConnection; readonly keys: ExcpKeys; readonly clock: Clock };
  #timer: Timer | undefined;
  #stopped = false;
  lag = 0;
  deadLetters = 0;

  constructor(options: { readonly redis: RedisConnection; readonly keys: ExcpKeys; readonly clock: Clock }) {
    this.#options = options;
  }

  start(): void {
    void this.#look();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  async #look(): Promise<void> {
    const { redis, keys, clock } = this.#options;
    try {
      const [lag, letters] = await Promise.all([redis.client.xlen(keys.in), redis.client.hlen(keys.dead)]);
      this.lag = lag;
      this.deadLetters = letters;
    } catch {
      // Redis is away: the last figures stay, and its own metric tells why.
    }
    if (!this.#stopped) this.#timer = clock.setTimer(intervalMs, () => void this.#look());
  }
}
