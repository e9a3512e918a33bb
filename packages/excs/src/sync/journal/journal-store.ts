/** What the parts of the journal share: their keys in Redis, its time, and writing while the lease is held. */

import { type Formats, readValue } from '@exec/common/formats';
import { type WallMs, wallMs } from '@exec/common/instants';
import type { LeaseToken } from '@exec/common/leadership';
import { type KeySpace, type RedisConnection, redisFailure } from '@exec/common/redis';
import type { z } from 'zod';
import type { Change } from '../../organization/ledger-changes.ts';

export interface JournalStoreOptions {
  readonly redis: Pick<RedisConnection, 'client'>;
  readonly keys: KeySpace;
  readonly formats: Formats;
  readonly ledger: {
    write(token: LeaseToken | undefined, changes: readonly Change[]): Promise<void>;
  };
}

export class JournalStore {
  readonly #options: JournalStoreOptions;

  constructor(options: JournalStoreOptions) {
    this.#options = options;
  }

  key(...parts: readonly string[]): string {
    return this.#options.keys.key('excs', ...parts);
  }

  /** @throws ExecError `redis.unavailable` */
  async command<T>(run: (client: RedisConnection['client']) => Promise<T>): Promise<T> {
    try {
      return await run(this.#options.redis.client);
    } catch (error) {
      throw redisFailure(error, 'reach the journal of the synchronisation');
    }
  }

  /** Undefined when there is none, or none that this release reads. */
  read<T>(kind: string, text: string | null, schema: z.ZodType<T>): T | undefined {
    return readValue(this.#options.formats.read(kind, text, schema));
  }

  format(kind: string, value: object): string {
    return this.#options.formats.write(kind, value);
  }

  /** @throws ExecError `lease.lost`, `redis.unavailable` */
  write(token: LeaseToken | undefined, changes: readonly Change[]): Promise<void> {
    return this.#options.ledger.write(token, changes);
  }

  /**
   * The time by which the limits look back and allowances end: that of Redis, in milliseconds since 1970. A jump of
   * the clock of one machine, or clocks that differ between two, must neither empty the window nor prolong an allowance.
   *
   * @throws ExecError `redis.unavailable`
   */
  async time(): Promise<WallMs> {
    const [seconds, microseconds] = await this.command((client) => client.time());
    return wallMs(Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000));
  }
}
