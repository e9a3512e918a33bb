/** Lua commands: names instead of numbers, a checked reply, and two kinds of failure. */
import { ownRedis, testRedis } from '@exec/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Secret } from '../config/secret.ts';
import { silentLogger } from '../logging/logging.ts';
import { RedisConnection } from './connection.ts';
import { defineScript } from './script.ts';

const { url, prefix } = testRedis();
let redis: RedisConnection;
beforeAll(async () => {
  redis = RedisConnection.open({
    url: new Secret(url),
    name: 'script-test',
    logger: silentLogger,
    commandTimeoutMs: 60_000,
  });
  await redis.ready();
});
afterAll(() => redis.close());

const append = defineScript({
  name: 'append-limited',
  keys: ['list', 'count'],
  args: ['limit'],
  lua: `
for at = 2, #ARGV do
  if redis.call('LLEN', list) >= tonumber(limit) then return 'full' end
  redis.call('RPUSH', list, ARGV[at])
  redis.call('INCR', count)
end
return 'ok'`,
  result: z.enum(['ok', 'full']),
});

const keysOf = (name: string) => ({ list: `${prefix}:{a}:${name}`, count: `${prefix}:{a}:${name}:count` });

describe('defineScript', () => {
  it('passes keys and arguments by name and further values after them', async () => {
    const keys = keysOf('names');
    const answer: 'ok' | 'full' = await append(redis, keys, { limit: 3 }, [
      'a',
      2,
      Buffer.from([0xff, 0x00]),
    ]);
    expect(answer).toBe('ok');
    expect(await redis.client.lrangeBuffer(keys.list, 0, -1)).toEqual([
      Buffer.from('a'),
      Buffer.from('2'),
      Buffer.from([0xff, 0x00]),
    ]);
    expect(await append(redis.client, keys, { limit: 3 }, ['x'])).toBe('full');
    expect(await redis.client.get(keys.count)).toBe('3');
  });

  it('runs many at once', async () => {
    const keys = keysOf('many');
    const runs = Array.from({ length: 200 }, (_, index) => append(redis, keys, { limit: 150 }, [index]));
    const answers = await Promise.all(runs);
    expect(answers.filter((answer) => answer === 'ok')).toHaveLength(150);
    expect(await redis.client.llen(keys.list)).toBe(150);
  });

  it('refuses an answer of another form', async () => {
    const wrong = defineScript({ name: 'wrong', keys: ['k'], lua: 'return 7', result: z.string() });
    await expect(wrong(redis, { k: `${prefix}:x` }, {})).rejects.toMatchObject({ code: 'redis.refused' });
  });

  it('tells a fault of the script from a server that is away', async () => {
    const faulty = defineScript({
      name: 'faulty',
      keys: ['k'],
      lua: "return redis.call('LPUSH', k)",
      result: z.any(),
    });
    await expect(faulty(redis, { k: `${prefix}:x` }, {})).rejects.toMatchObject({
      code: 'redis.refused',
      retryable: false,
    });
    const other = RedisConnection.open({ url: new Secret(url), name: 'closed', logger: silentLogger });
    await other.close();
    await expect(append(other, keysOf('closed'), { limit: 1 }, ['a'])).rejects.toMatchObject({
      code: 'redis.unavailable',
      retryable: true,
    });
  });

  it('keeps no argument in an error', async () => {
    const secretive = defineScript({
      name: 'secretive',
      keys: ['k'],
      args: ['value'],
      lua: "return redis.call('LPUSH', k)",
      result: z.any(),
    });
    const failure = await secretive(redis, { k: `${prefix}:x` }, { value: 'canary-8831' }).catch(
      (error) => error,
    );
    const shown = `${JSON.stringify(failure)} ${failure.stack} ${String(failure.cause)}`;
    expect(failure).toBeInstanceOf(Error);
    expect(shown).not.toContain('canary-8831');
  });

  it('loads the script again after the server forgot it', async () => {
    const server = await ownRedis();
    const own = RedisConnection.open({
      url: new Secret(server.url),
      name: 'script-own',
      logger: silentLogger,
      commandTimeoutMs: 60_000,
    });
    try {
      await own.ready();
      expect(await append(own, keysOf('a'), { limit: 9 }, ['a'])).toBe('ok');
      await own.client.script('FLUSH');
      expect(await append(own, keysOf('a'), { limit: 9 }, ['b'])).toBe('ok');
      expect(await own.client.lrange(keysOf('a').list, 0, -1)).toEqual(['a', 'b']);
    } finally {
      await own.close();
    }
  });
});
