/** Claims events and stores them in the stream, in one step: an event is in the stream exactly once, or not claimed. */
import { defineScript } from '@exec/common/redis';
import { z } from 'zod';

/**
 * - `<stream ID>`: claimed and stored
 * - `dup`: stored before, by this instance or the other one
 * - `shed`: belongs to a call that is shed
 * - `shed-now`: began a call that is shed from now on, because the stream is nearly full
 * - `full`: not claimed; to be offered again
 */
export const claimAnswer = z.array(z.string());

/**
 * Further arguments, five for each event: digest (empty: never a duplicate), minute of event time, what it is
 * (`opens` a call, `sheds` its call, else empty), its call (or empty), and the entry.
 */
export const claim = defineScript({
  name: 'excp-claim',
  keys: ['stream', 'shed'],
  args: ['seen', 'seenMs', 'shedMs', 'openLimit', 'limit'],
  lua: `
local length = redis.call('XLEN', stream)
local shedding = redis.call('EXISTS', shed) == 1
local open_limit, hard_limit = tonumber(openLimit), tonumber(limit)
local answers = {}
for at = 6, #ARGV, 5 do
  local digest, minute, what, call, entry = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4]
  local set = seen .. ':' .. minute
  local answer
  if digest ~= '' and redis.call('SISMEMBER', set, digest) == 1 then
    answer = 'dup'
  elseif what ~= 'sheds' and call ~= '' and shedding and redis.call('HEXISTS', shed, call) == 1 then
    answer = 'shed'
  elseif what == 'opens' and length >= open_limit then
    redis.call('HSET', shed, call, '1')
    redis.call('PEXPIRE', shed, shedMs)
    shedding = true
    answer = 'shed-now'
  elseif length >= hard_limit then
    answer = 'full'
  else
    if what == 'sheds' then
      redis.call('HSET', shed, call, '1')
      redis.call('PEXPIRE', shed, shedMs)
      shedding = true
    end
    answer = redis.call('XADD', stream, '*', 'e', entry)
    length = length + 1
  end
  if digest ~= '' and answer ~= 'dup' and answer ~= 'full' then
    redis.call('SADD', set, digest)
    if redis.call('SCARD', set) == 1 then redis.call('PEXPIRE', set, seenMs) end
  end
  answers[#answers + 1] = answer
end
return answers`,
  result: claimAnswer,
});
