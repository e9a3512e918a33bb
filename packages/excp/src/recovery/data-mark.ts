/** Notices that Redis came back without its data: a mark that was set once is no longer the one we know. */
import { randomUUID } from 'node:crypto';
import type { Formats } from '@exec/common/formats';
import { defineScript, type RedisConnection } from '@exec/common/redis';
import { z } from 'zod';
import type { ExcpKeys } from '../keys.ts';
import { type Gap, writeGap } from './gap.ts';

const mark = defineScript({
  name: 'excp-data-mark',
  keys: ['meta', 'gaps'],
  args: ['known', 'fresh'],
  // Only the instance that sets the new mark records the gaps, which follow as further arguments.
  lua: `
local found = redis.call('HGET', meta, 'mark')
if found then return found end
redis.call('HSET', meta, 'mark', fresh)
if known ~= '' then
  for at = 3, #ARGV do redis.call('LPUSH', gaps, ARGV[at]) end
  redis.call('LTRIM', gaps, 0, 999)
end
return fresh`,
  result: z.string(),
});

export class DataMark {
  readonly #redis: RedisConnection;
  readonly #keys: ExcpKeys;
  readonly #formats: Formats;
  #known = '';
  #changed = false;

  constructor(redis: RedisConnection, keys: ExcpKeys, formats: Formats) {
    this.#redis = redis;
    this.#keys = keys;
    this.#formats = formats;
  }

  /** The mark as it was seen last; empty: never. */
  get mark(): string {
    return this.#known;
  }

  /** Whether Redis had other data before, as this instance has seen it. */
  get changed(): boolean {
    return this.#changed;
  }

  /**
   * Looks at the mark. Answers `lost` when it is another one than before, `lost-first` when this instance noticed it
   * first, and recorded `gaps`.
   * @throws ExecError redis.unavailable
   */
  async look(gaps: readonly Gap[]): Promise<'same' | 'lost' | 'lost-first'> {
    const fresh = randomUUID();
    const known = this.#known;
    const found = await mark(
      this.#redis,
      { meta: this.#keys.meta, gaps: this.#keys.gaps },
      { known, fresh },
      gaps.map((gap) => writeGap(this.#formats, gap)),
    );
    this.#known = found;
    if (known === '' || found === known) return 'same';
    this.#changed = true;
    return found === fresh ? 'lost-first' : 'lost';
  }
}
