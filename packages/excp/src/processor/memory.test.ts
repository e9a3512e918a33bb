/** When an instance writes back what it remembers, and when it leaves that to the other one: Redis is played. */

import { Formats } from '@exec/common/formats';
import { streamMs } from '@exec/common/instants';
import { silentLogger } from '@exec/common/logging';
import type { RedisConnection } from '@exec/common/redis';
import { describe, expect, it } from 'vitest';
import type { ExcpKeys } from '../keys.ts';
import { DealtWith } from './dealt-with.ts';
import { Memory } from './memory.ts';
import type { Kept } from './restore.ts';

const token = { value: 'a:1', epoch: 1 };

function context() {
  const mark = { mark: 'first', changed: false };
  const server = { begun: 0, written: [] as unknown[][], answer: 'restored' };
  const client = {
    hexists: () => Promise.resolve(server.begun),
    evalsha: (...args: unknown[]) => {
      server.written.push(args);
      return Promise.resolve(server.answer);
    },
  };
  const redis = { client } as unknown as RedisConnection;
  const memory = new Memory({
    ...{ redis, keys: {} as ExcpKeys, formats: new Formats(), logger: silentLogger, mark },
  });
  const kept: Kept = {
    ...{ mark: 'first', term: 'term-a', lastCommit: 'term-z/9', dealtWith: new DealtWith() },
    ...{
      records: [],
      agents: [],
      out: [],
      deadLegs: {},
      sending: new Map(),
      clockShift: 0,
      clockPlace: streamMs(0),
    },
  };
  return { memory, mark, server, kept };
}

describe('what was kept of the last term', () => {
  it('is not even sent while Redis has its data, and dropped then', async () => {
    const { memory, mark, server, kept } = context();
    memory.keep(kept);
    expect(await memory.recall(token)).toBeUndefined();
    Object.assign(mark, { mark: 'second', changed: true });
    expect(await memory.recall(token)).toBe('second');
    expect(server.written).toEqual([]);
  });

  it('is written back once when Redis has lost its data, with the names of the events that it is beyond', async () => {
    const { memory, mark, server, kept } = context();
    const dealtWith = new DealtWith(['of the other instance']);
    memory.keep({ ...kept, dealtWith });
    // When a term ends it adds what could not be written.
    dealtWith.add(['last']);
    Object.assign(mark, { mark: 'second', changed: true });
    expect(await memory.recall(token)).toBeUndefined();
    expect(server.written).toHaveLength(1);
    expect(server.written[0]?.slice(-3)).toEqual([2, 'of the other instance', 'last']);
    server.begun = 1;
    expect(await memory.recall(token)).toBeUndefined();
    expect(server.written).toHaveLength(1);
  });

  it.each([
    ['own', 'term-a/7', 1],
    ['the one that was known then', 'term-z/9', 1],
    ['none, of an emptied Redis', '', 1],
    ['of another instance', 'term-b/1', 0],
  ])('is kept or dropped by the newest commit: %s', async (_, commit, times) => {
    const { memory, mark, server, kept } = context();
    memory.keep(kept);
    memory.committed(commit);
    Object.assign(mark, { mark: 'second', changed: true });
    await memory.recall(token);
    expect(server.written).toHaveLength(times);
  });
});

it('who remembers nothing leaves the lease to the other one, once for each loss, unless somebody has begun', async () => {
  const { memory, mark, server } = context();
  expect(await memory.recall(token)).toBeUndefined();
  Object.assign(mark, { mark: 'second', changed: true });
  expect(await memory.recall(token)).toBe('second');
  // Its term did not begin: a newer token came while it loaded.
  expect(await memory.recall(token)).toBe('second');
  memory.left('second');
  expect(await memory.recall(token)).toBeUndefined();
  Object.assign(mark, { mark: 'third' });
  server.begun = 1;
  expect(await memory.recall(token)).toBeUndefined();
});
