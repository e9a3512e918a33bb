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
  lagBytes = 0;
  deadLetters = 0;
  quarantine = 0;

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
      const { client } = redis;
      const [lag, lagBytes, letters, quarantine] = await Promise.all([
        client.xlen(keys.in),
        client.hget(keys.inSize, 'bytes'),
        client.hlen(keys.dead),
        client.xlen(keys.quarantine),
      ]);
      this.lag = lag;
      this.lagBytes = lag === 0 ? 0 : Math.max(0, Number(lagBytes));
      this.deadLetters = letters;
      this.quarantine = quarantine;
    } catch {
      // Redis is away: the last figures stay, and its own metric tells why.
    }
    if (!this.#stopped) this.#timer = clock.setTimer(intervalMs, () => void this.#look());
  }
}
