import { Formats } from '@exec/common/formats';
import { streamMs } from '@exec/common/instants';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outboxKeys, outboxValues, writeOutbox } from '../outbox/outbox-script.ts';
import { type OpenedRedis, openRedis } from '../testing/redis.ts';
import { commit, commitKeys } from './commit.ts';
import { DealtWith } from './dealt-with.ts';
import { type Kept, restore } from './restore.ts';
import { loadState } from './store.ts';
import { idAfter } from './stream-ids.ts';

let opened: OpenedRedis;

beforeAll(async () => {
  opened = await openRedis();
});

afterAll(async () => {
  await opened.redis.close();
});

async function commitOf(token: string, commitId: string, input: string, outId: string, after = '') {
  const { redis, keys } = opened;
  const values = [
    2,
    outId,
    'event',
    1,
    input,
    0,
    2,
    'site/call',
    'state',
    2,
    'site/5001',
    'shifts',
    ...[0, 0, 0, 0, 0, 0],
    ...[1, `event of ${commitId}`],
  ];
  const from = after === '' ? '' : idAfter(after);
  const args = {
    token,
    commitId,
    from,
    most: 2,
    quarantineMost: 10,
    shedMs: 60_000,
    clockShift: 0,
    clockPlace: 0,
    inputBytes: 0,
    dealtMost: 2,
  };
  const [answer, next] = await commit(redis, commitKeys(keys), args, values);
  return { answer, next: next.map(([id]) => id) };
}

function updateOf(token: string, done: readonly string[], sending: readonly string[]) {
  const { redis, keys } = opened;
  const args = { token, keptMost: 10, letterBytes: 1_000 };
  return writeOutbox(redis, outboxKeys(keys), args, outboxValues([{ done, sending }]));
}

describe('an old holder of the lease', () => {
  it('writes nothing, however late it wakes up', async () => {
    const { redis, keys } = opened;
    const input = (await redis.client.xadd(keys.in, '*', 'e', 'input')) ?? '';
    await redis.client.set(keys.lease, 'new:2');
    expect(await commitOf('old:1', 'a/1', input, '1-1')).toEqual({ answer: 'fenced', next: [] });
    expect(await redis.client.xlen(keys.in)).toBe(1);
    expect(await redis.client.xlen(keys.out)).toBe(0);
    expect(await redis.client.hlen(keys.conversations)).toBe(0);

    expect(await commitOf('new:2', 'b/1', input, '2-1')).toEqual({ answer: 'done', next: [] });
    expect(await redis.client.xlen(keys.in)).toBe(0);
    expect(await redis.client.hget(keys.conversations, 'site/call')).toBe('state');
    expect(await redis.client.hget(keys.agents, 'site/5001')).toBe('shifts');
    expect(await updateOf('old:1', ['2-1'], [])).toBe('fenced');
    expect(await redis.client.xlen(keys.out)).toBe(1);
  });

  it('finds nobody else, when the lease is gone, and writes nothing either', async () => {
    const { redis, keys } = opened;
    await redis.client.del(keys.lease);
    expect(await commitOf('old:1', 'a/2', '0-1', '9-9')).toEqual({ answer: 'fenced', next: [] });
    expect(await updateOf('old:1', [], ['9-9'])).toBe('fenced');
    expect(await redis.client.hlen(keys.sending)).toBe(0);
  });
});

describe('the holder', () => {
  it('may repeat a commit whose answer was lost: it stands once', async () => {
    const { redis, keys } = opened;
    await redis.client.set(keys.lease, 'new:3');
    const before = await redis.client.xlen(keys.out);
    expect(await commitOf('new:3', 'c/1', '0-1', '3-1')).toEqual({ answer: 'done', next: [] });
    expect(await commitOf('new:3', 'c/1', '0-1', '3-1')).toEqual({ answer: 'repeated', next: [] });
    expect(await redis.client.xlen(keys.out)).toBe(before + 1);
  });

  it('loses no input when an ID for the out-stream is not new', async () => {
    const { redis, keys } = opened;
    const input = (await redis.client.xadd(keys.in, '*', 'e', 'input')) ?? '';
    await expect(commitOf('new:3', 'd/1', input, '1-1')).rejects.toMatchObject({ code: 'redis.refused' });
    expect(await redis.client.xrange(keys.in, input, input)).toHaveLength(1);
  });

  it('gets what has come after its input along with the answer', async () => {
    const { redis, keys } = opened;
    const ids: string[] = [];
    for (let n = 0; n < 4; n++) ids.push((await redis.client.xadd(keys.in, '*', 'e', 'input')) ?? '');
    const [first = '', second, third] = ids;
    const expected = { answer: 'done', next: [second, third] };
    expect(await commitOf('new:3', 'e/1', first, '4-1', first)).toEqual(expected);
    expect(await commitOf('new:3', 'e/1', first, '4-1', first)).toEqual({ ...expected, answer: 'repeated' });
    expect(await commitOf('old:1', 'e/2', first, '5-1', first)).toEqual({ answer: 'fenced', next: [] });
    await redis.client.del(keys.in);
  });

  it('marks what it sends and clears the mark with the event', async () => {
    const { redis, keys } = opened;
    await updateOf('new:3', [], ['3-1']);
    expect(await redis.client.hkeys(keys.sending)).toEqual(['3-1']);
    await updateOf('new:3', ['3-1'], []);
    expect(await redis.client.hlen(keys.sending)).toBe(0);
    expect(await redis.client.xrange(keys.out, '3-1', '3-1')).toEqual([]);
  });
});

it('a commit remembers the names of the newest events that are dealt with, and a term begins with them', async () => {
  const { redis, keys } = opened;
  await redis.client.del(keys.dealt, keys.meta, keys.out);
  await redis.client.set(keys.lease, 'new:9');
  for (const n of [1, 2, 3]) {
    const input = (await redis.client.xadd(keys.in, '*', 'e', 'input')) ?? '';
    expect(await commitOf('new:9', `d/${n}`, input, `9-${n}`)).toMatchObject({ answer: 'done' });
    expect(await commitOf('new:9', `d/${n}`, input, `9-${n}`)).toMatchObject({ answer: 'repeated' });
  }
  expect((await loadState(redis, keys, new Formats())).dealtWith).toEqual(['event of d/2', 'event of d/3']);
});

describe('what is written back after a loss', () => {
  const kept: Kept = {
    ...{ mark: 'lost', term: 'term-a', lastCommit: 'term-a/3', dealtWith: new DealtWith(['older', 'newer']) },
    ...{ records: [], agents: [], out: [], deadLegs: { 'call leg': '1' }, sending: new Map() },
    ...{ clockShift: 7, clockPlace: streamMs(9) },
  };

  it('may be written again when the answer was lost, until somebody has committed; under the lease alone', async () => {
    const { redis, keys } = opened;
    const back = (token: string) => restore(redis, keys, new Formats(), { token, kept });
    await redis.client.del(keys.meta, keys.out);
    await redis.client.set(keys.lease, 'new:4');
    expect(await back('old:1')).toBe('fenced');
    expect(await back('new:4')).toBe('restored');
    expect(await back('new:4')).toBe('restored');
    expect(await redis.client.hgetall(keys.deadLegs)).toMatchObject({ 'call leg': '1' });
    expect((await loadState(redis, keys, new Formats())).dealtWith).toEqual(['older', 'newer']);
    await redis.client.hset(keys.meta, 'commit', 'term-b/1');
    expect(await back('new:4')).toBe('begun');
    await redis.client.hset(keys.meta, 'mark', 'lost');
    await redis.client.hdel(keys.meta, 'commit');
    expect(await back('new:4')).toBe('begun');
  });
});
