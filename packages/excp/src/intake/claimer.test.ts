import { systemClock } from '@exec/common/clock';
import { silentLogger } from '@exec/common/logging';
import { ownRedis, testRedis } from '@exec/testing/vitest';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type OpenedRedis, openRedis } from '../testing/redis.ts';
import type { Offer } from './backlog.ts';
import { Claimer, type ClaimLimits } from './claimer.ts';
import { readEntry, writeEntry } from './entry.ts';

const begin = Date.UTC(2026, 0, 5, 8) * 1000;

/** An event of a call; `opens`: the first one. */
function offer(call: string, n: number, opens = false): Offer {
  const digest = Buffer.alloc(16);
  digest.write(`${call}-${n}`);
  const content = { kind: 'call-deleted', site: 's', at: begin + n, call } as never;
  return {
    digest,
    at: begin + n,
    ...(opens ? { what: 'opens' } : {}),
    call: `s/${call}`,
    entry: writeEntry({ received: 0, content }),
  };
}

function claimerOf({ redis, keys }: OpenedRedis, limits: Partial<ClaimLimits> = {}) {
  const counts = { duplicates: 0, shed: 0 };
  const claimer = new Claimer({
    redis,
    keys,
    clock: systemClock,
    logger: silentLogger,
    metrics: { duplicate: () => counts.duplicates++, shed: () => counts.shed++ },
    limits,
  });
  return { claimer, counts };
}

async function stored({ redis, keys }: OpenedRedis): Promise<string[]> {
  const entries = await redis.client.xrange(keys.in, '-', '+');
  return entries.map(([, fields]) => {
    const content = readEntry(fields[1])?.content;
    return content === undefined ? 'unreadable' : `${content.kind} ${'call' in content ? content.call : ''}`;
  });
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
    const end = AbortSignal.timeout(10_000);
    while (claimer.waiting > 1 && !end.aborted) {
      await systemClock.sleep(20);
      await claimer.idle();
    }
    expect(await opened.redis.client.xlen(opened.keys.in)).toBe(2);
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
    const end = AbortSignal.timeout(15_000);
    while ((claimer.waiting > 0 || !opened.redis.up) && !end.aborted) await systemClock.sleep(20);
    expect(await stored(opened)).toEqual([
      ...Array.from({ length: 10 }, () => 'call-deleted before'),
      ...Array.from({ length: 10 }, () => 'call-deleted while'),
    ]);
    await claimer.stop();
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
