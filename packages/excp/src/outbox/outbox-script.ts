/** What is written about the out-stream: what is being sent, what is dealt with, what has become a dead letter. */
import { type WallMs, wallMs } from '@exec/common/instants';
import { defineScript } from '@exec/common/redis';
import { z } from 'zod';
import type { ExcpKeys } from '../keys.ts';

/**
 * Further arguments: for each of the lists below its length, then its values.
 * 1. out-stream IDs that are dealt with
 * 2. for each dead letter its ID, time (ms), text and the out-stream ID of its first event: without that in the
 *    stream it was written before, and may have grown or been dropped meanwhile
 * 3. out-stream IDs of the events in these letters
 * 4. pairs for `deadLegs`: leg, ID of its dead letter
 * 5. triples of an out-stream ID, the ID of the letter of its leg and the event as that letter holds it; a letter that
 *    somebody dropped takes nothing more, one that is as long as `letterBytes` neither
 * 6. out-stream IDs that were not accepted for certain: their marks go, unless they carry a time
 * 7. pairs of an out-stream ID and the time (ms) of what was accepted although it comes later
 * 8. out-stream IDs that are being sent from now on
 *
 * What is dealt with comes first: deleting needs no memory, and a script that has deleted may go on when Redis is full.
 *
 * Answers `done` or `fenced`; running it twice changes nothing.
 */
export const writeOutbox = defineScript({
  name: 'excp-outbox',
  keys: ['lease', 'outstream', 'sending', 'dead', 'deadTimes', 'deadLegs'],
  args: ['token', 'keptMost', 'letterBytes'],
  lua: `
if redis.call('GET', lease) ~= token then return 'fenced' end
local at = 4
local function each(width, apply)
  local count = tonumber(ARGV[at])
  for index = at + 1, at + count, width do apply(ARGV[index], ARGV[index + 1], ARGV[index + 2], ARGV[index + 3]) end
  at = at + count + 1
  return count
end
local function isThere(id) return #redis.call('XRANGE', outstream, id, id) > 0 end
local function remove(id)
  redis.call('XDEL', outstream, id)
  redis.call('HDEL', sending, id)
end
each(1, remove)
local letters = each(4, function(id, time, text, entry)
  if not isThere(entry) then return end
  redis.call('HSET', dead, id, text)
  redis.call('ZADD', deadTimes, time, id)
end)
each(1, remove)
each(2, function(leg, id) redis.call('HSET', deadLegs, leg, id) end)
each(3, function(id, letter, event)
  local text = redis.call('HGET', dead, letter)
  if text and isThere(id) and #text + #event < tonumber(letterBytes) and string.sub(text, -2) == ']}' then
    redis.call('HSET', dead, letter, string.sub(text, 1, -3) .. ',' .. event .. ']}')
  end
  remove(id)
end)
each(1, function(id)
  if redis.call('HGET', sending, id) == '1' then redis.call('HDEL', sending, id) end
end)
each(2, function(id, floor)
  if isThere(id) and tonumber(redis.call('HGET', sending, id) or '0') < tonumber(floor) then
    redis.call('HSET', sending, id, floor)
  end
end)
each(1, function(id) redis.call('HSETNX', sending, id, '1') end)
if letters > 0 then
  while redis.call('ZCARD', deadTimes) > tonumber(keptMost) do
    local oldest = redis.call('ZPOPMIN', deadTimes)
    redis.call('HDEL', dead, oldest[1])
  end
end
return 'done'`,
  result: z.enum(['done', 'fenced']),
});

export function outboxKeys({ lease, out, sending, dead, deadTimes, deadLegs }: ExcpKeys) {
  return { lease, outstream: out, sending, dead, deadTimes, deadLegs };
}

export interface OutboxUpdate {
  /** Out-stream IDs. */
  readonly done?: readonly string[];
  readonly letters?: readonly {
    readonly id: string;
    readonly at: WallMs;
    readonly text: string;
    /** Out-stream IDs of its events, at least one. */
    readonly entries: readonly string[];
  }[];
  /** Field of the dead leg and ID of its letter. */
  readonly deadLegs?: readonly (readonly [string, string])[];
  readonly buried?: readonly { readonly id: string; readonly letter: string; readonly event: string }[];
  readonly unsent?: readonly string[];
  readonly floors?: readonly (readonly [string, WallMs])[];
  readonly sending?: readonly string[];
}

/** The further arguments of {@link writeOutbox} that carry out all of the updates. */
export function outboxValues(updates: readonly OutboxUpdate[]): (string | number)[] {
  const written = updates.flatMap(({ letters = [] }) => letters);
  const lists = [
    updates.flatMap(({ done = [] }) => done),
    written.flatMap(({ id, at, text, entries: [first = ''] }) => [id, at, text, first]),
    written.flatMap(({ entries }) => entries),
    updates.flatMap(({ deadLegs = [] }) => deadLegs).flat(),
    updates.flatMap(({ buried = [] }) => buried).flatMap(({ id, letter, event }) => [id, letter, event]),
    updates.flatMap(({ unsent = [] }) => unsent),
    updates.flatMap(({ floors = [] }) => floors).flat(),
    updates.flatMap(({ sending = [] }) => sending),
  ];
  return lists.flatMap((list) => [list.length, ...list]);
}

/** The time that a stored mark of `sending` carries, if it does. */
export function floorOf(id: string, mark: string): (readonly [string, WallMs])[] {
  const floor = Number(mark);
  return floor > 1 ? [[id, wallMs(floor)]] : [];
}
