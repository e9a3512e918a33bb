import { Formats } from '@exec/common/formats';
import { wallMs } from '@exec/common/instants';
import { ownRedis } from '@exec/testing/vitest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { entry } from '../testing/entries.ts';
import { type OpenedRedis, openRedis } from '../testing/redis.ts';
import { deadEvent, readDeadLetter, writeDeadLetter } from './dead-letter.ts';
import { type OutboxUpdate, outboxKeys, outboxValues, writeOutbox } from './outbox-script.ts';

const formats = new Formats();

let opened: OpenedRedis;

beforeAll(async () => {
  const { url } = await ownRedis();
  opened = await openRedis({ url, prefix: 'outbox' });
});

afterAll(async () => {
  await opened.redis.close();
});

beforeEach(async () => {
  const { redis, keys } = opened;
  await redis.client.config('SET', 'maxmemory', '0');
  await redis.client.flushall();
  await redis.client.set(keys.lease, 'me:1');
  for (const id of ['1-1', '1-2', '1-3']) await redis.client.xadd(keys.out, id, 'e', 'text');
});

const events = ['1-1', '1-2', '1-3'].map((id, n) => entry({ id, establishes: n === 0 }));
const at = Date.UTC(2026, 0, 5);

function letter(reason = 'no'): OutboxUpdate {
  const [first] = events;
  const text = writeDeadLetter(formats, {
    id: 'L',
    at: wallMs(at),
    conversation: 'site/call',
    leg: 'p:one',
    reason,
    events: first === undefined ? [] : [deadEvent(first)],
  });
  return { letters: [{ id: 'L', at: wallMs(at), text, entries: ['1-1'] }], deadLegs: [['field', 'L']] };
}

function buried(index: number): OutboxUpdate {
  const one = events[index];
  if (one === undefined) throw new Error(`no event ${index}`);
  return { buried: [{ id: one.id, letter: 'L', event: JSON.stringify(deadEvent(one)) }] };
}

async function write(updates: readonly OutboxUpdate[], o: { letterBytes?: number } = {}) {
  const { redis, keys } = opened;
  const { letterBytes = 10_000 } = o;
  const args = { token: 'me:1', keptMost: 10, letterBytes };
  return writeOutbox(redis, outboxKeys(keys), args, outboxValues(updates));
}

async function stored() {
  const { redis, keys } = opened;
  const found = readDeadLetter(formats, await redis.client.hget(keys.dead, 'L'));
  const left = await redis.client.xrange(keys.out, '-', '+');
  return { held: found?.events.map(({ event }) => event.event.eventId), left: left.map(([id]) => id) };
}

const idsOf = (...indexes: readonly number[]) => indexes.map((n) => events[n]?.event.event.eventId);

describe('a dead letter in Redis', () => {
  it('takes the events that join it, each once, however often that is written', async () => {
    await write([letter()]);
    await write([buried(1)]);
    await write([letter(), buried(1), buried(2)]);
    expect(await stored()).toEqual({ held: idsOf(0, 1, 2), left: [] });
  });

  it('that somebody dropped while an event joined it does not come back', async () => {
    const { redis, keys } = opened;
    await write([letter()]);
    await redis.client.multi().hdel(keys.dead, 'L').zrem(keys.deadTimes, 'L').exec();
    // The answer of the first writing was lost, so it is written once more, along with the event that joins.
    await write([letter(), buried(1)]);
    expect(await stored()).toEqual({ held: undefined, left: ['1-3'] });
    expect(await redis.client.zcard(keys.deadTimes)).toBe(0);
  });

  it('is bounded: the later events of a long leg are cut off', async () => {
    await write([letter(), buried(1)]);
    const text = await opened.redis.client.hget(opened.keys.dead, 'L');
    await write([buried(2)], { letterBytes: (text?.length ?? 0) + 10 });
    expect(await stored()).toEqual({ held: idsOf(0, 1), left: [] });
  });
});

describe('a full Redis', () => {
  it('takes what is dealt with, and marks nothing on its own', async () => {
    const { redis, keys } = opened;
    await write([{ sending: ['1-1'] }]);
    await redis.client.config('SET', 'maxmemory', '1');
    for (const update of [{ sending: ['1-2'] }, letter()])
      await expect(write([update])).rejects.toThrow(/OOM/);
    expect((await stored()).left).toEqual(['1-1', '1-2', '1-3']);
    expect(await redis.client.hkeys(keys.sending)).toEqual(['1-1']);
    expect(await write([{ done: ['1-1'], sending: ['1-2'] }])).toBe('done');
    expect(await redis.client.hkeys(keys.sending)).toEqual(['1-2']);
  });
});

describe('the mark of an event that was overtaken', () => {
  it('keeps the time that it has to be after, also when it is sent again, and goes with it', async () => {
    const { redis, keys } = opened;
    await write([{ sending: ['1-1'], floors: [['1-1', wallMs(at)]] }]);
    await write([{ floors: [['1-1', wallMs(at - 5)]], sending: ['1-1'] }]);
    expect(await redis.client.hgetall(keys.sending)).toEqual({ '1-1': String(at) });
    await write([{ done: ['1-1'], floors: [['1-1', wallMs(at + 1)]] }]);
    expect(await redis.client.hgetall(keys.sending)).toEqual({});
  });
});

describe('the mark of an event that was certainly not accepted', () => {
  it('goes, unless it carries a time', async () => {
    const { redis, keys } = opened;
    await write([{ sending: ['1-1', '1-2'], floors: [['1-2', wallMs(at)]] }]);
    await write([{ unsent: ['1-1', '1-2'] }]);
    expect(await redis.client.hgetall(keys.sending)).toEqual({ '1-2': String(at) });
  });
});
