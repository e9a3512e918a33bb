/** What EXAS has stored of agents: read for ever; of what a newer release stored nothing is believed, and it is said. */
import { readFileSync } from 'node:fs';
import { Secret } from '@exec/common/config';
import { Formats } from '@exec/common/formats';
import { asId, type EmployeeId } from '@exec/common/ids';
import { wallMs } from '@exec/common/instants';
import { silentLogger } from '@exec/common/logging';
import { KeySpace, RedisConnection } from '@exec/common/redis';
import { nextFormat, nextRelease } from '@exec/common/testing';
import { testRedis } from '@exec/testing/vitest';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Ledger } from './ledger.ts';

const file = new URL('./fixtures/format-1.json', import.meta.url);
const { agents } = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly agents: Readonly<Record<string, string>>;
};
const clock = { now: 1000 };
let tenantId = 0;

async function setUp(texts: Readonly<Record<string, string>> | readonly string[]) {
  const { url, prefix } = testRedis();
  // A machine with other work answers late; nothing here is about that.
  const redis = RedisConnection.open({
    url: new Secret(url),
    name: 'ledger-test',
    logger: silentLogger,
    commandTimeoutMs: 30_000,
  });
  onTestFinished(() => redis.close());
  await redis.ready();
  const keys = new KeySpace({ prefix, orgId: 'org', tenantId: ++tenantId });
  const leaseKey = keys.key('exas', 'lease');
  await redis.client.set(leaseKey, 'me');
  const fields = Array.isArray(texts) ? (texts as readonly string[]) : Object.entries(texts).flat();
  await redis.client.hset(keys.key('exas', 'agents'), ...fields);
  const ledger = (formats = new Formats()) =>
    new Ledger({ redis, keys, formats, leaseKey, now: () => wallMs(clock.now) });
  return { redis, leaseKey, ledger, load: (formats?: Formats) => ledger(formats).load('me') };
}

it('states that this release stored are read, and nothing of them is lost: the fixture is never changed', async () => {
  const { load } = await setUp(agents);
  const loaded = await load(new Formats());
  expect(loaded).toMatchObject({ unreadable: 0, others: [] });
  expect(Object.fromEntries(loaded.agents)).toEqual({
    E1: {
      userId: 'user-1',
      lastAt: 1767600012345,
      presence: { value: 'On Queue', at: 1767600012345 },
      routingStatus: { value: 'Idle', at: 1767600012300 },
      situation: { kind: 'ready', since: 1767600012000 },
    },
    E2: {
      userId: 'user-2',
      lastAt: 1767600022345,
      routingStatus: { value: 'OffQueue', at: 1767600022345 },
      situation: { kind: 'notReady', since: 1767600022000, reason: 'Meal' },
    },
    E3: { userId: 'user-3', lastAt: 0 },
  });
  const numberless = Object.entries(agents).map(([id, text]) => [id, text.replace('"v":1,', '')]);
  expect(await (await setUp(Object.fromEntries(numberless))).load()).toEqual(loaded);
});

it('states that a newer release stored are distinguished from damaged ones', async () => {
  const { v: _, ...value } = JSON.parse(agents.E1 ?? '') as { v: number };
  const formats = new Formats(nextRelease);
  formats.writes = nextFormat;
  const { load } = await setUp({ ...agents, E1: formats.write('exas:agent', value), E2: 'damaged' });
  expect(await load(new Formats())).toMatchObject({ unreadable: 1, others: [nextFormat] });
  const all = await load(formats);
  expect([all.agents.size, all.unreadable, all.others]).toEqual([2, 1, []]);
});

it('an employee ID that names a part of every object is one like any other, among thousands', async () => {
  const [state = ''] = Object.values(agents);
  const many = Array.from({ length: 2_500 }, (_, at) => [`E${at}`, state] as const);
  // As a list: an object would lose the first.
  const { load } = await setUp(['__proto__', state, 'constructor', state, ...many.flat()]);
  const loaded = await load(new Formats());
  expect(loaded.agents.size).toBe(2_502);
  for (const id of ['__proto__', 'constructor', 'E0', 'E2499'])
    expect(loaded.agents.get(asId<EmployeeId>(id))?.userId).toBe('user-1');
});

describe('the earliest time of whom nothing is known', () => {
  const [state = ''] = Object.values(agents);

  it('is that at which Redis was found empty, and stays', async () => {
    const { load } = await setUp({ E1: state });
    clock.now = 5000;
    expect((await load()).floor).toBe(5000);
    clock.now = 6000;
    expect((await load()).floor).toBe(5000);
  });

  it('is not before the last of those who left, whatever comes after', async () => {
    const { load, ledger } = await setUp({ E1: state, E2: state, E3: state });
    clock.now = 5000;
    await load();
    await ledger().remove('me', [asId<EmployeeId>('E1')], wallMs(7000.5));
    await ledger().remove('me', [asId<EmployeeId>('E2')], wallMs(6000));
    const { agents: left, floor } = await load();
    expect([[...left.keys()], floor]).toEqual([['E3'], 7001]);
    // Somebody's user became another one: nobody left.
    await ledger().remove('me', [], wallMs(8000));
    expect((await load()).floor).toBe(8000);
  });

  it('is stored with the next list when it could not be before', async () => {
    const { redis, leaseKey, load, ledger } = await setUp({ E1: state });
    clock.now = 5000;
    const one = ledger();
    await one.load('me');
    await redis.client.set(leaseKey, 'other');
    await expect(one.remove('me', [], wallMs(8000))).rejects.toMatchObject({ code: 'lease.lost' });
    await redis.client.set(leaseKey, 'me');
    await one.remove('me', [], wallMs(8000));
    expect((await load()).floor).toBe(8000);
  });

  it('is now while a state cannot be read', async () => {
    const { load } = await setUp({ E1: state, E2: 'damaged' });
    clock.now = 5000;
    await load();
    clock.now = 9000;
    expect((await load()).floor).toBe(9000);
  });
});

it('who lost the lease learns it, and stores and forgets nothing', async () => {
  const { redis, leaseKey, ledger, load } = await setUp(agents);
  const before = await load();
  await ledger().confirm('me');
  await redis.client.set(leaseKey, 'other');
  const one = ledger();
  for (const refused of [one.confirm('me'), one.remove('me', [asId<EmployeeId>('E1')], wallMs(9e12))])
    await expect(refused).rejects.toMatchObject({ code: 'lease.lost' });
  await redis.client.del(leaseKey);
  await expect(one.confirm('me')).rejects.toMatchObject({ code: 'lease.lost' });
  await redis.client.set(leaseKey, 'me');
  expect(await load()).toEqual(before);
  await redis.close();
  await expect(one.confirm('me')).rejects.toMatchObject({ code: 'redis.unavailable' });
});
