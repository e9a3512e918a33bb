/** The lease: one holder, take-over after its life or its release, a token that ends by itself, fencing. */
import { ownRedis, testRedis } from '@exec/testing/vitest';
import type { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Secret } from '../config/secret.ts';
import { silentLogger } from '../logging/logging.ts';
import { defineScript, RedisConnection } from '../redis/index.ts';
import { FakeClock } from '../testing/index.ts';
import { type Clock, systemClock } from '../time/clock.ts';
import { Lease, type LeaseToken } from './lease.ts';

const shared = testRedis();
let names = 0;
let key: string;
const opened: (() => Promise<void>)[] = [];
beforeEach(() => {
  key = `${shared.prefix}:{t}:lease:${++names}`;
});
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

async function connection(url = shared.url): Promise<RedisConnection> {
  const redis = RedisConnection.open({
    url: new Secret(url),
    name: 'lease-test',
    logger: silentLogger,
    commandTimeoutMs: 60_000,
  });
  opened.push(() => redis.close());
  await redis.ready();
  return redis;
}

function lease(
  redis: RedisConnection,
  owner: string,
  options: { ttlMs?: number; clock?: Clock } = {},
): Lease {
  const { ttlMs = 60_000, clock = systemClock } = options;
  const made = new Lease({ redis, key, epochKey: `${key}:epoch`, owner, ttlMs, clock, logger: silentLogger });
  opened.push(() => made.stop());
  return made;
}

function held(lease: Lease): Promise<LeaseToken> {
  if (lease.token !== undefined) return Promise.resolve(lease.token);
  return new Promise((resolve) => {
    const stop = lease.onChange((token) => {
      if (token === undefined) return;
      stop();
      resolve(token);
    });
  });
}

/** Resolves when Redis has answered an attempt that is on its way, or the next one. */
function nextAttempt(lease: Lease): Promise<void> {
  return new Promise((resolve) => {
    const stop = lease.onAttempt(() => {
      stop();
      resolve();
    });
  });
}

/** A command of ours that a stale holder must not carry out. */
const fenced = defineScript({
  name: 'fenced-append',
  keys: ['lease', 'list'],
  args: ['token', 'value'],
  lua: "if redis.call('GET', lease) ~= token then return -1 end return redis.call('RPUSH', list, value)",
  result: z.number(),
});

describe('Lease', () => {
  it('is held by one of several; the token says by whom and since which change', async () => {
    const redis = await connection();
    const first = lease(redis, 'a:1');
    first.start();
    const token = await held(first);
    expect(token.value).toBe(`a:1:${token.epoch}`);
    expect(await redis.client.get(key)).toBe(token.value);
    const second = lease(redis, 'b:1');
    second.start();
    await second.stop();
    expect(second.token).toBeUndefined();
    expect(first.token).toEqual(token);
  });

  it('passes to another at once when it is released, with a higher epoch', async () => {
    const redis = await connection();
    const first = lease(redis, 'a:1');
    first.start();
    const before = await held(first);
    await first.stop();
    expect(first.token).toBeUndefined();
    expect(await redis.client.exists(key)).toBe(0);
    const second = lease(redis, 'b:1');
    second.start();
    expect((await held(second)).epoch).toBeGreaterThan(before.epoch);
  });

  it('is taken within a tenth of a second by who stands by when it is released', async () => {
    const redis = await connection();
    const first = lease(redis, 'a:1', { clock: new FakeClock() });
    first.start();
    const before = await held(first);
    const clock = new FakeClock();
    const second = lease(redis, 'b:1', { clock });
    const refused = nextAttempt(second);
    second.start();
    await refused;
    await clock.advance(99);
    await first.stop();
    expect(second.token).toBeUndefined();
    await clock.advance(1);
    expect((await held(second)).epoch).toBeGreaterThan(before.epoch);
  });

  it('is taken by who stands by when its life is over, not at the next look', async () => {
    const redis = await connection();
    // As a kill leaves it: nobody renews it or gives it up.
    await redis.client.set(key, 'a:1', 'PX', 60_000);
    const clock = new FakeClock();
    const second = lease(redis, 'b:1', { clock });
    const refused = nextAttempt(second);
    second.start();
    await refused;
    await redis.client.pexpire(key, 90);
    const looked = nextAttempt(second);
    await clock.advance(100);
    await looked;
    while ((await redis.client.exists(key)) === 1) await redis.client.ping();
    // What was left of its life when it was looked at, and one more: the next look would be after a hundred.
    await clock.advance(91);
    await held(second);
  });

  it('is renewed although Redis answers so late that the life is nearly over', async () => {
    const redis = await connection();
    const clock = new FakeClock();
    const end = new AbortController();
    const late = (answer: unknown) => clock.sleep(54_000, end.signal).then(() => answer);
    const client = {
      eval: (...args: Parameters<Redis['eval']>) => redis.client.eval(...args).then(late),
      evalsha: (...args: Parameters<Redis['evalsha']>) => redis.client.evalsha(...args).then(late),
    };
    const one = lease({ client } as unknown as RedisConnection, 'a:1', { clock, ttlMs: 60_000 });
    opened.push(() => Promise.resolve(end.abort()));
    const changes: (string | undefined)[] = [];
    one.onChange((token) => changes.push(token?.value));
    one.start();
    for (let second = 0; second < 200; second++) {
      await clock.advance(1_000);
      // Whatever was asked is answered by now, and on its late way.
      await redis.client.ping();
    }
    expect(changes).toEqual([one.token?.value]);
  });

  it('is left to another for twice its life when its holder gives way, and asked for again then', async () => {
    const redis = await connection();
    const clock = new FakeClock();
    const first = lease(redis, 'a:1', { clock, ttlMs: 3_000 });
    first.start();
    const before = await held(first);
    const gone = new Promise<void>((resolve) => void first.onChange((token) => token ?? resolve()));
    first.giveWay();
    await gone;
    const second = lease(redis, 'b:1', { clock });
    second.start();
    expect((await held(second)).epoch).toBeGreaterThan(before.epoch);
    await second.stop();
    await clock.advance(5_999);
    expect(first.token).toBeUndefined();
    await clock.advance(1);
    await held(first);
  });

  it('passes to another after its life when the holder dies', async () => {
    const dying = await connection();
    const first = lease(dying, 'a:1', { ttlMs: 300 });
    first.start();
    const before = await held(first);
    const second = lease(await connection(), 'b:1', { ttlMs: 300 });
    second.start();
    await dying.close();
    expect((await held(second)).epoch).toBeGreaterThan(before.epoch);
  });

  it('gives a stale holder no way to write', async () => {
    const redis = await connection();
    const clock = new FakeClock();
    const first = lease(redis, 'a:1', { clock });
    first.start();
    const stale = await held(first);
    // Another takes over while the first sleeps: its lease ran out at Redis.
    await redis.client.del(key);
    const second = lease(redis, 'b:1', { clock });
    second.start();
    const fresh = await held(second);
    const list = `${key}:list`;
    expect(await fenced(redis, { lease: key, list }, { token: stale.value, value: 'x' })).toBe(-1);
    expect(await fenced(redis, { lease: key, list }, { token: fresh.value, value: 'y' })).toBe(1);
    expect(await redis.client.lrange(list, 0, -1)).toEqual(['y']);
  });

  it('is won again under another token by who stopped believing in it: what was sent before is fenced', async () => {
    const redis = await connection();
    const clock = new FakeClock();
    let isAway = false;
    const unlessAway = <T>(send: () => Promise<T>) => (isAway ? Promise.reject(new Error('away')) : send());
    const client = {
      eval: (...args: Parameters<Redis['eval']>) => unlessAway(() => redis.client.eval(...args)),
      evalsha: (...args: Parameters<Redis['evalsha']>) => unlessAway(() => redis.client.evalsha(...args)),
    };
    const one = lease({ client } as unknown as RedisConnection, 'a:1', { clock, ttlMs: 60_000 });
    one.start();
    const before = await held(one);
    isAway = true;
    await clock.advance(60_000);
    expect(one.token).toBeUndefined();
    // Nobody else has taken it: by Redis' clock it is still alive.
    expect(await redis.client.get(key)).toBe(before.value);
    isAway = false;
    await clock.advance(100);
    const after = await held(one);
    expect(after.epoch).toBeGreaterThan(before.epoch);
    const list = `${key}:list`;
    expect(await fenced(redis, { lease: key, list }, { token: before.value, value: 'late' })).toBe(-1);
    expect(await fenced(redis, { lease: key, list }, { token: after.value, value: 'now' })).toBe(1);
  });

  it('is given up for another token when that is asked for, and no late answer brings the old one back', async () => {
    const redis = await connection();
    const clock = new FakeClock();
    let gate: PromiseWithResolvers<void> | undefined;
    const client = {
      eval: (...args: Parameters<Redis['eval']>) => redis.client.eval(...args),
      evalsha: async (...args: Parameters<Redis['evalsha']>) => {
        const answer = await redis.client.evalsha(...args);
        await gate?.promise;
        return answer;
      },
    };
    const one = lease({ client } as unknown as RedisConnection, 'a:1', { clock, ttlMs: 60_000 });
    const values: (string | undefined)[] = [];
    one.onChange((token) => values.push(token?.value));
    one.renewToken();
    one.start();
    const before = await held(one);
    gate = Promise.withResolvers<void>();
    const late = nextAttempt(one);
    await clock.advance(100);
    one.renewToken();
    expect(one.token).toBeUndefined();
    gate.resolve();
    await late;
    const after = await held(one);
    expect(after.epoch).toBeGreaterThan(before.epoch);
    const renewed = nextAttempt(one);
    await clock.advance(100);
    await renewed;
    expect(values).toEqual([before.value, undefined, after.value]);
    expect(await redis.client.get(key)).toBe(after.value);
  });

  it('is no longer believed in after its life, however long the process slept', async () => {
    const redis = await connection();
    const clock = new FakeClock();
    const one = lease(redis, 'a:1', { clock, ttlMs: 3000 });
    const changes: (string | undefined)[] = [];
    one.onChange((token) => changes.push(token?.value));
    one.start();
    const token = await held(one);
    await redis.close();
    await clock.advance(2900);
    expect(one.token).toEqual(token);
    await clock.advance(100);
    expect(one.token).toBeUndefined();
    expect(changes).toEqual([token.value, undefined]);
  });

  it('reports its end also when a timer fires a little early', async () => {
    const redis = await connection();
    const clock = new FakeClock();
    let early = 1;
    const hasty: Clock = {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      setTimer: (ms, fire) => clock.setTimer(ms > 2000 ? ms - early-- : ms, fire),
      sleep: (ms, signal) => clock.sleep(ms, signal),
    };
    const one = lease(redis, 'a:1', { clock: hasty, ttlMs: 3000 });
    const changes: (string | undefined)[] = [];
    one.onChange((token) => changes.push(token?.value));
    one.start();
    const token = await held(one);
    await redis.close();
    await clock.advance(3000);
    expect(changes).toEqual([token.value, undefined]);
    expect(early).toBe(0);
  });

  it('does not care about jumps of the wall clock', async () => {
    const redis = await connection();
    const clock = new FakeClock();
    const one = lease(redis, 'a:1', { clock });
    one.start();
    const token = await held(one);
    clock.jumpWall(3_600_000);
    expect(one.token).toEqual(token);
    clock.jumpWall(-7_200_000);
    expect(one.token).toEqual(token);
  });

  it('is renewed by its holder with the same token', async () => {
    const redis = await connection();
    const clock = new FakeClock();
    const one = lease(redis, 'a:1', { clock });
    const changes: (string | undefined)[] = [];
    one.onChange((token) => changes.push(token?.value));
    one.start();
    const token = await held(one);
    for (let round = 0; round < 5; round++) {
      // Only a renewal sets the shorter life again.
      await redis.client.pexpire(key, 1_000_000);
      await clock.advance(20_000);
      while ((await redis.client.pttl(key)) > 60_000) await redis.client.ping();
    }
    expect(one.token).toEqual(token);
    expect(changes).toEqual([token.value]);
  });

  it('is lost when another holds it, and won again later', async () => {
    const redis = await connection();
    const one = lease(redis, 'a:1', { ttlMs: 300 });
    one.start();
    const before = await held(one);
    const lost = new Promise<void>((resolve) => one.onChange((token) => token === undefined && resolve()));
    await redis.client.set(key, 'intruder:1', 'PX', 500);
    await lost;
    expect((await held(one)).epoch).toBeGreaterThan(before.epoch);
  });

  it('gets a higher epoch even after Redis lost its data', async () => {
    const server = await ownRedis();
    const redis = await connection(server.url);
    const one = lease(redis, 'a:1', { ttlMs: 300 });
    one.start();
    const before = await held(one);
    const lost = new Promise<void>((resolve) => one.onChange((token) => token === undefined && resolve()));
    await server.kill();
    await lost;
    await server.restart();
    expect((await held(one)).epoch).toBeGreaterThan(before.epoch);
  });

  it('is renewed by its holder in a Redis that is full; another cannot take it, and says why', async () => {
    const server = await ownRedis();
    const redis = await connection(server.url);
    const one = lease(redis, 'a:1');
    one.start();
    const token = await held(one);
    await redis.client.config('SET', 'maxmemory', '1');
    let renewals = 0;
    const renewed = new Promise<void>((resolve, reject) => {
      one.onAttempt((error) => {
        if (error !== undefined) reject(error);
        else if (++renewals === 6) resolve();
      });
    });
    await renewed;
    expect(one.token).toEqual(token);

    await redis.client.del(key);
    const refusal = new Promise<string>((resolve) => {
      one.onAttempt((error) => error !== undefined && resolve(error.message));
    });
    expect(await refusal).toMatch(/OOM/);
    expect(await redis.client.exists(key, `${key}:epoch`)).toBe(1);
    await redis.client.config('SET', 'maxmemory', '0');
    const again = new Promise<LeaseToken>((resolve) => {
      one.onChange((now) => now !== undefined && resolve(now));
    });
    const next = one.token !== undefined && one.token.value !== token.value ? one.token : await again;
    expect(next.epoch).toBeGreaterThan(token.epoch);
  });

  it('stops in every state, twice too, and leaves no timer', async () => {
    const redis = await connection();
    const clock = new FakeClock();
    const one = lease(redis, 'a:1', { clock });
    await one.stop();
    one.start();
    one.start();
    await Promise.all([one.stop(), one.stop()]);
    expect(clock.pendingTimers).toBe(0);
    expect(await redis.client.exists(key)).toBe(0);

    const other = lease(redis, 'b:1', { clock });
    other.start();
    await held(other);
    await redis.close();
    await other.stop();
    expect(clock.pendingTimers).toBe(0);
  });
});
