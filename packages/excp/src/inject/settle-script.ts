/** What the sender writes about the out-stream: what is sent now, what is dealt with, what has become a dead letter. */
import { defineScript } from '@exec/common/redis';
import { z } from 'zod';
import type { ExcpKeys } from '../keys.ts';

/**
 * Further arguments: for each of the lists below its length, then its values.
 * 1. out-stream IDs that are dealt with
 * 2. out-stream IDs that are being sent from now on
 * 3. triples of ID, time (ms) and text of dead letters
 * 4. pairs for `deadLegs`: leg, ID of its dead letter
 *
 * Answers `done` or `fenced`; running it twice changes nothing.
 */
export const settle = defineScript({
  name: 'excp-settle',
  keys: ['lease', 'outstream', 'sending', 'dead', 'deadTimes', 'deadLegs'],
  args: ['token', 'keptSince', 'keptMost'],
  lua: `
if redis.call('GET', lease) ~= token then return 'fenced' end
local at = 4
local function each(width, apply)
  local count = tonumber(ARGV[at])
  for index = at + 1, at + count, width do apply(ARGV[index], ARGV[index + 1], ARGV[index + 2]) end
  at = at + count + 1
  return count
end
each(1, function(id)
  redis.call('XDEL', outstream, id)
  redis.call('HDEL', sending, id)
end)
each(1, function(id) redis.call('HSET', sending, id, '1') end)
local letters = each(3, function(id, time, text)
  redis.call('HSET', dead, id, text)
  redis.call('ZADD', deadTimes, time, id)
end)
each(2, function(leg, id) redis.call('HSET', deadLegs, leg, id) end)
if letters > 0 then
  local gone = redis.call('ZRANGEBYSCORE', deadTimes, '-inf', '(' .. keptSince, 'LIMIT', 0, 1000)
  for _, id in ipairs(gone) do redis.call('HDEL', dead, id); redis.call('ZREM', deadTimes, id) end
  while redis.call('ZCARD', deadTimes) > tonumber(keptMost) do
    local oldest = redis.call('ZPOPMIN', deadTimes)
    redis.call('HDEL', dead, oldest[1])
  end
end
return 'done'`,
  result: z.enum(['done', 'fenced']),
});

export function settleKeys({ lease, out, sending, dead, deadTimes, deadLegs }: ExcpKeys) {
  return { lease, outstream: out, sending, dead, deadTimes, deadLegs };
}
