/** A given Redis keeps what it has; one of our own ends when it is stopped. */
import { Redis } from 'ioredis';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { startRedis } from './redis.ts';

describe('a given Redis', () => {
  it('keeps what was there, and loses what was added under our prefix', async () => {
    const given = inject('testRedisUrl');
    const client = new Redis(given);
    const foreign = `foreign-${inject('testRunName')}`;
    onTestFinished(async () => {
      await client.del(foreign);
      client.disconnect();
    });
    await client.set(foreign, 'stays');
    const server = await startRedis({}, { TEST_REDIS_URL: given });
    const another = await startRedis({}, { TEST_REDIS_URL: given });
    expect(another.keyPrefix).not.toBe(server.keyPrefix);
    for (let index = 0; index < 1_200; index++) await client.set(`${server.keyPrefix}:{a.1}:${index}`, 'x');
    await server.stop();
    expect(await client.keys(`${server.keyPrefix}*`)).toEqual([]);
    expect(await client.get(foreign)).toBe('stays');
    await another.stop();
  });

  it('that does not answer is reported; nothing else is tried', async () => {
    await expect(startRedis({}, { TEST_REDIS_URL: 'redis://127.0.0.1:1' })).rejects.toThrow(/given: /);
  });
});

it('a Redis of our own answers until it is stopped', async () => {
  const server = await startRedis({}, { TEST_REDIS_SOURCE: 'binary' });
  const client = new Redis(server.url, { retryStrategy: () => null });
  client.on('error', () => {});
  expect(await client.ping()).toBe('PONG');
  const closed = new Promise((resolve) => client.once('end', resolve));
  await server.stop();
  await closed;
});
