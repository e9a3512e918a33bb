/** What EXAS has stored of agents: read for ever; of what a newer release stored nothing is believed, and it is said. */
import { readFileSync } from 'node:fs';
import { Secret } from '@exec/common/config';
import { Formats } from '@exec/common/formats';
import { wallMs } from '@exec/common/instants';
import { silentLogger } from '@exec/common/logging';
import { KeySpace, RedisConnection } from '@exec/common/redis';
import { nextRelease } from '@exec/common/testing';
import { testRedis } from '@exec/testing/vitest';
import { expect, it, onTestFinished } from 'vitest';
import { Ledger } from './ledger.ts';

const file = new URL('./fixtures/format-1.json', import.meta.url);
const { agents } = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly agents: Readonly<Record<string, string>>;
};
let tenantId = 0;

async function setUp(texts: Readonly<Record<string, string>>) {
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
  await redis.client.hset(keys.key('exas', 'agents'), texts);
  return (formats: Formats) =>
    new Ledger({ redis, keys, formats, leaseKey, now: () => wallMs(0) }).load('me');
}

it('states that this release stored are read, and nothing of them is lost: the fixture is never changed', async () => {
  const load = await setUp(agents);
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
  expect(await (await setUp(Object.fromEntries(numberless)))(new Formats())).toEqual(loaded);
});

it('states that a newer release stored are distinguished from damaged ones', async () => {
  const { v: _, ...value } = JSON.parse(agents.E1 ?? '') as { v: number };
  const formats = new Formats(nextRelease);
  formats.writes = 2;
  const load = await setUp({ ...agents, E1: formats.write('exas:agent', value), E2: 'damaged' });
  expect(await load(new Formats())).toMatchObject({ unreadable: 1, others: [2] });
  const all = await load(formats);
  expect([all.agents.size, all.unreadable, all.others]).toEqual([2, 1, []]);
});
