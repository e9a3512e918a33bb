/** A Redis of a test that refuses, hangs, forgets and breaks off, behind a proxy; `heal` ends all of it. */

import { setTimeout as delay } from 'node:timers/promises';
import { Secret } from '@exec/common/config';
import { silentLogger } from '@exec/common/logging';
import { RedisConnection } from '@exec/common/redis';
import { FaultProxy } from '@exec/testing/proxy';

export class RudeRedis {
  /** For the service: through the proxy. */
  readonly url: string;
  readonly #redis: RedisConnection;
  readonly #proxy: FaultProxy;

  private constructor(url: string, redis: RedisConnection, proxy: FaultProxy) {
    this.url = url;
    this.#redis = redis;
    this.#proxy = proxy;
  }

  /** `url`: of a server of one's own, since its settings are changed. */
  static async start(url: string): Promise<RudeRedis> {
    const redis = RedisConnection.open({
      url: new Secret(url),
      name: 'rude',
      logger: silentLogger,
      commandTimeoutMs: 60_000,
    });
    await redis.ready();
    const proxy = await FaultProxy.start({ target: url });
    return new RudeRedis(proxy.through(url), redis, proxy);
  }

  /** `maxmemory` is reached: OOM. */
  async full(): Promise<void> {
    await this.#redis.client.config('SET', 'maxmemory', '1');
  }

  /** A replica whose master is away: READONLY. */
  async readOnly(): Promise<void> {
    await this.#redis.client.replicaof('127.0.0.1', 1);
  }

  /** No command is answered for so long. */
  async hung(ms: number): Promise<void> {
    await this.#redis.client.client('PAUSE', ms);
  }

  async emptied(): Promise<void> {
    await this.#redis.client.flushall();
  }

  /** The answers of what is on its way are lost. */
  async cut(): Promise<void> {
    await this.#proxy.down();
    await this.#proxy.up();
  }

  /** Whoever holds it, another one could have it now. */
  async leaseLost(): Promise<void> {
    const keys = await this.#redis.client.keys('*exas:lease');
    if (keys.length > 0) await this.#redis.client.del(keys);
  }

  async heal(): Promise<void> {
    // A replica makes a connection begin anew: its master may be elsewhere.
    for (const end = AbortSignal.timeout(30_000); ; )
      try {
        await this.#redis.ready(end);
        await this.#redis.client.config('SET', 'maxmemory', '0');
        await this.#redis.client.replicaof('NO', 'ONE');
        return;
      } catch (error) {
        if (end.aborted) throw error;
        await delay(20);
      }
  }

  async close(): Promise<void> {
    await this.#proxy.close();
    await this.#redis.close();
  }
}
