/** What has been kept long enough goes, and nothing else. */
import { Formats } from '@exec/common/formats';
import { wallMs } from '@exec/common/instants';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type OpenedRedis, openRedis } from '../testing/redis.ts';
import { writeGap } from './gap.ts';
import { removeOldFrom } from './removal-by-age.ts';

const formats = new Formats();
const day = 86_400_000;
let opened: OpenedRedis;
beforeAll(async () => {
  opened = await openRedis();
});
afterAll(() => opened.redis.close());

async function stored() {
  const { redis, keys } = opened;
  const quarantine = await redis.client.xrange(keys.quarantine, '-', '+');
  const gaps = await redis.client.lrange(keys.gaps, 0, -1);
  return {
    quarantine: quarantine.map(([, fields]) => fields[1]),
    gaps: gaps.map((text) => /"site":"(\w+)"/.exec(text)?.[1] ?? text),
    letters: Object.keys(await redis.client.hgetall(keys.dead)).sort(),
    times: await redis.client.zrange(keys.deadTimes, 0, -1),
  };
}

it('dead letters, entries of the quarantine and gaps of more than so many days go', async () => {
  const { redis, keys } = opened;
  const [seconds] = await redis.client.time();
  const now = Number(seconds) * 1000;
  const gap = (site: string, to: number) =>
    writeGap(formats, {
      site,
      connection: 'calls',
      from: wallMs(to - 1),
      to: wallMs(to),
      why: 'not-watched',
    });
  for (const [name, at] of [
    ['older', now - 8 * day],
    ['old', now - 7 * day - 1],
    ['young', now - 7 * day + 60_000],
    ['new', now],
  ] as const) {
    await redis.client.xadd(keys.quarantine, `${at}-0`, 'e', name);
    await redis.client.lpush(keys.gaps, gap(name, at));
    await redis.client.hset(keys.dead, name, '{}');
    await redis.client.zadd(keys.deadTimes, at, name);
  }
  await redis.client.lpush(keys.gaps, 'no gap');
  expect(await removeOldFrom(redis, keys, 7 * day)).toBe(6);
  expect(await stored()).toEqual({
    quarantine: ['young', 'new'],
    gaps: ['no gap', 'new', 'young'],
    letters: ['new', 'young'],
    times: ['young', 'new'],
  });
  expect(await removeOldFrom(redis, keys, 7 * day)).toBe(0);
  expect(await removeOldFrom(redis, keys, 0)).toBeGreaterThan(3);
});
