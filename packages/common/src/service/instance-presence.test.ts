/** One name, one live process: refused duplicates, takeovers from the dead, release. */
import { ownRedis, testRedis } from '@exec/testing/vitest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../config/secret.ts';
import type { ExecError } from '../errors/errors.ts';
import { silentLogger } from '../logging/logging.ts';
import { KeySpace, RedisConnection } from '../redis/index.ts';
import { systemClock } from '../time/clock.ts';
import { InstancePresence } from './instance-presence.ts';

const shared = testRedis();
const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

let keys: KeySpace;
let tenantId = 0;
beforeEach(() => {
  keys = new KeySpace({ prefix: shared.prefix, orgId: 'o', tenantId: ++tenantId });
});

async function connection(url = shared.url): Promise<RedisConnection> {
  const redis = RedisConnection.open({
    url: new Secret(url),
    name: 'presence',
    logger: silentLogger,
    commandTimeoutMs: 60_000,
  });
  opened.push(() => redis.close());
  await redis.ready();
  return redis;
}

interface Claimed {
  readonly presence: InstancePresence;
  readonly held: Promise<void>;
  readonly refused: Promise<ExecError>;
  /** The name has been met in use, by whom is not known yet. */
  readonly waiting: Promise<void>;
}

function claim(
  redis: RedisConnection,
  options: { service?: string; instanceId?: string; ttlMs?: number } = {},
): Claimed {
  const held = Promise.withResolvers<void>();
  const refused = Promise.withResolvers<ExecError>();
  const waiting = Promise.withResolvers<void>();
  const presence = new InstancePresence({
    redis,
    keys,
    service: options.service ?? 'excp',
    instanceId: options.instanceId ?? 'vm-1',
    ttlMs: options.ttlMs ?? 600,
    clock: systemClock,
    onDuplicate: refused.resolve,
    onState: (isHeld, detail) => {
      if (isHeld) held.resolve();
      if (detail.includes('waiting to see')) waiting.resolve();
    },
  });
  opened.push(() => presence.stop());
  presence.start();
  return { presence, held: held.promise, refused: refused.promise, waiting: waiting.promise };
}

const markKey = () => keys.key('instance', 'excp', 'vm-1');

describe('InstancePresence', () => {
  it('refuses the name of a live instance; that one keeps it', async () => {
    const redis = await connection();
    const first = claim(redis, { ttlMs: 3_600_000 });
    await first.held;
    const mark = await redis.client.get(markKey());
    // As if half of its life were over when the other one looks.
    await redis.client.pexpire(markKey(), 1_800_000);
    const second = claim(await connection());
    await second.waiting;
    first.presence.retry();
    const error = await second.refused;
    expect(error).toMatchObject({ code: 'instance.duplicate', message: expect.stringContaining('vm-1') });
    await second.presence.stop();
    expect(await redis.client.get(markKey())).toBe(mark);
  });

  it('lets other services and other names pass', async () => {
    const redis = await connection();
    await claim(redis).held;
    await Promise.all([claim(redis, { service: 'excs' }).held, claim(redis, { instanceId: 'vm-2' }).held]);
  });

  it('is free at once after an orderly stop', async () => {
    const redis = await connection();
    const first = claim(redis);
    await first.held;
    await first.presence.stop();
    expect(await redis.client.exists(markKey())).toBe(0);
    await claim(redis).held;
  });

  it('is taken over at once from a process of this machine that has ended', async () => {
    const redis = await connection();
    const first = claim(redis, { ttlMs: 3_600_000 });
    await first.held;
    const mark = JSON.parse((await redis.client.get(markKey())) ?? '{}');
    // The highest PID of Linux is 4,194,304.
    await redis.client.set(
      markKey(),
      JSON.stringify({ ...mark, start: 'earlier', pid: 4_194_305 }),
      'PX',
      3_600_000,
    );
    const second = claim(await connection());
    await second.held;
  });

  it('is taken over at once from an earlier process with the same PID, as in a restarted container', async () => {
    const redis = await connection();
    const first = claim(redis, { ttlMs: 3_600_000 });
    await first.held;
    const mark = JSON.parse((await redis.client.get(markKey())) ?? '{}');
    await redis.client.set(markKey(), JSON.stringify({ ...mark, start: 'earlier' }), 'PX', 3_600_000);
    await claim(await connection(), {}).held;
  });

  it.each(['not ours', '{}', JSON.stringify({ start: 'a', space: 'other machine', pid: 1 })])(
    'is waited for when nobody renews it: %s',
    async (mark) => {
      const redis = await connection();
      await redis.client.set(markKey(), mark, 'PX', 3_600_000);
      const second = claim(redis);
      await second.waiting;
      await redis.client.pexpire(markKey(), 1);
      await second.held;
    },
  );

  it('is refused when another machine renews it', async () => {
    const redis = await connection();
    const mark = JSON.stringify({ start: 'a', space: 'other machine', pid: 1 });
    await redis.client.set(markKey(), mark, 'PX', 60_000);
    const second = claim(redis);
    await second.waiting;
    await redis.client.pexpire(markKey(), 120_000);
    expect(await second.refused).toMatchObject({ code: 'instance.duplicate' });
  });

  it('waits for Redis, and tries at once when told that it is back', async () => {
    const server = await ownRedis();
    const redis = await connection(server.url);
    await server.kill();
    const one = claim(redis, { ttlMs: 3_600_000 });
    await server.restart();
    await redis.ready();
    one.presence.retry();
    await one.held;
    expect(await redis.client.exists(markKey())).toBe(1);
  });
});
