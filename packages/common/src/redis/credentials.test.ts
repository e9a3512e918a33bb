/** User and password of Redis change while commands are under way: none fails, and the next connection uses the new ones. */
import { ownRedis } from '@exec/testing/vitest';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { Secret } from '../config/secret.ts';
import { createLogger } from '../logging/logging.ts';
import { RedisConnection } from './connection.ts';

const opened: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

async function server() {
  const { url } = await ownRedis();
  const admin = new Redis(url);
  opened.push(() => admin.quit());
  await admin.call('ACL', 'SETUSER', 'exas', 'on', '>first', '~*', '+@all');
  const address = (password: string) => {
    const parts = new URL(url);
    parts.username = 'exas';
    parts.password = password;
    return parts.href;
  };
  return { admin, address };
}

/** Commands in a row on `redis` until `end`; answers how many there were. */
async function load(redis: RedisConnection, end: AbortSignal): Promise<number> {
  let count = 0;
  while (!end.aborted) {
    await redis.client.incr('exec:load');
    count++;
  }
  return count;
}

describe('the password of Redis', () => {
  it('changes under load: no command fails, and a new connection uses the new one', async () => {
    const { admin, address } = await server();
    const lines: string[] = [];
    const accepted = Promise.withResolvers<void>();
    const logger = createLogger({
      service: 'test',
      level: 'info',
      destination: {
        write(line) {
          lines.push(line);
          if (line.includes('takes the new password')) accepted.resolve();
        },
      },
    });
    const { secret, change } = Secret.changing(address('first'));
    const redis = RedisConnection.open({ url: secret, name: 'load', logger, commandTimeoutMs: 60_000 });
    opened.push(() => redis.close());
    await redis.ready();
    const end = new AbortController();
    const loaded = Promise.all([load(redis, end.signal), load(redis, end.signal)]);
    await admin.call('ACL', 'SETUSER', 'exas', '>second');
    change(address('second'));
    await accepted.promise;
    await admin.call('ACL', 'SETUSER', 'exas', '<first');
    const reader = redis.blocking();
    opened.push(() => reader.disconnect());
    expect(await new Promise((resolve) => reader.once('ready', () => resolve('ready')))).toBe('ready');
    end.abort();
    for (const count of await loaded) expect(count).toBeGreaterThan(0);
    const closed = new Promise((resolve) => redis.client.once('close', resolve));
    redis.client.disconnect(true);
    await closed;
    await redis.ready();
    expect(await redis.client.call('ACL', 'WHOAMI')).toBe('exas');
    expect(lines.join('')).not.toMatch(/first|second/);
  });

  it('is said to be refused while the connection stands', async () => {
    const { address } = await server();
    const refused = Promise.withResolvers<string>();
    const logger = createLogger({
      service: 'test',
      level: 'error',
      destination: { write: (line) => refused.resolve(line) },
    });
    const { secret, change } = Secret.changing(address('first'));
    const redis = RedisConnection.open({ url: secret, name: 'refused', logger, commandTimeoutMs: 60_000 });
    opened.push(() => redis.close());
    await redis.ready();
    change(address('wrong'));
    expect(await refused.promise).toContain('WRONGPASS');
    expect(await redis.client.ping()).toBe('PONG');
  });

  it('changes alone: an address of another Redis is refused', async () => {
    const { address } = await server();
    const { secret, change } = Secret.changing(address('first'));
    const redis = RedisConnection.open({
      url: secret,
      name: 'moved',
      logger: createLogger({ service: 'test', level: 'silent' }),
    });
    opened.push(() => redis.close());
    const other = new URL(address('first'));
    other.port = '1';
    expect(() => change(other.href)).toThrow('only user and password of REDIS_URL');
    expect(secret.reveal()).toBe(address('first'));
  });
});
