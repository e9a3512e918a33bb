/**
 * Which instance watches which connection, and the gaps when none did. Gaps are found when a connection is complete
 * again: if nobody else watched it meanwhile, what happened since the last one did is lost.
 */

import type { Clock, Timer } from '@exec/common/clock';
import type { Connection } from '@exec/common/config';
import type { Formats } from '@exec/common/formats';
import type { WallMs } from '@exec/common/instants';
import type { Logger } from '@exec/common/logging';
import { defineScript, type RedisConnection } from '@exec/common/redis';
import { z } from 'zod';
import type { ExcpKeys } from '../keys.ts';
import { type Gap, readGap } from './gap.ts';

const watching = defineScript({
  name: 'excp-watching',
  keys: ['coverage', 'gaps'],
  args: ['site', 'connection', 'instance', 'freshMs', 'format'],
  // A field is a JSON list of site, connection and instance; its value "up <ms>" or "down <ms>".
  lua: `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local own = cjson.encode({site, connection, instance})
local fields = redis.call('HGETALL', coverage)
local latest, watched = 0, false
for at = 1, #fields, 2 do
  local known, name = pcall(cjson.decode, fields[at])
  if known and name[1] == site and name[2] == connection then
    local state, since = string.match(fields[at + 1], '^(%a+) (%d+)$')
    since = tonumber(since) or 0
    if since > latest then latest = since end
    if state == 'up' and name[3] ~= instance and now - since <= tonumber(freshMs) then watched = true end
  end
end
redis.call('HSET', coverage, own, string.format('up %d', now))
if watched or latest == 0 then return false end
local gap = cjson.encode({v = tonumber(format), site = site, connection = connection, from = latest, to = now, why = 'not-watched'})
redis.call('LPUSH', gaps, gap)
redis.call('LTRIM', gaps, 0, 999)
return gap`,
  result: z.union([z.null(), z.string()]),
});

const beat = defineScript({
  name: 'excp-watching-beat',
  keys: ['coverage'],
  args: ['state'],
  lua: `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local known = 0
for at = 2, #ARGV do
  if redis.call('HEXISTS', coverage, ARGV[at]) == 1 then
    redis.call('HSET', coverage, ARGV[at], string.format('%s %d', state, now))
    known = known + 1
  end
end
return known`,
  result: z.number(),
});

export interface CoverageOptions {
  readonly redis: RedisConnection;
  readonly keys: ExcpKeys;
  readonly formats: Formats;
  readonly instanceId: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onGap: (gap: Gap) => void;
  /** Redis knows that this instance watches: the other one may stop. */
  readonly onKnown: (site: string, connection: Connection) => void;
  /** Redis no longer has what was written; it still did at that wall time. */
  readonly onForgotten: (since: WallMs) => void;
}

const beatMs = 1_000;
const freshMs = 3_500;

interface Watched {
  readonly site: string;
  readonly connection: Connection;
  /** Whether Redis has it. */
  notified: boolean;
}

export class Coverage {
  readonly #options: CoverageOptions;
  readonly #watched = new Map<string, Watched>();
  #timer: Timer | undefined;
  #stopped = false;
  #chain: Promise<void> = Promise.resolve();
  #knownAt: WallMs;

  constructor(options: CoverageOptions) {
    this.#options = options;
    this.#knownAt = options.clock.now();
  }

  /** Wall time at which Redis last had all that was written. */
  get knownAt(): WallMs {
    return this.#knownAt;
  }

  start(): void {
    this.#timer = this.#options.clock.setTimer(beatMs, () => {
      this.#do(() => this.#beat());
      if (!this.#stopped) this.start();
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#chain;
  }

  /** @returns whether that is new: registering what the mapping has brought is no new beginning */
  complete(site: string, connection: Connection): boolean {
    const field = this.#field(site, connection);
    if (this.#watched.has(field)) return false;
    const watched: Watched = { site, connection, notified: false };
    this.#watched.set(field, watched);
    this.#do(() => this.#tell(watched));
    return true;
  }

  lost(site: string, connection: Connection): void {
    const field = this.#field(site, connection);
    if (!this.#watched.delete(field)) return;
    const { redis, keys } = this.#options;
    this.#do(async () => void (await beat(redis, { coverage: keys.coverage }, { state: 'down' }, [field])));
  }

  /** Redis answers again: what it was not told meanwhile it is told now. */
  redisBack(): void {
    this.#do(() => this.#beat());
  }

  /** Redis has lost what it had: everything is written anew. */
  tellAgain(): void {
    for (const watched of this.#watched.values()) watched.notified = false;
  }

  async #beat(): Promise<void> {
    const { redis, keys, clock, onForgotten } = this.#options;
    const fields: string[] = [];
    for (const [field, watched] of this.#watched)
      if (watched.notified) fields.push(field);
      else await this.#tell(watched);
    if (fields.length === 0) return;
    const now = clock.now();
    const known = await beat(redis, { coverage: keys.coverage }, { state: 'up' }, fields);
    // Whoever empties Redis breaks no connection.
    if (known < fields.length) onForgotten(this.#knownAt);
    else this.#knownAt = now;
  }

  async #tell(watched: Watched): Promise<void> {
    const { redis, keys, formats, instanceId, onGap, onKnown, logger } = this.#options;
    const { site, connection } = watched;
    if (watched.notified || this.#watched.get(this.#field(site, connection)) !== watched) return;
    const text = await watching(
      redis,
      { coverage: keys.coverage, gaps: keys.gaps },
      { site, connection, instance: instanceId, freshMs, format: formats.writes },
    );
    watched.notified = true;
    // Not of one that was lost meanwhile.
    if (this.#watched.get(this.#field(site, connection)) === watched) onKnown(site, connection);
    const gap = text === null ? undefined : readGap(formats, text);
    if (gap === undefined) return;
    logger.error(
      { 'exec.site': site, 'exec.connection': connection, 'exec.gap_ms': gap.to - gap.from },
      'Nobody watched a connection for a while: calls that ended meanwhile are closed, what else happened is lost',
    );
    onGap(gap);
  }

  #field(site: string, connection: Connection): string {
    return JSON.stringify([site, connection, this.#options.instanceId]);
  }

  /** One step after the other; Redis may be away, then the next beat repairs it. */
  #do(step: () => Promise<void>): void {
    this.#chain = this.#chain.then(step).catch((error: unknown) => {
      this.#options.logger.debug({ err: error }, 'It could not be written which connections are watched');
    });
  }
}
