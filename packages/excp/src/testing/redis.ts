/** Redis with key names of EXCP, for tests of single parts. */
import { Secret } from '@exec/common/config';
import { silentLogger } from '@exec/common/logging';
import { KeySpace, RedisConnection } from '@exec/common/redis';
import { testRedis } from '@exec/testing/vitest';
import { type ExcpKeys, excpKeys } from '../keys.ts';

export interface OpenedRedis {
  readonly redis: RedisConnection;
  readonly keys: ExcpKeys;
}

/** Connected when it resolves; to be closed by the caller. */
export async function openRedis(server = testRedis()): Promise<OpenedRedis> {
  const redis = RedisConnection.open({
    url: new Secret(server.url),
    name: 'excp-test',
    logger: silentLogger,
    // What is asked on the side is the hands of the test: a Redis that is late for a second fails nothing.
    commandTimeoutMs: 60_000,
  });
  const up = Promise.withResolvers<void>();
  const unfollow = redis.onState((is) => {
    if (is) up.resolve();
  });
  if (!redis.up) await up.promise;
  unfollow();
  return { redis, keys: excpKeys(new KeySpace({ prefix: server.prefix, orgId: 'org', tenantId: 1 })) };
}
