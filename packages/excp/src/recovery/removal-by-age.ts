/** Takes out of Redis what has been kept long enough: dead letters, entries of the quarantine, gaps. */
import type { RedisConnection } from '@exec/common/redis';
import { defineScript } from '@exec/common/redis';
import { z } from 'zod';
import type { ExcpKeys } from '../keys.ts';

/** Of each, so that one run holds up nobody; the next one goes on. */
const most = 1_000;

/** By the clock of Redis: IDs of the quarantine come from it. What cannot be read as a gap is left to the bound of the list. */
const removeOld = defineScript({
  name: 'excp-age',
  keys: ['quarantine', 'gaps', 'dead', 'deadTimes'],
  args: ['keepMs', 'most'],
  lua: `
local time = redis.call('TIME')
local since = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000) - tonumber(keepMs)
local removed = 0
for _, entry in ipairs(redis.call('XRANGE', quarantine, '-', string.format('%d', since - 1), 'COUNT', most)) do
  removed = removed + redis.call('XDEL', quarantine, entry[1])
end
for _, text in ipairs(redis.call('LRANGE', gaps, 0, -1)) do
  local known, gap = pcall(cjson.decode, text)
  if known and type(gap) == 'table' and type(gap.to) == 'number' and gap.to < since then
    removed = removed + redis.call('LREM', gaps, -1, text)
  end
end
local before = '(' .. string.format('%d', since)
for _, id in ipairs(redis.call('ZRANGEBYSCORE', deadTimes, '-inf', before, 'LIMIT', 0, most)) do
  redis.call('HDEL', dead, id)
  removed = removed + redis.call('ZREM', deadTimes, id)
end
return removed`,
  result: z.number(),
});

/** Answers how many went. @throws ExecError `redis.unavailable` */
export function removeOldFrom(
  redis: Pick<RedisConnection, 'client'>,
  { quarantine, gaps, dead, deadTimes }: ExcpKeys,
  keepMs: number,
): Promise<number> {
  return removeOld(redis, { quarantine, gaps, dead, deadTimes }, { keepMs, most });
}
