/** Instances tell each other which formats they read, and remember who was there within a day. */
import { testRedis } from '@exec/testing/vitest';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Secret } from '../config/secret.ts';
import { Health } from '../http/index.ts';
import { silentLogger } from '../logging/logging.ts';
import { KeySpace, RedisConnection } from '../redis/index.ts';
import { FakeClock } from '../testing/index.ts';
import { Announcements } from './announcements.ts';
import { asItIs, Formats } from './format.ts';

const shared = testRedis();
const day = 86_400_000;

let redis: RedisConnection;
let keys: KeySpace;
let tenantId = 0;
beforeEach(async () => {
  keys = new KeySpace({ prefix: shared.prefix, orgId: 'o', tenantId: ++tenantId });
  redis = RedisConnection.open({
    url: new Secret(shared.url),
    name: 'formats',
    logger: silentLogger,
    commandTimeoutMs: 60_000,
  });
  await redis.ready();
});
afterEach(() => redis.close());

/** An instance of a release whose newest format is `newest`; it says so when it is asked to. */
function instance(name: string, newest: number, service = 'excp') {
  const clock = new FakeClock();
  const health = new Health({ clock });
  const formats = new Formats(new Map(Array.from({ length: newest }, (_, index) => [index + 1, asItIs])));
  const announcements = new Announcements({
    ...{ redis, keys, service, instanceId: name, formats, clock, logger: silentLogger },
    health: health.dependency('formats', 'not announced yet', { required: false }),
  });
  return {
    formats,
    announcements,
    clock,
    detail: () => health.ready().dependencies[0]?.detail,
    /** Resolves when one beat is over. */
    beat: () => announcements.look(),
  };
}

/** Everything that was announced so far was announced that much earlier. */
async function passes(ms: number): Promise<void> {
  const key = keys.key('formats');
  for (const [field, at] of Object.entries(await redis.client.hgetall(key)))
    await redis.client.hset(key, field, Number(at) - ms);
}

it('the newer format is written a day after the last instance that does not read it', async () => {
  const [one, two] = [instance('a', 2), instance('b', 1)];
  await two.beat();
  await one.beat();
  await passes(day + 1);
  // Both beat again: what ran before announcements began is forgotten, the older release is there.
  await two.beat();
  await one.beat();
  expect([one.formats.writes, two.formats.writes]).toEqual([1, 1]);
  expect(one.detail()).toBe('mixed releases, writing format 1: no newer one is read by excp b');
  const upgraded = instance('b', 2);
  await upgraded.beat();
  await passes(day - 60_000);
  await one.beat();
  await upgraded.beat();
  expect([one.formats.writes, upgraded.formats.writes]).toEqual([1, 1]);
  expect(one.detail()).toContain('excp b (last seen 23 h ago)');
  await passes(120_000);
  await upgraded.beat();
  await one.beat();
  expect([one.formats.writes, upgraded.formats.writes]).toEqual([2, 2]);
  expect(one.detail()).toBe('writing format 2, which all instances read');
});

it('an older release that comes back has the older format written at once', async () => {
  const one = instance('a', 2);
  await one.beat();
  await passes(day + 1);
  await one.beat();
  expect(one.formats.writes).toBe(2);
  await instance('b', 1).beat();
  await one.beat();
  expect(one.formats.writes).toBe(1);
});

it('for a day nobody knows what ran before the first announcement: the oldest format is written', async () => {
  const one = instance('a', 3);
  await one.beat();
  expect(one.formats.writes).toBe(1);
  expect(one.detail()).toContain('what ran here before');
});

it('a reader of a format is another instance of the same service that is at work', async () => {
  const [one, two] = [instance('a', 1), instance('b', 2)];
  await instance('c', 2, 'exas').beat();
  await one.beat();
  expect(one.announcements.reader(2)).toBeUndefined();
  await two.beat();
  await one.beat();
  expect(one.announcements.reader(2)).toMatchObject({ instance: 'b' });
  expect(one.announcements.reader(3)).toBeUndefined();
  await passes(10_000);
  await one.beat();
  expect(one.announcements.reader(2)).toBeUndefined();
  await two.beat();
  await two.announcements.stop();
  await one.beat();
  expect(one.announcements.reader(2)).toBeUndefined();
});

it('beats by itself until it is stopped, and what it announced stays', async () => {
  const one = instance('a', 1);
  await one.beat();
  expect(one.clock.pendingTimers).toBe(1);
  await one.announcements.stop();
  expect(one.clock.pendingTimers).toBe(0);
  expect(await redis.client.hlen(keys.key('formats'))).toBe(2);
});

it('says why when Redis takes no announcement, and what it knew last holds', async () => {
  const one = instance('a', 2);
  await one.beat();
  await redis.client.set(keys.key('formats'), 'not a hash');
  await one.beat();
  expect(one.detail()).toContain('Redis was not told which formats are read');
  expect(one.formats.writes).toBe(1);
});
