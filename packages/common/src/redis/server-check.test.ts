/** What the look at the Redis server warns about. */
import { describe, expect, it } from 'vitest';
import { warnings } from './server-check.ts';

const healthy = {
  redis_version: '6.2.14',
  maxmemory: '0',
  maxmemory_policy: 'noeviction',
  cluster_enabled: '0',
  aof_enabled: '0',
  rdb_last_bgsave_status: 'ok',
};

const warned = (facts: Record<string, string>) => [...warnings(new Map(Object.entries(facts)))];

describe('warnings', () => {
  it.each<[string, Record<string, string>]>([
    ['a healthy server', healthy],
    ['the oldest supported one', { ...healthy, redis_version: '6.0.16' }],
    ['a newer one', { ...healthy, redis_version: '8.2.0' }],
    ['one that tells nothing, as hosted ones do', {}],
    ['an eviction policy without a limit of memory', { ...healthy, maxmemory_policy: 'allkeys-lru' }],
  ])('none about %s', (_, facts) => {
    expect(warned(facts)).toEqual([]);
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['an old release', { redis_version: '5.0.14' }, /older than 6\.0/],
    ['eviction', { maxmemory: '1000', maxmemory_policy: 'allkeys-lru' }, /noeviction/],
    ['cluster mode', { cluster_enabled: '1' }, /cluster mode/],
    ['failing saves', { rdb_last_bgsave_status: 'err' }, /cannot save/],
  ])('one about %s', (_, facts, text) => {
    expect(warned({ ...healthy, ...facts })).toEqual([expect.stringMatching(text)]);
  });
});
