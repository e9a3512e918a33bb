/**
 * What an instance had when its term ended, and how it is written back when Redis has lost it: then the memory of who was
 * active is the only place that still has it.
 */

import type { Formats } from '@exec/common/formats';
import type { StreamMs } from '@exec/common/instants';
import { defineScript, type RedisConnection } from '@exec/common/redis';
import { z } from 'zod';
import type { ExcpKeys } from '../keys.ts';
import { writeOutboxEvent } from '../outbox/entry.ts';
import { dnKey } from '../registry/agents.ts';
import type { DealtWith } from './dealt-with.ts';
import { keyOf, writeRecord, writeShifts } from './record.ts';
import type { StoredState } from './store.ts';

export interface Kept extends Pick<StoredState, 'records' | 'agents' | 'out' | 'deadLegs'> {
  /** Mark of the data in which it was stored. */
  readonly mark: string;
  /** Begin of the names of the commits of its term. */
  readonly term: string;
  /** Name of the newest commit that was seen in Redis then. */
  readonly lastCommit: string;
  /** Of the out-stream, by ID. */
  readonly sending: ReadonlyMap<string, string>;
  readonly clockShift: number;
  readonly clockPlace: StreamMs;
  readonly dealtWith: DealtWith;
}

/**
 * Answers `restored`, `fenced`, or `begun`: what Redis holds is still the same data, or somebody has begun to work on what
 * it holds by now. It may be asked again when its answer was lost.
 *
 * Further arguments: for each of the lists its length, then its values: pairs of `conversations`, of `agents`, of ID and
 * entry of the out-stream, of `sending`, of `deadLegs`; at last the names of the events that this state is beyond.
 */
const restoreScript = defineScript({
  name: 'excp-restore',
  keys: ['lease', 'meta', 'conversations', 'agents', 'outstream', 'sending', 'deadLegs', 'dealt'],
  args: ['token', 'mark', 'commitId', 'clockShift', 'clockPlace'],
  lua: `
if redis.call('GET', lease) ~= token then return 'fenced' end
if redis.call('HGET', meta, 'mark') == mark then return 'begun' end
local newest = redis.call('HGET', meta, 'commit')
if newest == commitId then return 'restored' end
if newest then return 'begun' end
local at = 6
local function each(width, apply)
  local count = tonumber(ARGV[at])
  for index = at + 1, at + count, width do apply(ARGV[index], ARGV[index + 1]) end
  at = at + count + 1
end
redis.call('DEL', outstream, dealt)
each(2, function(field, value) redis.call('HSET', conversations, field, value) end)
each(2, function(field, value) redis.call('HSET', agents, field, value) end)
each(2, function(id, entry) redis.call('XADD', outstream, id, 'e', entry) end)
each(2, function(id, value) redis.call('HSET', sending, id, value) end)
each(2, function(field, value) redis.call('HSET', deadLegs, field, value) end)
each(1, function(name) redis.call('RPUSH', dealt, name) end)
redis.call('HSET', meta, 'commit', commitId, 'clockShift', clockShift, 'clockPlace', clockPlace)
return 'restored'`,
  result: z.enum(['restored', 'fenced', 'begun']),
});

/** In one step, under the lease. @throws ExecError redis.unavailable */
export async function restore(
  redis: RedisConnection,
  keys: ExcpKeys,
  formats: Formats,
  o: { readonly token: string; readonly kept: Kept },
): Promise<'restored' | 'fenced' | 'begun'> {
  const { token, kept } = o;
  const { lease, meta, conversations, agents, out: outstream, sending, deadLegs, dealt } = keys;
  const lists = [
    kept.records.flatMap((record) => [keyOf(record), writeRecord(formats, record)]),
    kept.agents.flatMap((shifts) => [dnKey(shifts.site, shifts.dn), writeShifts(formats, shifts)]),
    kept.out.flatMap((entry) => [entry.id, writeOutboxEvent(formats, entry)]),
    [...kept.sending].flat(),
    Object.entries(kept.deadLegs).flat(),
    [...kept.dealtWith.all],
  ];
  return await restoreScript(
    redis,
    { lease, meta, conversations, agents, outstream, sending, deadLegs, dealt },
    {
      token,
      mark: kept.mark,
      commitId: `${kept.term}/restored`,
      clockShift: kept.clockShift,
      clockPlace: kept.clockPlace,
    },
    lists.flatMap((list) => [list.length, ...list]),
  );
}
