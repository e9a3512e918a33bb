/** Remembers beyond a restart how far the Config DB server had come that was read last. */
import { type Formats, readValue } from '@exec/common/formats';
import { type KeySpace, type RedisConnection, redisFailure } from '@exec/common/redis';
import { z } from 'zod';
import type { SourcePosition } from '../engage/source-position.ts';
import type { Change } from '../organization/ledger-changes.ts';

const record = z.object({ system: z.string(), lsn: z.string().regex(/^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/i) });

const what = 'excs:config-db-position';

export class SourceMark {
  readonly #redis: RedisConnection;
  readonly #formats: Formats;
  readonly #key: string;

  constructor(options: {
    readonly redis: RedisConnection;
    readonly keys: KeySpace;
    readonly formats: Formats;
  }) {
    this.#redis = options.redis;
    this.#formats = options.formats;
    this.#key = options.keys.key('excs', 'config-db-position');
  }

  /** @throws ExecError `redis.unavailable` */
  async load(): Promise<SourcePosition | undefined> {
    try {
      const text = await this.#redis.client.get(this.#key);
      return readValue(this.#formats.read(what, text, record));
    } catch (error) {
      throw redisFailure(error, 'load how far the Config DB was read');
    }
  }

  changes(before: SourcePosition | undefined, now: SourcePosition | undefined): Change[] {
    if (now === undefined || (before?.system === now.system && before.lsn === now.lsn)) return [];
    return [['SET', this.#key, this.#formats.write(what, now)]];
  }
}
