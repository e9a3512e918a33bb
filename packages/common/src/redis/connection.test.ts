/** The connection against a server that dies, sleeps, refuses and comes back. */
import type { EventEmitter } from 'node:events';
import { FaultProxy } from '@exec/testing/proxy';
import { ownRedis, testRedis } from '@exec/testing/vitest';
import { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import { Secret } from '../config/secret.ts';
import { createLogger, silentLogger } from '../logging/logging.ts';
import { RedisConnection, type RedisConnectionOptions } from './connection.ts';

const opened: { close(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const item of opened.splice(0).reverse()) await item.close();
});

function open(url: string, options: Partial<RedisConnectionOptions> = {}): RedisConnection {
  const redis = RedisConnection.open({
    url: new Secret(url),
    name: 'test',
    logger: silentLogger,
    ...options,
  });
  opened.push(redis);
  return redis;
}

/** Resolves when `redis` is in the state asked for. */
function state(redis: RedisConnection, up: boolean): Promise<void> {
  if (redis.up === up) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = redis.onState((now) => {
      if (now !== up) return;
      stop();
      resolve();
    });
  });
}

/** Unlike `once` of node:events it is not ended by an error event: failing attempts are part of the tests. */
function emitted(emitter: EventEmitter, name: string): Promise<void> {
  return new Promise((resolve) => emitter.once(name, () => resolve()));
}

async function proxyTo(url: string): Promise<FaultProxy> {
  const proxy = await FaultProxy.start({ target: url });
  opened.push({ close: () => proxy.close() });
  return proxy;
}

describe('a server that comes and goes', () => {
  it('is waited for, and commands fail at once meanwhile', async () => {
    const server = await ownRedis();
    await server.kill();
    const redis = open(server.url);
    await expect(redis.client.get('a')).rejects.toThrow();
    expect(redis.up).toBe(false);
    await server.restart();
    await redis.ready();
    expect(await redis.client.set('a', '1')).toBe('OK');
  });

  it('is found again after each of many restarts, with one set of listeners and one report of each change', async () => {
    const server = await ownRedis();
    const redis = open(server.url);
    const changes: boolean[] = [];
    await redis.ready();
    const listeners = () => redis.client.eventNames().map((name) => [name, redis.client.listenerCount(name)]);
    const before = listeners();
    redis.onState((up) => {
      if (up !== changes.at(-1)) changes.push(up);
    });
    for (let round = 0; round < 3; round++) {
      await server.kill();
      await state(redis, false);
      await server.restart();
      await redis.ready();
      expect(await redis.client.ping()).toBe('PONG');
    }
    expect(changes).toEqual([false, true, false, true, false, true]);
    expect(listeners()).toEqual(before);
  });

  it('rejects commands that were in flight when it died', async () => {
    const server = await ownRedis();
    const redis = open(server.url, { commandTimeoutMs: 600_000, probeIntervalMs: 600_000 });
    await redis.ready();
    await redis.client.client('PAUSE', 60_000);
    const inFlight = Array.from({ length: 20 }, () => redis.client.incr('n'));
    const outcomes = Promise.allSettled(inFlight);
    await server.kill();
    expect((await outcomes).every((result) => result.status === 'rejected')).toBe(true);
  });

  it('does not send a command twice', async () => {
    const { url, prefix } = testRedis();
    const proxy = await proxyTo(url);
    const redis = open(proxy.through(url), { commandTimeoutMs: 300 });
    const other = open(url, { commandTimeoutMs: 60_000 });
    await Promise.all([redis.ready(), other.ready()]);
    // The answer is lost, not the command.
    proxy.add({ type: 'timeout', timeoutMs: 0, direction: 'downstream' });
    await expect(redis.client.incr(`${prefix}:n`)).rejects.toThrow();
    await expect.poll(() => other.client.get(`${prefix}:n`)).toBe('1');
    proxy.clear();
    await proxy.down();
    await state(redis, false);
    await proxy.up();
    await redis.ready();
    expect(await other.client.get(`${prefix}:n`)).toBe('1');
  });
});

describe('a server that falls silent', () => {
  it('is noticed although its socket stays open, and is reached again afterwards', async () => {
    const proxy = await proxyTo(testRedis().url);
    const redis = open(proxy.through(testRedis().url), { commandTimeoutMs: 150, probeIntervalMs: 50 });
    await redis.ready();
    proxy.add({ type: 'timeout', timeoutMs: 0 });
    await state(redis, false);
    expect(redis.detail).toContain('no answer');
    proxy.clear();
    await redis.ready();
    // A busy machine may be late for so short a limit once more.
    await expect.poll(() => redis.client.ping()).toBe('PONG');
  });
});

describe('a server that refuses', () => {
  it('because of the password: says so, and is tried again', async () => {
    const server = await ownRedis();
    const admin = new Redis(server.url);
    opened.push({ close: () => admin.disconnect() });
    await admin.config('SET', 'requirepass', 'right');
    const lines: string[] = [];
    const logger = createLogger({
      service: 'excs',
      level: 'trace',
      destination: { write: (line) => void lines.push(line) },
    });
    const redis = open(server.url.replace('redis://', 'redis://:canary-wrong@'), { logger });
    await new Promise<void>((resolve) => {
      const stop = redis.onState(() => {
        stop();
        resolve();
      });
    });
    expect(redis.up).toBe(false);
    expect(redis.detail).toMatch(/WRONGPASS|NOAUTH/);
    await admin.config('SET', 'requirepass', 'canary-wrong');
    await redis.ready();
    expect(redis.detail).toBe('connected');
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.join('')).not.toContain('canary-wrong');
  });

  it('because it became a replica: writes work again after it is the master again', async () => {
    const server = await ownRedis();
    const admin = new Redis(server.url);
    opened.push({ close: () => admin.disconnect() });
    const redis = open(server.url);
    await redis.ready();
    await admin.replicaof('127.0.0.1', 1);
    await expect(redis.client.set('a', '1')).rejects.toThrow(/READONLY/);
    await admin.replicaof('NO', 'ONE');
    await state(redis, false);
    await redis.ready();
    expect(await redis.client.set('a', '1')).toBe('OK');
  });
});

describe('the blocking connection', () => {
  it('waits longer than the limit of commands, and finds what is added meanwhile', async () => {
    const { url, prefix } = testRedis();
    const redis = open(url, { commandTimeoutMs: 50 });
    const writer = open(url, { commandTimeoutMs: 60_000 });
    await Promise.all([redis.ready(), writer.ready()]);
    const reader = redis.blocking();
    await emitted(reader, 'ready');
    const empty = await reader.xread('BLOCK', 200, 'STREAMS', `${prefix}:s`, '0-0');
    expect(empty).toBeNull();
    const waiting = reader.xread('BLOCK', 20_000, 'STREAMS', `${prefix}:s`, '0-0');
    await writer.client.xadd(`${prefix}:s`, '*', 'f', 'v');
    expect(await waiting).toMatchObject([[`${prefix}:s`, [[expect.any(String), ['f', 'v']]]]]);
  });

  it('gives a read up when the server dies, and reads again when it is back', async () => {
    const server = await ownRedis();
    const redis = open(server.url);
    await redis.ready();
    const reader = redis.blocking();
    await emitted(reader, 'ready');
    const lost = reader.xread('BLOCK', 0, 'STREAMS', 's', '0-0').catch((error: Error) => error);
    await server.kill();
    expect(await lost).toBeInstanceOf(Error);
    const back = emitted(reader, 'ready');
    await server.restart();
    await back;
    const waiting = reader.xread('BLOCK', 20_000, 'STREAMS', 's', '0-0');
    await redis.ready();
    await redis.client.xadd('s', '*', 'f', 'v');
    expect(await waiting).toHaveLength(1);
  });
});

describe('close', () => {
  it('ends every connection, once and for all, also while the server is away', async () => {
    const server = await ownRedis();
    const redis = open(server.url);
    await redis.ready();
    const reader = redis.blocking();
    await emitted(reader, 'ready');
    const read = reader.xread('BLOCK', 0, 'STREAMS', 's', '0-0').catch((error: Error) => error);
    const changes: boolean[] = [];
    redis.onState((up) => changes.push(up));
    await Promise.all([redis.close(), redis.close()]);
    expect(await read).toBeInstanceOf(Error);
    expect([redis.client.status, reader.status]).toEqual(['end', 'end']);
    expect(changes).toEqual([false]);
  });

  it('works in every phase of looking for a server that is away', async () => {
    const server = await ownRedis();
    await server.kill();
    const connecting = open(server.url);
    await connecting.close();
    expect(connecting.client.status).toBe('end');
    const waiting = open(server.url);
    await emitted(waiting.client, 'reconnecting');
    await waiting.close();
    await server.restart();
    await expect(waiting.client.ping()).rejects.toThrow();
    expect([connecting.up, waiting.up]).toEqual([false, false]);
  });

  it('ends a wait for the server', async () => {
    const server = await ownRedis();
    await server.kill();
    const redis = open(server.url);
    const reason = new Error('no longer');
    await expect(redis.ready(AbortSignal.abort(reason))).rejects.toBe(reason);
    const abort = new AbortController();
    const waiting = redis.ready(abort.signal);
    abort.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });
});

describe('metrics', () => {
  it('exec_redis_up follows the state', async () => {
    const server = await ownRedis();
    const registry = new Registry();
    const redis = open(server.url, { registry });
    await redis.ready();
    expect(await registry.metrics()).toContain('exec_redis_up 1');
    await server.kill();
    await state(redis, false);
    expect(await registry.metrics()).toContain('exec_redis_up 0');
  });
});
