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

/** What an entry is taken to be that was stored without being counted: by the release before this one, by REST. Bytes. */
const usualBytes = 600;

/**
 * The stream is bounded in entries and in bytes of them. Redis tells only the entries, so the bytes stand in `size`:
 * added here, taken off by the commit that deletes the entries, and put right wherever something else added or deleted.
 * A bound is reached when the stream is as large, so an entry that is larger than all of it still passes, alone.
 *
 * Claimed events are remembered in a set for each minute of event time. A set is forgotten when two things hold: enough
 * newer ones have begun, so that a leap of Redis' clock forgets nothing; and it is old enough, so that a server whose
 * times are all over the place forgets nothing either. An age below zero comes from a leap back and counts as old. The
 * expiry of the sets only tidies up after a deployment that is gone.
 *
 * Further arguments, six for each event: digest (empty: never a duplicate), minute of event time, what it is
 * (`opens` a call, `sheds` its call, else empty), its call (or empty), the milliseconds it has waited in memory, and the entry.
 */
export const claim = defineScript({
  name: 'excp-claim',
  keys: ['stream', 'size', 'shed', 'minutes'],
  args: [
    'seen',
    'expiryMs',
    'seenMs',
    'seenMinutes',
    'shedMs',
    'openLimit',
    'openBytes',
    'limit',
    'limitBytes',
  ],
  lua: `
local length = redis.call('XLEN', stream)
local counted = redis.call('HMGET', size, 'entries', 'bytes')
local known, bytes = tonumber(counted[1]) or 0, tonumber(counted[2]) or 0
if length > known then bytes = bytes + (length - math.max(known, 0)) * ${usualBytes} end
if length < known then bytes = math.floor(bytes * length / known) end
bytes = math.max(bytes, 0)
local shedding = redis.call('EXISTS', shed) == 1
local open_limit, hard_limit = tonumber(openLimit), tonumber(limit)
local open_bytes, hard_bytes = tonumber(openBytes), tonumber(limitBytes)
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local answers = {}
local stored = false
for at = 10, #ARGV, 6 do
  local digest, minute, what, call = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  local waited, entry = ARGV[at + 4], ARGV[at + 5]
  local set = seen .. ':' .. minute
  local answer
  if digest ~= '' and redis.call('SISMEMBER', set, digest) == 1 then
    answer = 'dup'
  elseif what ~= 'sheds' and call ~= '' and shedding and redis.call('HEXISTS', shed, call) == 1 then
    answer = 'shed'
  elseif what == 'opens' and (length >= open_limit or bytes >= open_bytes) then
    redis.call('HSET', shed, call, '1')
    redis.call('PEXPIRE', shed, shedMs)
    shedding = true
    answer = 'shed-now'
  elseif length >= hard_limit or bytes >= hard_bytes then
    answer = 'full'
  else
    if what == 'sheds' then
      redis.call('HSET', shed, call, '1')
      redis.call('PEXPIRE', shed, shedMs)
      shedding = true
    end
    if waited == '0' then
      answer = redis.call('XADD', stream, '*', 'e', entry)
    else
      answer = redis.call('XADD', stream, '*', 'e', entry, 'w', waited)
    end
    length = length + 1
    bytes = bytes + #entry
    stored = true
  end
  if digest ~= '' and answer ~= 'dup' and answer ~= 'full' then
    redis.call('SADD', set, digest)
    if redis.call('SCARD', set) == 1 then
      redis.call('PEXPIRE', set, expiryMs)
      redis.call('RPUSH', minutes, minute .. ' ' .. now)
      while redis.call('LLEN', minutes) > tonumber(seenMinutes) do
        local oldest, began = string.match(redis.call('LINDEX', minutes, 0), '^(%S*) ?(.*)$')
        local age = now - (tonumber(began) or 0)
        if age >= 0 and age < tonumber(seenMs) then break end
        redis.call('LPOP', minutes)
        redis.call('DEL', seen .. ':' .. oldest)
      end
    end
  end
  answers[#answers + 1] = answer
end
if stored then redis.call('HSET', size, 'entries', length, 'bytes', bytes) end
return answers`,
  result: claimAnswer,
});
