import { systemClock } from '@exec/common/clock';
import { Formats, readValue } from '@exec/common/formats';
import { engageMicros, wallMs } from '@exec/common/instants';
import { silentLogger } from '@exec/common/logging';
import { ownRedis, testRedis } from '@exec/testing/vitest';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readEntry, writeEntry } from '../events/in-stream-entry.ts';
import { commit, commitKeys } from '../processor/commit.ts';
import { type OpenedRedis, openRedis } from '../testing/redis.ts';
import type { Offer } from './backlog.ts';
import { Claimer, type ClaimLimits } from './claimer.ts';

const formats = new Formats();

const begin = Date.UTC(2026, 0, 5, 8) * 1000;

/** An event of a call; `opens`: the first one. */
function offer(call: string, n: number, opens = false): Offer {
  const digest = Buffer.alloc(16);
  digest.write(`${call}-${n}`);
  const content = { kind: 'call-deleted', site: 's', at: begin + n, call } as never;
  return {
    digest,
    at: engageMicros(begin + n),
    ...(opens ? { what: 'opens' } : {}),
    call: `s/${call}`,
    entry: writeEntry(formats, { received: wallMs(0), content }),
  };
}

function claimerOf({ redis, keys }: OpenedRedis, limits: Partial<ClaimLimits> = {}) {
  const counts = { duplicates: 0, shed: 0 };
  const said: { readonly level: 'error' | 'info'; readonly code: string }[] = [];
  const health = { up: true, detail: '' };
  const say =
    (level: 'error' | 'info') =>
    (fields: object): void =>
      void said.push({ level, code: String((fields as { 'error.code'?: string })['error.code'] ?? '') });
  const claimer = new Claimer({
    formats,
    redis,
    keys,
    clock: systemClock,
    logger: Object.assign(Object.create(silentLogger), { error: say('error'), info: say('info') }),
    health: {
      up: (detail = '') => Object.assign(health, { up: true, detail }),
      down: (detail) => Object.assign(health, { up: false, detail }),
    },
    metrics: { duplicate: () => counts.duplicates++, shed: () => counts.shed++ },
    limits,
  });
  return { claimer, counts, said, health };
}

async function stored({ redis, keys }: OpenedRedis): Promise<string[]> {
  const entries = await redis.client.xrange(keys.in, '-', '+');
  return entries.map(([, fields]) => {
    const content = readValue(readEntry(formats, fields[1]))?.content;
    return content === undefined ? 'unreadable' : `${content.kind} ${'call' in content ? content.call : ''}`;
  });
}

async function waitFor(condition: () => boolean): Promise<void> {
  const end = AbortSignal.timeout(60_000);
  while (!condition()) {
    if (end.aborted) throw new Error('it did not come to that');
    await systemClock.sleep(5);
  }
}

describe('claims', () => {
  it('store an event once, whoever offers it, in the order of each instance', async () => {
    const server = testRedis();
    const one = await openRedis(server);
    const two = await openRedis(server);
    onTestFinished(async () => {
      await one.redis.close();
      await two.redis.close();
    });
    const [first, second] = [claimerOf(one), claimerOf(two)];
    for (let n = 0; n < 500; n++) {
      first.claimer.offer(offer(`c${n % 7}`, n));
      second.claimer.offer(offer(`c${n % 7}`, n));
    }
    await Promise.all([first.claimer.idle(), second.claimer.idle()]);
    expect(await stored(one)).toHaveLength(500);
    expect(first.counts.duplicates + second.counts.duplicates).toBe(500);
    await Promise.all([first.claimer.stop(), second.claimer.stop()]);
  });

  it('are remembered for the newest minutes of events, by their number and not by the clock of Redis', async () => {
    const opened = await openRedis(testRedis());
    onTestFinished(() => opened.redis.close());
    const { claimer, counts } = claimerOf(opened, { seenMinutes: 3, seenMs: 0 });
    const minute = 60_000_000;
    const ofMinute = (n: number) => ({ ...offer('c', n), at: engageMicros(begin + n * minute) });
    for (let n = 0; n < 5; n++) claimer.offer(ofMinute(n));
    await claimer.idle();
    const sets = await opened.redis.client.keys(`${opened.keys.seen}:*`);
    expect(sets).toHaveLength(3);
    const day = 86_400_000;
    for (const set of sets) expect(await opened.redis.client.pttl(set)).toBeGreaterThan(2 * day);
    for (let n = 2; n < 5; n++) claimer.offer(ofMinute(n));
    await claimer.idle();
    expect(counts.duplicates).toBe(3);
    expect(await stored(opened)).toHaveLength(5);
    await claimer.stop();
  });

  it('are not forgotten because a server tells times all over the place: they stay as long as they would without it', async () => {
    const opened = await openRedis(testRedis());
    onTestFinished(() => opened.redis.close());
    const { claimer, counts } = claimerOf(opened, { seenMinutes: 3 });
    const minute = 60_000_000;
    const good = offer('good', 1);
    claimer.offer(good);
    for (let n = 0; n < 50; n++)
      claimer.offer({ ...offer('rude', n), at: engageMicros(begin - n * 1_000 * minute) });
    claimer.offer(good);
    await claimer.idle();
    expect(counts.duplicates).toBe(1);
    expect(await stored(opened)).toHaveLength(51);
    await claimer.stop();
  });

  it('shed new calls whole when the stream is nearly full, for both instances, and keep room for the others', async () => {
    const server = testRedis();
    const opened = await openRedis(server);
    onTestFinished(() => opened.redis.close());
    const limits = { streamOpens: 3, stream: 10 };
    const [one, two] = [claimerOf(opened, limits), claimerOf(opened, limits)];
    one.claimer.offer(offer('old', 0, true));
    one.claimer.offer(offer('old', 1));
    one.claimer.offer(offer('old', 2));
    one.claimer.offer(offer('new', 3, true));
    one.claimer.offer(offer('new', 4));
    one.claimer.offer(offer('old', 5));
    await one.claimer.idle();
    // The other instance is slower; the call stays shed although there is room again.
    await opened.redis.client.xtrim(opened.keys.in, 'MAXLEN', 1);
    two.claimer.offer(offer('new', 6));
    two.claimer.offer(offer('old', 7));
    await two.claimer.idle();
    expect(await stored(opened)).toEqual(['call-deleted old', 'call-deleted old']);
    expect(one.counts.shed).toBe(1);
    await Promise.all([one.claimer.stop(), two.claimer.stop()]);
  });

  it('wait in memory while the stream is full, and go on when there is room', async () => {
    const opened = await openRedis();
    onTestFinished(() => opened.redis.close());
    const { claimer } = claimerOf(opened, { streamOpens: 2, stream: 2 });
    for (let n = 0; n < 5; n++) claimer.offer(offer('call', n));
    await claimer.idle();
    expect(await opened.redis.client.xlen(opened.keys.in)).toBe(2);
    expect(claimer.waiting).toBe(3);
    await opened.redis.client.del(opened.keys.in);
    const end = AbortSignal.timeout(60_000);
    while (claimer.waiting > 1 && !end.aborted) {
      await systemClock.sleep(20);
      await claimer.idle();
    }
    expect(await opened.redis.client.xlen(opened.keys.in)).toBe(2);
    await claimer.stop();
  });

  it('are bounded in bytes too: new calls go, then events wait, and what is processed makes room again', async () => {
    const opened = await openRedis();
    onTestFinished(() => opened.redis.close());
    const { client } = opened.redis;
    const large = (call: string, n: number, opens = false): Offer => ({
      ...offer(call, n, opens),
      entry: writeEntry(formats, {
        received: wallMs(0),
        content: { kind: 'call-deleted', call: 'x'.repeat(20_000) } as never,
      }),
    });
    const { claimer, counts, said } = claimerOf(opened, { streamOpensBytes: 50_000, streamBytes: 90_000 });
    for (let n = 0; n < 3; n++) claimer.offer(large('old', n));
    claimer.offer(large('new', 3, true));
    for (let n = 4; n < 8; n++) claimer.offer(large('old', n));
    await claimer.idle();
    expect(counts.shed).toBe(1);
    expect(await client.xlen(opened.keys.in)).toBe(5);
    expect(claimer.waiting).toBe(2);
    expect(said).toEqual([{ level: 'error', code: 'stream-full' }]);
    await client.set(opened.keys.lease, 'token');
    const entries = await client.xrange(opened.keys.in, '-', '+', 'COUNT', 3);
    const sum = entries.reduce((bytes, [, fields]) => bytes + Buffer.byteLength(fields[1] ?? ''), 0);
    const args = {
      ...{
        token: 'token',
        commitId: 'a/1',
        from: '',
        most: 1,
        quarantineMost: 1,
        shedMs: 1,
        clockShift: 0,
        clockPlace: 0,
        dealtMost: 1,
      },
      inputBytes: sum,
    };
    const values = [0, entries.length, ...entries.map(([id]) => id), ...Array(10).fill(0)];
    await commit(opened.redis, commitKeys(opened.keys), args, values);
    await waitFor(() => claimer.waiting === 0);
    expect(await client.xlen(opened.keys.in)).toBe(4);
    const stands = (await client.xrange(opened.keys.in, '-', '+')).map(([, fields]) => fields[1] ?? '');
    const real = stands.reduce((bytes, text) => bytes + Buffer.byteLength(text), 0);
    expect(await client.hgetall(opened.keys.inSize)).toEqual({ entries: '4', bytes: String(real) });
    await claimer.stop();
  });

  it('put the count of bytes right where a release that counts none added or deleted', async () => {
    const opened = await openRedis();
    onTestFinished(() => opened.redis.close());
    const { client } = opened.redis;
    const { claimer } = claimerOf(opened);
    const counted = async () => Number(await client.hget(opened.keys.inSize, 'bytes'));
    const claimOne = async (n: number) => {
      claimer.offer(offer('call', n));
      await claimer.idle();
    };
    const one = Buffer.byteLength(offer('call', 1).entry);
    await client.xadd(opened.keys.in, '*', 'e', 'of before');
    await claimOne(1);
    expect(await counted()).toBe(600 + one);
    await client.xtrim(opened.keys.in, 'MAXLEN', 1);
    await claimOne(2);
    expect(await counted()).toBe(Math.floor((600 + one) / 2) + one);
    await client.xtrim(opened.keys.in, 'MAXLEN', 0);
    await claimOne(3);
    expect(await counted()).toBe(one);
    await claimer.stop();
  });

  it('wait for Redis, and claim again what it may have lost', async () => {
    const server = await ownRedis();
    const opened = await openRedis({ url: server.url, prefix: 'exec' });
    onTestFinished(() => opened.redis.close());
    const { claimer } = claimerOf(opened);
    for (let n = 0; n < 10; n++) claimer.offer(offer('before', n));
    await claimer.idle();
    await server.kill();
    for (let n = 10; n < 20; n++) claimer.offer(offer('while', n));
    await server.restart();
    const end = AbortSignal.timeout(60_000);
    while ((claimer.waiting > 0 || !opened.redis.up) && !end.aborted) await systemClock.sleep(20);
    expect(await stored(opened)).toEqual([
      ...Array.from({ length: 10 }, () => 'call-deleted before'),
      ...Array.from({ length: 10 }, () => 'call-deleted while'),
    ]);
    await claimer.stop();
  });

  it('wait until what Redis may have lost can go first, though the connection carries commands already', async () => {
    const server = await ownRedis();
    const opened = await openRedis({ url: server.url, prefix: 'exec' });
    onTestFinished(() => opened.redis.close());
    const { client } = opened.redis;
    const listeners: ((up: boolean) => void)[] = [];
    const onState = (listener: (up: boolean) => void) => {
      listeners.push(listener);
      return () => undefined;
    };
    const connection = { client, up: true, detail: 'not probed yet', onState };
    const redis = connection as unknown as OpenedRedis['redis'];
    const { claimer, said } = claimerOf({ ...opened, redis });
    claimer.offer(offer('before', 0));
    await claimer.idle();
    connection.up = false;
    await client.flushall();
    claimer.offer(offer('while', 1));
    await claimer.idle();
    expect(await stored(opened)).toEqual([]);
    expect(said).toEqual([{ level: 'error', code: 'redis.unavailable' }]);
    connection.up = true;
    for (const listener of listeners) listener(true);
    await waitFor(() => claimer.waiting === 0);
    expect(await stored(opened)).toEqual(['call-deleted before', 'call-deleted while']);
    await claimer.stop();
  });

  it('that Redis does not take say so once for each reason, wait, and are stored when it takes them again', async () => {
    const opened = await openRedis();
    onTestFinished(() => opened.redis.close());
    const { client } = opened.redis;
    // Somebody's wrong key is a fault that repeats: nothing is dropped for it, and nothing is silent.
    await client.set(opened.keys.in, 'not a stream');
    const { claimer, said, health } = claimerOf(opened);
    for (let n = 0; n < 3; n++) claimer.offer(offer('call', n));
    await waitFor(() => !health.up);
    await claimer.idle();
    expect(health.detail).toContain('3 events wait in memory');
    expect(health.detail).toContain('WRONGTYPE');
    claimer.offer(offer('call', 3));
    await waitFor(() => health.detail.includes('4 events wait'));
    expect(said).toEqual([{ level: 'error', code: 'redis.refused' }]);
    await client.del(opened.keys.in);
    await waitFor(() => health.up);
    expect(said.map(({ level }) => level)).toEqual(['error', 'info']);
    expect(await stored(opened)).toHaveLength(4);
    await claimer.stop();
  });

  it('that wait for their time are tried once more when they stop', async () => {
    const opened = await openRedis();
    onTestFinished(() => opened.redis.close());
    const { client } = opened.redis;
    await client.set(opened.keys.in, 'not a stream');
    const { claimer, health } = claimerOf(opened, { batch: 2 });
    for (let n = 0; n < 5; n++) claimer.offer(offer('call', n));
    await waitFor(() => !health.up);
    await claimer.idle();
    await client.del(opened.keys.in);
    await claimer.stop();
    expect(await stored(opened)).toHaveLength(5);
  });

  it('forget nothing that is still offered when they stop', async () => {
    const opened = await openRedis();
    onTestFinished(() => opened.redis.close());
    const { claimer } = claimerOf(opened);
    claimer.offer(offer('call', 1));
    await claimer.stop();
    expect(await stored(opened)).toHaveLength(1);
    claimer.offer(offer('call', 2));
    await claimer.idle();
    expect(await stored(opened)).toHaveLength(1);
  });
});
