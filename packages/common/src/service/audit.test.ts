/** The audit of a service: kept in Redis, read by any instance, bounded. */
import { randomBytes } from 'node:crypto';
import { testRedis } from '@exec/testing/vitest';
import { afterEach, expect, it } from 'vitest';
import { ExecError } from '../errors/errors.ts';
import type { RedisConnection } from '../redis/index.ts';
import { watchCommands } from '../testing/index.ts';
import { type RunningService, startService } from './service.ts';

const { url, prefix } = testRedis();
const running: RunningService[] = [];
afterEach(async () => {
  for (const service of running.splice(0).reverse()) await service.stop();
});

const operator = 'anna-token-0123456789abcdef';
const reader = 'grafana-token-0123456789abcdef';

async function start(instance: string) {
  let redis: RedisConnection | undefined;
  let key: ((...parts: string[]) => string) | undefined;
  const service = await startService(
    {
      service: 'excs',
      variables: {},
      start: (context) => {
        redis = context.redis;
        key = (...parts) => context.keys.key(...parts);
        context.http.api((app) => {
          app.post('/change', { config: { right: 'operate' } }, () => ({}));
          app.get('/uncover', { config: { right: 'read' } }, (request) => {
            request.action = 'Something uncovered';
            if (request.caller?.right !== 'operate') throw new ExecError('request.forbidden', 'no');
            return {};
          });
          app.get('/look', { config: { right: 'read' } }, () => ({}));
        });
      },
    },
    {
      ORG_ID: 'org',
      TENANT_ID: '4711',
      REDIS_URL: url,
      REDIS_KEY_PREFIX: `${prefix}audit-${instance.split('-')[0]}`,
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: '0',
      INSTANCE_ID: instance,
      LOG_LEVEL: 'silent',
      SETTINGS_KEY: randomBytes(32).toString('base64'),
      API_TOKEN: `anna=${operator}`,
      API_READ_TOKEN: `grafana=${reader}`,
    },
  );
  running.push(service);
  await redis?.ready();
  const call = async (method: string, path: string, token = operator) => {
    const answer = await fetch(`http://127.0.0.1:${service.port}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
    });
    // biome-ignore lint/suspicious/noExplicitAny: answers of several forms
    return { status: answer.status, body: (await answer.json()) as any };
  };
  return { call, redis: redis as RedisConnection, key: key as (...parts: string[]) => string };
}

it('shows what was done and what was refused, newest first, in pages, at every instance', async () => {
  const [one, other] = [await start('one'), await start('one-other')];
  const ready = async () => (await one.redis.client.dbsize()) >= 0;
  expect(await ready()).toBe(true);
  expect((await one.call('POST', '/change')).status).toBe(200);
  expect((await one.call('POST', '/change', reader)).status).toBe(403);
  expect((await one.call('POST', '/change')).status).toBe(200);
  const whole = async () => (await other.call('GET', '/audit', reader)).body.items;
  // The entry is written once the answer has gone out.
  await expect.poll(async () => (await whole()).length).toBe(3);
  const items = await whole();
  expect(items.map(({ who, outcome }: { who: string; outcome: string }) => [who, outcome])).toEqual([
    ['anna', 'done'],
    ['grafana', 'refused'],
    ['anna', 'done'],
  ]);
  const first = (await other.call('GET', '/audit?limit=2')).body;
  expect(first.items).toEqual(items.slice(0, 2));
  const second = (await other.call('GET', `/audit?limit=2&cursor=${first.next}`)).body;
  expect(second).toEqual({ items: items.slice(2), next: null });
  expect((await other.call('GET', '/audit?cursor=gone')).body.code).toBe('request.invalid');
});

it('keeps a bounded number of entries, and refusals push no deed out', async () => {
  const { call, redis, key } = await start('bounded');
  const old = (outcome: string) =>
    JSON.stringify({
      ...{ at: '2026-01-01T00:00:00.000Z', who: 'x', address: '::1', requestId: 'r', what: 'w' },
      ...{ outcome, status: 1 },
    });
  await redis.client.rpush(key('excs', 'audit'), ...Array.from({ length: 1500 }, () => old('done')));
  await redis.client.rpush(
    key('excs', 'audit-refused'),
    ...Array.from({ length: 900 }, () => old('refused')),
  );
  await call('POST', '/change');
  await call('POST', '/change', reader);
  await expect.poll(() => redis.client.llen(key('excs', 'audit'))).toBe(1000);
  await expect.poll(() => redis.client.llen(key('excs', 'audit-refused'))).toBe(200);
});

it('keeps who was shown, or refused, what is otherwise masked; other reads leave no entry', async () => {
  const { call } = await start('uncover');
  expect((await call('GET', '/look', reader)).status).toBe(200);
  expect((await call('GET', '/uncover', reader)).status).toBe(403);
  expect((await call('GET', '/uncover')).status).toBe(200);
  const items = async () => (await call('GET', '/audit', reader)).body.items;
  await expect.poll(async () => (await items()).length).toBe(2);
  expect(await items()).toMatchObject([
    { who: 'anna', what: 'Something uncovered', outcome: 'done' },
    { who: 'grafana', what: 'Something uncovered', outcome: 'refused' },
  ]);
});

it('writes and reads the audit over a connection that nothing else uses', async (test) => {
  const { call, redis, key } = await start('aside');
  const watch = await watchCommands(url);
  test.onTestFinished(() => watch.stop());
  await redis.client.exists(key('excs', 'audit'));
  await call('POST', '/change');
  await expect.poll(async () => (await call('GET', '/audit')).body.items.length).toBe(1);
  const seen = await watch.seen();
  const list = key('excs', 'audit');
  const sourcesOf = (...names: string[]) =>
    new Set(
      seen.filter(({ name, args }) => names.includes(name) && args[0] === list).map(({ source }) => source),
    );
  expect(sourcesOf('lpush', 'lrange').size).toBe(1);
  for (const source of sourcesOf('exists')) expect(sourcesOf('lpush', 'lrange')).not.toContain(source);
});

it('keeps no entry beyond AUDIT_DAYS, from the start on and without a new one', async () => {
  const { redis, key } = await start('before');
  const entry = (days: number, what: string) =>
    JSON.stringify({
      ...{ at: new Date(Date.now() - days * 86_400_000).toISOString(), who: 'x', address: '::1' },
      ...{ requestId: 'r', what, outcome: 'done', status: 200 },
    });
  for (const list of ['audit', 'audit-refused']) {
    await redis.client.rpush(key('excs', list), entry(1, 'new'), entry(364, 'young'), entry(366, 'old'));
    await redis.client.rpush(key('excs', list), entry(3000, 'older'));
  }
  const { call } = await start('before-after');
  // A removal that Redis answers too late is tried again after a minute.
  await expect.poll(() => redis.client.llen(key('excs', 'audit')), { timeout: 150_000 }).toBe(2);
  const items = (await call('GET', '/audit')).body.items as { what: string }[];
  expect(items.map(({ what }) => what)).toEqual(['new', 'new', 'young', 'young']);
});
