import { systemClock } from '@exec/common/clock';
import { Formats } from '@exec/common/formats';
import { wallMs } from '@exec/common/instants';
import { silentLogger } from '@exec/common/logging';
import { testRedis } from '@exec/testing/vitest';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openRedis } from '../testing/redis.ts';
import { waitFor } from '../testing/stand.ts';
import { Coverage } from './coverage.ts';
import { DataMark } from './data-mark.ts';
import type { Gap } from './gap.ts';

const formats = new Formats();

const server = () => testRedis();

async function coverageOf(instanceId: string, at: ReturnType<typeof server>) {
  const { redis, keys } = await openRedis(at);
  const gaps: Gap[] = [];
  let forgotten = 0;
  const coverage = new Coverage({
    formats,
    redis,
    keys,
    instanceId,
    clock: systemClock,
    logger: silentLogger,
    onGap: (gap) => gaps.push(gap),
    onKnown: () => undefined,
    onForgotten: () => {
      forgotten += 1;
    },
  });
  onTestFinished(async () => {
    await coverage.stop();
    await redis.close();
  });
  const known = async (state: 'up' | 'down') =>
    waitFor(
      async () =>
        (await redis.client.hget(keys.coverage, JSON.stringify(['X', 'calls', instanceId])))?.startsWith(
          state,
        ) === true,
      `${instanceId} ${state}`,
    );
  /** Counts as watching from now on, however late the machine is: no beat runs here. */
  const staysUp = async () => {
    const field = JSON.stringify(['X', 'calls', instanceId]);
    await redis.client.hset(keys.coverage, field, `up ${Date.now() + 3_600_000}`);
  };
  return { coverage, gaps, forgotten: () => forgotten, known, staysUp, redis, keys };
}

describe('gaps', () => {
  it('are none at the very first start', async () => {
    const { coverage, gaps, known } = await coverageOf('one', server());
    coverage.complete('X', 'calls');
    await known('up');
    expect(gaps).toEqual([]);
  });

  it('are none while the other instance watches', async () => {
    const at = server();
    const [one, two] = [await coverageOf('one', at), await coverageOf('two', at)];
    one.coverage.complete('X', 'calls');
    two.coverage.complete('X', 'calls');
    await one.known('up');
    await two.known('up');
    one.coverage.lost('X', 'calls');
    await one.known('down');
    await two.staysUp();
    one.coverage.complete('X', 'calls');
    await one.known('up');
    expect([...one.gaps, ...two.gaps]).toEqual([]);
  });

  it('begin when the last instance lost the connection, and are told once', async () => {
    const at = server();
    const [one, two] = [await coverageOf('one', at), await coverageOf('two', at)];
    for (const each of [one, two]) {
      each.coverage.complete('X', 'calls');
      await each.known('up');
      await each.staysUp();
    }
    for (const each of [one, two]) {
      each.coverage.lost('X', 'calls');
      await each.known('down');
    }
    two.coverage.complete('X', 'calls');
    await two.known('up');
    await two.staysUp();
    one.coverage.complete('X', 'calls');
    await one.known('up');
    expect(one.gaps).toEqual([]);
    expect(two.gaps).toMatchObject([{ site: 'X', connection: 'calls', why: 'not-watched' }]);
    expect(await two.redis.client.llen(two.keys.gaps)).toBe(1);
    expect(two.gaps[0]?.to).toBeGreaterThanOrEqual(two.gaps[0]?.from ?? Number.POSITIVE_INFINITY);
  });

  it('include the time in which an instance was simply gone', async () => {
    const at = server();
    const before = await coverageOf('one', at);
    before.coverage.complete('X', 'calls');
    await before.known('up');
    // The process is killed: nobody says that the connection is lost. A new one takes its name.
    const after = await coverageOf('one', at);
    after.coverage.complete('X', 'calls');
    await waitFor(async () => after.gaps.length === 1, 'the gap');
  });
});

describe('a Redis that is emptied while it runs', () => {
  it('is noticed by the next beat, and told anew', async () => {
    const { coverage, known, forgotten, redis, keys } = await coverageOf('one', server());
    coverage.start();
    coverage.complete('X', 'calls');
    await known('up');
    expect(forgotten()).toBe(0);
    await redis.client.del(keys.coverage);
    await waitFor(async () => forgotten() > 0, 'it is noticed');
    coverage.tellAgain();
    await known('up');
  });
});

describe('the mark of the data', () => {
  it('tells that Redis came back without it, to the first one who looks', async () => {
    const { redis, keys } = await coverageOf('one', server());
    const [one, two] = [new DataMark(redis, keys, formats), new DataMark(redis, keys, formats)];
    const gap: Gap = {
      site: 'X',
      connection: 'calls',
      from: wallMs(1),
      to: wallMs(2),
      why: 'redis-data-lost',
    };
    expect(await one.look([gap])).toBe('same');
    expect(await two.look([gap])).toBe('same');
    expect(await one.look([gap])).toBe('same');
    await redis.client.del(keys.meta);
    expect(await two.look([gap])).toBe('lost-first');
    expect(await one.look([gap])).toBe('lost');
    expect(await redis.client.llen(keys.gaps)).toBe(1);
  });
});
