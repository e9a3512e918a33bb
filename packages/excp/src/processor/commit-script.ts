/** The one step in which input becomes state and outgoing events, and only by the holder of the lease. */
import { defineScript } from '@exec/common/redis';
import { z } from 'zod';
import type { ExcpKeys } from '../keys.ts';

/**
 * Further arguments: for each of the lists below its length, then its values.
 * 1. pairs of ID and entry for the out-stream
 * 2. stream IDs of the input that is dealt with
 * 3. fields of `conversations` that are removed; 4. pairs of those that are written
 * 5. pairs of `agents`
 * 6. IDs of dead letters that are taken out; 7. fields of `deadLegs` that are removed
 *
 * A script that fails half-way leaves what it did before: so the one command that can fail, adding under a given
 * ID, comes first.
 *
 * Answers `done`, `repeated` (this very commit was carried out before) or `fenced`, and with the first two the entries
 * of the input that come after `after`, so that under load there is nothing to ask for; empty `after`: none.
 */
export const commit = defineScript({
  name: 'excp-commit',
  keys: [
    'lease',
    'instream',
    'conversations',
    'agents',
    'outstream',
    'meta',
    'dead',
    'deadTimes',
    'deadLegs',
  ],
  args: ['token', 'commitId', 'after', 'most'],
  lua: `
if redis.call('GET', lease) ~= token then return {'fenced', {}} end
local function answer(what)
  if after == '' then return {what, {}} end
  return {what, redis.call('XRANGE', instream, '(' .. after, '+', 'COUNT', most)}
end
if redis.call('HGET', meta, 'commit') == commitId then return answer('repeated') end
local at = 5
local function each(width, apply)
  local count = tonumber(ARGV[at])
  for index = at + 1, at + count, width do apply(ARGV[index], ARGV[index + 1]) end
  at = at + count + 1
end
each(2, function(id, entry) redis.call('XADD', outstream, id, 'e', entry) end)
each(1, function(id) redis.call('XDEL', instream, id) end)
each(1, function(field) redis.call('HDEL', conversations, field) end)
each(2, function(field, value) redis.call('HSET', conversations, field, value) end)
each(2, function(field, value) redis.call('HSET', agents, field, value) end)
each(1, function(id)
  redis.call('HDEL', dead, id)
  redis.call('ZREM', deadTimes, id)
end)
each(1, function(field) redis.call('HDEL', deadLegs, field) end)
redis.call('HSET', meta, 'commit', commitId)
return answer('done')`,
  result: z.tuple([
    z.enum(['done', 'repeated', 'fenced']),
    z.array(z.tuple([z.string(), z.array(z.string())])),
  ]),
});

export function commitKeys(keys: ExcpKeys) {
  const { lease, conversations, agents, meta, dead, deadTimes, deadLegs } = keys;
  return {
    lease,
    instream: keys.in,
    conversations,
    agents,
    outstream: keys.out,
    meta,
    dead,
    deadTimes,
    deadLegs,
  };
}
