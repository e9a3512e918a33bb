/** What the journal keeps in Redis: failures, what the limits count, allowances, the pause, rows. */
import { Secret } from '@exec/common/config';
import { Formats } from '@exec/common/formats';
import { silentLogger } from '@exec/common/logging';
import { KeySpace, RedisConnection } from '@exec/common/redis';
import { closeLater, testRedis } from '@exec/testing/vitest';
import { expect, it } from 'vitest';
import { Ledger } from '../../organization/ledger.ts';
import { Journal } from './journal.ts';
import { windowMs } from './safety-window.ts';

async function start() {
  const { url, prefix } = testRedis();
  // A machine with other work answers late; nothing here is about that.
  const redis = RedisConnection.open({
    url: new Secret(url),
    name: 'test',
    logger: silentLogger,
    commandTimeoutMs: 30_000,
  });
  closeLater(() => redis.close());
  await redis.ready();
  const keys = new KeySpace({ prefix, orgId: 'org', tenantId: 1 });
  const formats = new Formats();
  const ledger = new Ledger({ redis, keys, formats });
  const token = { value: 'me', epoch: 1 };
  await redis.client.set(ledger.leaseKey, token.value);
  /** What another process finds. */
  const other = () => new Journal({ redis, keys, formats, ledger });
  return { redis, keys, ledger, token, journal: other(), other };
}

it('failures that no plan asks for any more are forgotten in Redis too, however many', async () => {
  const { ledger, token, journal, other } = await start();
  const ids = Array.from({ length: 2500 }, (_, index) => `user/create/${index}`);
  await ledger.write(
    token,
    ids.flatMap((id) => journal.quarantine.failed(id, 'cloud.refused', 0)),
  );
  await ledger.write(token, journal.quarantine.keepOnly(new Set(['user/create/7'])));
  expect([...journal.quarantine.entries.keys()]).toEqual(['user/create/7']);
  const next = other();
  await next.quarantine.load();
  expect(next.quarantine.entries).toEqual(journal.quarantine.entries);
});

it('a failure is waited for, is due then, and is forgotten when it succeeds', async () => {
  const { ledger, token, journal, other } = await start();
  await ledger.write(token, journal.quarantine.failed('user/create/7', 'cloud.refused', 0));
  expect([...journal.quarantine.waiting(29_999)]).toEqual(['user/create/7']);
  expect(journal.quarantine.isAnyDue(29_999)).toBe(false);
  expect(journal.quarantine.waiting(30_000).size).toBe(0);
  expect(journal.quarantine.isAnyDue(30_000)).toBe(true);
  expect(journal.quarantine.succeeded('user/create/8')).toEqual([]);
  await ledger.write(token, journal.quarantine.succeeded('user/create/7'));
  const next = other();
  await next.quarantine.load();
  expect(next.quarantine.entries.size).toBe(0);
});

it('what was counted is looked back on for a day, once each, and creations never', async () => {
  const { redis, keys, token, journal, other } = await start();
  await journal.window.count(token, 'deactivations', ['user/1', 'user/2']);
  await journal.window.count(token, 'deactivations', ['user/2']);
  await journal.window.count(token, 'creations', ['user/3']);
  const key = keys.key('excs', 'counted', 'deactivations');
  const [seconds] = await redis.client.time();
  await redis.client.zadd(key, Number(seconds) * 1000 - windowMs - 60_000, 'user/0');
  const applied = await other().window.applied();
  expect(applied.get('deactivations')).toEqual(new Set(['user/1', 'user/2']));
  expect(applied.get('removals.role')).toEqual(new Set());
  expect(applied.has('creations')).toBe(false);
  await journal.window.trim();
  expect(await redis.client.zcard(key)).toBe(2);
});

it('an allowance holds for the next process, and no longer than it can have been given for', async () => {
  const { redis, keys, token, journal, other } = await start();
  expect(await journal.allowance.current()).toBeUndefined();
  await journal.allowance.give(token, 'plan', ['user/1']);
  expect(await other().allowance.current()).toMatchObject({ planId: 'plan', items: ['user/1'] });
  const key = keys.key('excs', 'allowance');
  const given = JSON.parse((await redis.client.get(key)) ?? '');
  for (const until of [given.until - windowMs, given.until + windowMs]) {
    await redis.client.set(key, JSON.stringify({ ...given, until }));
    expect(await journal.allowance.current()).toBeUndefined();
  }
});

it('the pause and the rows are those that another process set', async () => {
  const { ledger, token, journal, other } = await start();
  expect(await journal.pause.isSet()).toBe(false);
  await other().pause.set(true);
  expect(await journal.pause.isSet()).toBe(true);
  await journal.pause.set(false);
  expect(await other().pause.isSet()).toBe(false);
  const rows = new Map([
    ['cfg_person', 20],
    ['cfg_skill', 3],
  ]);
  await ledger.write(token, journal.tableRows.changes(new Map(), rows));
  expect(await other().tableRows.load()).toEqual(rows);
  expect(journal.tableRows.changes(rows, rows)).toEqual([]);
});

it('an approval is remembered for ever, what it covers for a day', async () => {
  const { redis, keys, token, journal, other } = await start();
  expect(await journal.approval.current()).toEqual({ any: false, items: [] });
  await journal.approval.give(token, 'plan', ['user/1']);
  expect(await other().approval.current()).toEqual({ any: true, items: ['user/1'] });
  const key = keys.key('excs', 'approval');
  const given = JSON.parse((await redis.client.get(key)) ?? '');
  for (const until of [given.until - windowMs, given.until + windowMs]) {
    await redis.client.set(key, JSON.stringify({ ...given, until }));
    expect(await journal.approval.current()).toEqual({ any: true, items: [] });
  }
});
