/** A real server that answers but takes no writes, in the words of its version; for plain commands and for scripts. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ownRedis } from '@exec/testing/vitest';
import { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Secret } from '../config/secret.ts';
import { createLogger } from '../logging/logging.ts';
import { RedisConnection } from './connection.ts';
import { redisFailure } from './failure.ts';
import { defineScript } from './script.ts';

const opened: { close(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const item of opened.splice(0).reverse()) await item.close();
});

const store = defineScript({
  name: 'store',
  keys: ['place'],
  args: ['value'],
  lua: `
local before = redis.call('GET', place)
redis.call('SET', place, value)
return before or ''`,
  result: z.string(),
});

async function serverWith(settings: Readonly<Record<string, string>> = {}) {
  const server = await ownRedis({ settings });
  const admin = new Redis(server.url);
  opened.push({ close: () => admin.disconnect() });
  const lines: { message: string; detail: string | undefined }[] = [];
  const logger = createLogger({
    service: 'excs',
    level: 'warn',
    destination: {
      write: (line) => {
        const { message, 'exec.detail': detail, exec } = JSON.parse(line);
        lines.push({ message, detail: detail ?? exec?.detail });
      },
    },
  });
  const registry = new Registry();
  const redis = RedisConnection.open({
    url: new Secret(server.url),
    name: 'test',
    logger,
    registry,
    probeIntervalMs: 50,
  });
  opened.push(redis);
  await redis.ready();
  const gauge = async () => /^exec_redis_writable (\d)/m.exec(await registry.metrics())?.[1];
  return { admin, redis, lines, gauge };
}

/** Resolves when the connection says so; told by its listeners, not by a clock. */
function writable(redis: RedisConnection, wanted: boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (redis.writable !== wanted) return;
      stop();
      resolve();
    };
    const stop = redis.onState(look);
    look();
  });
}

const rude: readonly {
  word: string;
  what: string;
  settings?: Readonly<Record<string, string>>;
  refuse: (admin: Redis) => Promise<unknown>;
  heal: (admin: Redis) => Promise<unknown>;
  /** First version in which scripts are refused as well; before it they write. Default: each. */
  scriptsFrom?: number;
}[] = [
  {
    word: 'OOM',
    what: 'its memory is full',
    refuse: (admin) => admin.config('SET', 'maxmemory', '1'),
    heal: (admin) => admin.config('SET', 'maxmemory', '0'),
  },
  {
    word: 'READONLY',
    what: 'it is a replica',
    refuse: (admin) => admin.replicaof('127.0.0.1', 1),
    heal: (admin) => admin.replicaof('NO', 'ONE'),
  },
  {
    word: 'NOREPLICAS',
    what: 'it lacks replicas',
    refuse: (admin) => admin.config('SET', 'min-replicas-to-write', '1'),
    heal: (admin) => admin.config('SET', 'min-replicas-to-write', '0'),
    // Redis 6.0 lets scripts write although replicas are missing.
    scriptsFrom: 7,
  },
  {
    word: 'MISCONF',
    what: 'its last save failed',
    settings: { dbfilename: 'dump.rdb' },
    refuse: async (admin) => {
      await admin.config('SET', 'save', '3600 1');
      // What the save is to replace is a folder.
      const [, folder = ''] = (await admin.config('GET', 'dir')) as string[];
      await mkdir(join(folder, 'dump.rdb'));
      await admin.bgsave();
    },
    heal: (admin) => admin.config('SET', 'save', ''),
  },
];

describe('a Redis that takes no writes', () => {
  it.each(rude)(
    'because $what ($word) is told from one that is away, by commands and by scripts, until it takes them again',
    async ({ word, settings, refuse, heal, scriptsFrom = 0 }) => {
      const { admin, redis, lines, gauge } = await serverWith(settings);
      expect(await gauge()).toBe('1');
      await refuse(admin);
      // Nobody writes: the probe finds it.
      await writable(redis, false);
      expect(redis.detail).toMatch(new RegExp(`^refuses to write: ${word} `));
      expect(await gauge()).toBe('0');
      await redis.ready();
      const wanted = { code: 'redis.takes-no-writes', retryable: true };
      const failure = redisFailure(await admin.set('a', '1').catch((error) => error), 'store');
      expect(failure).toMatchObject({
        ...wanted,
        message: expect.stringContaining(`Could not store: ${word} `),
      });
      const failed = await store(admin, { place: 'a' }, { value: 'of the script' }).catch((error) => error);
      const major = Number(/^redis_version:(\d+)/m.exec(await admin.info('server'))?.[1]);
      if (major >= scriptsFrom)
        expect(failed).toMatchObject({ ...wanted, message: expect.stringContaining(`run store: ${word} `) });
      else expect([failed, await admin.get('a')]).toEqual(['', 'of the script']);
      await heal(admin);
      await writable(redis, true);
      expect(await gauge()).toBe('1');
      const before = major >= scriptsFrom ? '' : 'of the script';
      expect(await store(redis, { place: 'a' }, { value: '1' })).toBe(before);
      expect(lines.filter(({ message }) => message === 'Redis takes no writes')).toEqual([
        { message: 'Redis takes no writes', detail: expect.stringMatching(new RegExp(`^${word} `)) },
      ]);
    },
  );

  it('writes nothing to find that out', async () => {
    const { admin, redis } = await serverWith();
    await writable(redis, true);
    await redis.client.setrange('exec:probe', 0, '');
    expect(await admin.dbsize()).toBe(0);
  });
});

describe('a fail-over that leaves the socket open', () => {
  it('is noticed when a script is refused: every connection is made anew, where the name leads by now', async () => {
    const { admin, redis } = await serverWith();
    const reader = redis.blocking();
    await new Promise<void>((resolve) => reader.once('ready', () => resolve()));
    const closed = [redis.client, reader].map(
      (client) => new Promise<void>((resolve) => client.once('close', () => resolve())),
    );
    const read = reader.xread('BLOCK', 0, 'STREAMS', 's', '0-0').catch((error: Error) => error);
    await admin.replicaof('127.0.0.1', 1);
    await expect(store(redis, { place: 'a' }, { value: '1' })).rejects.toMatchObject({ retryable: true });
    await Promise.all([...closed, read]);
    await admin.replicaof('NO', 'ONE');
    await writable(redis, true);
    expect(await store(redis, { place: 'a' }, { value: '1' })).toBe('');
  });
});

describe('redisFailure', () => {
  const reply = (message: string) => Object.assign(new Error(message), { name: 'ReplyError' });
  it.each([
    ['READONLY You', 'redis.takes-no-writes'],
    ['ERR Error running script (call to f_0a): @user_script:20: -READONLY You', 'redis.takes-no-writes'],
    ['ERR Error running script (call to f_0a): @user_script:3: -OOM command', 'redis.takes-no-writes'],
    ['ERR Error running script (call to f_0a): @user_script: 3: -MISCONF Redis', 'redis.takes-no-writes'],
    ['MISCONF Redis is configured to save RDB snapshots', 'redis.takes-no-writes'],
    ['NOREPLICAS Not enough good replicas', 'redis.takes-no-writes'],
    ['BUSY Redis is busy', 'redis.unavailable'],
    ['LOADING Redis is loading', 'redis.unavailable'],
    ['BUSYGROUP Consumer Group name already exists', 'redis.refused'],
    ['WRONGTYPE Operation', 'redis.refused'],
    ['ERR unknown command `READONLYX`', 'redis.refused'],
    ['NOPERM this user has no permissions', 'redis.refused'],
  ])('%s is %s', (message, code) => {
    expect(redisFailure(reply(message), 'x').code).toBe(code);
  });

  it('says nothing of persons where Redis quotes the arguments of a command', () => {
    const text = 'ERR unknown command `XADDX`, with args beginning with: `+4930123456` `anna@example.com`';
    expect(redisFailure(reply(text), 'x').message).toContain(
      '`XADDX`, with args beginning with: `+*******456` `[e-mail]`',
    );
  });

  it('says in words of ours that there is no connection', () => {
    const error = new Error("Stream isn't writeable and enableOfflineQueue options is false");
    expect(redisFailure(error, 'reach the ID map').message).toBe(
      'Could not reach the ID map: there is no connection to Redis',
    );
  });

  it('takes the reason of a transaction that was given up from its first refused command', () => {
    const error = Object.assign(reply('EXECABORT Transaction discarded because of previous errors.'), {
      previousErrors: [reply('OOM command not allowed')],
    });
    expect(redisFailure(error, 'x').code).toBe('redis.takes-no-writes');
  });
});
