/** The ID map in Redis: EXCS writes the differences in one step, the other services read it whole. */
import { z } from 'zod';
import { ExecError } from '../errors/errors.ts';
import type { Formats } from '../formats/index.ts';
import { defineScript, type KeySpace, type RedisConnection, redisFailure } from '../redis/index.ts';
import type { IdMapContent } from './content.ts';
import { decodeContent, encodeContent, formatField, versionField } from './encoding.ts';
import { IdMap } from './id-map.ts';

/** Lua passes at most some thousand values to one call. */
const writeScript = defineScript({
  name: 'id-map-write',
  keys: ['map', 'lease'],
  args: ['fence', 'expected', 'floor', 'removals'],
  lua: `
if fence ~= '' and redis.call('GET', lease) ~= fence then return 'fenced' end
local version = redis.call('HGET', map, '${versionField}') or ''
if version ~= expected then return 'stale' end
local first, count = 5, tonumber(removals)
for at = first, first + count - 1, 1000 do
  redis.call('HDEL', map, unpack(ARGV, at, math.min(at + 999, first + count - 1)))
end
for at = first + count, #ARGV, 1000 do
  redis.call('HSET', map, unpack(ARGV, at, math.min(at + 999, #ARGV)))
end
local time = redis.call('TIME')
local next = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local last = math.max(tonumber(version) or 0, tonumber(floor))
if next <= last then next = last + 1 end
local text = string.format('%d', next)
redis.call('HSET', map, '${versionField}', text)
return text`,
  result: z.string(),
});

export interface Fence {
  readonly leaseKey: string;
  /** `LeaseToken.value`. */
  readonly value: string;
}

export interface IdMapStoreOptions {
  readonly redis: RedisConnection;
  readonly keys: KeySpace;
  readonly formats: Formats;
}

interface Known {
  readonly version: string;
  readonly fields: ReadonlyMap<string, string>;
}

/**
 * Writes differences between versions, reads what is newer than what is known.
 *
 * @throws ExecError `redis.unavailable`
 */
export class IdMapStore {
  readonly #redis: RedisConnection;
  readonly #formats: Formats;
  readonly #key: string;
  readonly #noLeaseKey: string;
  /** What this process wrote or read last: the base of the next difference. */
  #known: Known | undefined;
  /** The clock of Redis alone would repeat a version that was lost within its millisecond. */
  #highest = 0;

  constructor(options: IdMapStoreOptions) {
    this.#redis = options.redis;
    this.#formats = options.formats;
    this.#key = options.keys.key('id-map');
    this.#noLeaseKey = options.keys.key('id-map', 'no-lease');
  }

  /**
   * Makes the stored map equal to `content`, all or nothing, and answers its version: a higher one, or the
   * same when nothing differed. Versions rise even if Redis loses its data.
   *
   * @throws ExecError `redis.unavailable` (repeat it), `lease.lost` when the fence no longer holds
   */
  async write(content: IdMapContent, options: { readonly fence?: Fence } = {}): Promise<number> {
    const wanted = encodeContent(this.#formats, content);
    const fence = options.fence;
    // Another writer may come between reading and writing; with a fence that happens at a take-over only.
    for (let attempt = 0; attempt < 3; attempt++) {
      const known = await this.#current();
      const { removed, changed } = difference(known.fields, wanted);
      if (removed.length === 0 && changed.length === 0 && known.version !== '') return Number(known.version);
      const answer = await writeScript(
        this.#redis,
        { map: this.#key, lease: fence?.leaseKey ?? this.#noLeaseKey },
        {
          fence: fence?.value ?? '',
          expected: known.version,
          floor: this.#highest,
          removals: removed.length,
        },
        [...removed, ...changed],
      );
      if (answer === 'fenced')
        throw new ExecError('lease.lost', 'The ID map was not written: another instance holds the lease.');
      if (answer === 'stale') {
        this.#known = undefined;
        continue;
      }
      this.#remember({ version: answer, fields: wanted });
      return Number(answer);
    }
    throw new ExecError('redis.unavailable', 'The ID map was changed by others while it was written.', {
      retryable: true,
    });
  }

  /**
   * The whole map, consistent in itself; undefined when none was ever written.
   *
   * @throws ExecError `redis.unavailable`, `id-map.unreadable`
   */
  async read(): Promise<IdMap | undefined> {
    const stored = await this.#load();
    if (stored.version === '') return undefined;
    try {
      return new IdMap(Number(stored.version), decodeContent(this.#formats, stored.fields));
    } catch {
      const format = stored.fields.get(formatField) ?? '1';
      throw new ExecError('id-map.unreadable', `The ID map in Redis has an unknown form (format ${format}).`);
    }
  }

  /** Cheap: tells whether a `read` is worth while. */
  async version(): Promise<number | undefined> {
    const version = await this.#command(() => this.#redis.client.hget(this.#key, versionField));
    return version === null ? undefined : Number(version);
  }

  /** Whether what is stored has this version, in the format that is written by now. @throws ExecError `redis.unavailable` */
  async holds(version: number | undefined): Promise<boolean> {
    const [stored, format] = await this.#command(() =>
      this.#redis.client.hmget(this.#key, versionField, formatField),
    );
    const isCurrent = (format ?? '1') === String(this.#formats.writes);
    return version === undefined ? typeof stored !== 'string' : stored === String(version) && isCurrent;
  }

  async #current(): Promise<Known> {
    const known = this.#known;
    if (known === undefined) return this.#load();
    const version = await this.#command(() => this.#redis.client.hget(this.#key, versionField));
    return version === known.version ? known : this.#load();
  }

  async #load(): Promise<Known> {
    const stored = await this.#command(() => this.#redis.client.hgetall(this.#key));
    const fields = new Map(Object.entries(stored));
    const version = fields.get(versionField) ?? '';
    fields.delete(versionField);
    return this.#remember({ version, fields });
  }

  #remember(known: Known): Known {
    this.#known = known;
    this.#highest = Math.max(this.#highest, Number(known.version));
    return known;
  }

  async #command<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      throw redisFailure(error, 'reach the ID map');
    }
  }
}

function difference(
  from: ReadonlyMap<string, string>,
  to: ReadonlyMap<string, string>,
): { readonly removed: string[]; readonly changed: string[] } {
  const removed: string[] = [];
  const changed: string[] = [];
  for (const field of from.keys()) if (!to.has(field)) removed.push(field);
  for (const [field, value] of to) if (from.get(field) !== value) changed.push(field, value);
  return { removed, changed };
}
