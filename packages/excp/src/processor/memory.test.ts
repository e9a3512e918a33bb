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
  const server = { begun: 0, scripts: 0, answer: 'restored' };
  const client = {
    hexists: () => Promise.resolve(server.begun),
    evalsha: () => {
      server.scripts++;
      return Promise.resolve(server.answer);
    },
  };
  const redis = { client } as unknown as RedisConnection;
  const memory = new Memory({
    ...{ redis, keys: {} as ExcpKeys, formats: new Formats(), logger: silentLogger, mark },
  });
  const dealtWith = new DealtWith();
  const kept: Kept = {
    ...{ mark: 'first', term: 'term-a', lastCommit: 'term-z/9', dealtWith },
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
    expect(await memory.recall(token)).toMatchObject({ leave: undefined });
    Object.assign(mark, { mark: 'second', changed: true });
    expect(await memory.recall(token)).toMatchObject({ leave: 'second' });
    expect(server.scripts).toBe(0);
  });

  it('is written back once when Redis has lost its data, and all that earlier terms dealt with is left out', async () => {
    const { memory, mark, server, kept } = context();
    (await memory.recall(token)).dealtWith.add(['earlier']);
    const { dealtWith } = await memory.recall(token);
    dealtWith.add(['last']);
    // Redis may have lost its newest second, and what it has again is dealt with again.
    expect(dealtWith.has('earlier')).toBe(false);
    memory.keep({ ...kept, dealtWith });
    Object.assign(mark, { mark: 'second', changed: true });
    const recalled = await memory.recall(token);
    expect(recalled.leave).toBeUndefined();
    expect(['earlier', 'last', 'other'].map((name) => recalled.dealtWith.has(name))).toEqual([
      true,
      true,
      false,
    ]);
    server.begun = 1;
    expect(await memory.recall(token)).toMatchObject({ leave: undefined });
    expect(server.scripts).toBe(1);
  });

  it('is left out also by the next term, when the one that wrote it back did not begin; not what that one left unwritten', async () => {
    const { memory, mark, server, kept } = context();
    const { dealtWith } = await memory.recall(token);
    dealtWith.add(['last']);
    memory.keep({ ...kept, dealtWith });
    Object.assign(mark, { mark: 'second', changed: true });
    const unbegun = await memory.recall(token);
    unbegun.dealtWith.add(['unwritten']);
    server.begun = 1;
    const again = await memory.recall(token);
    expect(['last', 'unwritten'].map((name) => again.dealtWith.has(name))).toEqual([true, false]);
    expect(server.scripts).toBe(1);
    Object.assign(mark, { mark: 'third' });
    expect((await memory.recall(token)).dealtWith.has('last')).toBe(false);
  });

  it('with it, all that the other instance had dealt with when it began is left out', async () => {
    const { memory, mark, kept } = context();
    const { dealtWith } = await memory.recall(token);
    memory.learn(['of the other instance']);
    expect(dealtWith.has('of the other instance')).toBe(false);
    memory.keep({ ...kept, dealtWith });
    Object.assign(mark, { mark: 'second', changed: true });
    expect((await memory.recall(token)).dealtWith.has('of the other instance')).toBe(true);
  });

  it.each([
    ['own', 'term-a/7', 1],
    ['the one that was known then', 'term-z/9', 1],
    ['none, of an emptied Redis', '', 1],
    ['of another instance', 'term-b/1', 0],
  ])('is kept or dropped by the newest commit: %s', async (_, commit, scripts) => {
    const { memory, mark, server, kept } = context();
    memory.keep(kept);
    memory.committed(commit);
    Object.assign(mark, { mark: 'second', changed: true });
    await memory.recall(token);
    expect(server.scripts).toBe(scripts);
  });
});

it('who remembers nothing leaves the lease to the other one, once for each loss, unless somebody has begun', async () => {
  const { memory, mark, server } = context();
  expect((await memory.recall(token)).leave).toBeUndefined();
  Object.assign(mark, { mark: 'second', changed: true });
  expect((await memory.recall(token)).leave).toBe('second');
  // Its term did not begin: a newer token came while it loaded.
  expect((await memory.recall(token)).leave).toBe('second');
  memory.left('second');
  expect((await memory.recall(token)).leave).toBeUndefined();
  Object.assign(mark, { mark: 'third' });
  server.begun = 1;
  expect((await memory.recall(token)).leave).toBeUndefined();
});
