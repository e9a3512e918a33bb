/** Versions are read from what a program says of itself, and chosen by a switch that refuses what it does not know. */
import { describe, expect, it } from 'vitest';
import { chosenRedisVersions, redisVersionOf, redisVersions } from './redis-versions.ts';

describe('redisVersionOf', () => {
  it.each([
    ['Redis server v=6.0.16 sha=00000000:0 malloc=jemalloc-5.2.1 bits=64 build=6d95e1af3a2c082a', '6.0'],
    ['Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=d81b8ff71cfb150e', '7.0'],
    ['Redis server v=6.2.14 sha=00000000:0 malloc=libc bits=64 build=1', undefined],
    ['Redis server v=16.0.1 sha=00000000:0', undefined],
    ['Valkey server v=8.0.2 sha=00000000:0', undefined],
    ['', undefined],
  ])('%s', (line, version) => {
    expect(redisVersionOf(line)).toBe(version);
  });
});

describe('chosenRedisVersions', () => {
  it('are all of them unless the switch says otherwise', () => {
    expect(chosenRedisVersions({})).toEqual(redisVersions);
    expect(chosenRedisVersions({ TEST_REDIS_VERSIONS: '' })).toEqual(redisVersions);
    expect(chosenRedisVersions({ TEST_REDIS_VERSIONS: '8.0, 6.0' })).toEqual(['8.0', '6.0']);
    expect(chosenRedisVersions({ TEST_REDIS_VERSIONS: 'any' })).toEqual([]);
  });

  it('never becomes fewer by a slip of the pen', () => {
    expect(() => chosenRedisVersions({ TEST_REDIS_VERSIONS: '6.0,7' })).toThrow(
      '7 is none of 6.0, 7.0, 8.0, any',
    );
  });
});
