/** The running service: one active instance, dependencies that are away, a wrong target, an orderly end. */
import { isDeepStrictEqual } from 'node:util';
import { type Clock, systemClock } from '@exec/common/clock';
import { Secret } from '@exec/common/config';
import { silentLogger } from '@exec/common/logging';
import { RedisConnection } from '@exec/common/redis';
import { expectation } from '@exec/simulators/config-db';
import { FaultProxy } from '@exec/testing/proxy';
import { closeLater, ownRedis } from '@exec/testing/vitest';
import { describe, expect, it } from 'vitest';
import { type Answer, dependency, RunningService, until } from './testing/running-service.ts';
import { ScaledClock } from './testing/scaled-clock.ts';
import type { Site } from './testing/site.ts';
import { startSite } from './testing/test-site.ts';

const plain = { centre: { flaws: [] } } as const;
const clock: Clock = systemClock;

describe('two instances', () => {
  it('one synchronises, the other stands by, answers look-ups and takes over', async () => {
    const site = await startSite(plain);
    const first = await RunningService.start(site);
    await first.converged();
    const second = await RunningService.start(site);
    const standby = await until(
      () => second.get('/health/ready'),
      (answer) => answer.status === 200,
    );
    expect(standby.body.active).toBe(false);
    expect((await first.get('/health/ready')).body.active).toBe(true);
    const [user] = expectation(site.centre).users;
    const path = `/api/v1/agents/${user?.employeeId}`;
    const known = await until(
      () => second.get(path),
      (answer) => answer.status === 200,
    );
    expect(known.body).toEqual((await first.get(path)).body);
    expect(await second.post('/api/v1/sync/runs', { mode: 'plan' })).toMatchObject({
      status: 503,
      body: { code: 'sync.standby' },
    });
    // A change that the active one makes known reaches the other.
    await site.sql('UPDATE cfg_person SET email_address = $1 WHERE dbid = $2', [
      'moved@contact.example',
      user?.dbid,
    ]);
    await until(
      () => second.get(path),
      (answer) => answer.body.email === 'moved@contact.example',
    );
    await first.stop();
    await until(
      () => second.get('/health/ready'),
      (answer) => answer.body.active === true,
    );
    await second.converged();
    await site.sql("UPDATE cfg_person SET last_name = 'After' WHERE dbid = $1", [user?.dbid]);
    await second.cycle(({ done }) => done === 1, second.cycles);
    expect(site.cloud.state.users.byEmail('moved@contact.example')?.name).toContain('After');
  });
});

describe('without Redis', () => {
  it('look-ups are answered from memory, and readiness says so', async () => {
    const redis = await ownRedis({ durable: true });
    const site = await startSite({ ...plain, redis: { url: redis.url, prefix: 'own' } });
    const service = await RunningService.start(site);
    await service.converged();
    await redis.kill();
    const ready = await until(
      () => service.get('/health/ready'),
      (answer) => dependency(answer, 'redis').up === false,
    );
    expect(ready.status).toBe(503);
    const [user] = expectation(site.centre).users;
    expect((await service.get(`/api/v1/agents/${user?.employeeId}`)).body.email).toBe(user?.email);
    const before = site.cloud.record.totalWrites;
    await site.sql("UPDATE cfg_person SET last_name = 'Meanwhile' WHERE dbid = $1", [user?.dbid]);
    const from = service.cycles;
    await redis.restart();
    await service.cycle(({ done }) => done > 0, from);
    expect(site.cloud.record.totalWrites).toBeGreaterThan(before);
    await until(
      () => service.get('/health/ready'),
      (answer) => answer.status === 200,
    );
    expect(site.cloud.state.users.byEmail(user?.email ?? '')?.name).toContain('Meanwhile');
  });
});

describe('a Redis that loses keys', () => {
  it('after FLUSHALL gets the settings, the mapping and the deployment from the running EXCS again', async () => {
    const redis = await ownRedis();
    const site = await startSite({ ...plain, redis: { url: redis.url, prefix: 'own' } });
    const service = await RunningService.start(site);
    await service.converged();
    const { client, kept } = await look(site);
    const before = await kept();
    expect(before.deployment).not.toBeNull();
    await client.flushall();
    await holds(kept, before);
    await until(
      () => service.get('/health/ready'),
      (answer) => answer.status === 200,
    );
    await service.converged();
    expect((await service.sync('idle')).body.stopped).toBeNull();
    expect(await kept()).toEqual(before);
  });

  it.each(['settings', 'id-map'])('gets %s again when somebody deletes that key alone', async (part) => {
    const site = await startSite(plain);
    const service = await RunningService.start(site);
    await service.converged();
    const { client, key, kept } = await look(site);
    const before = await kept();
    expect(await client.del(key(part))).toBe(1);
    await holds(kept, before);
  });
});

/** What other services need of Redis, without what differs from one time it is written to the next. */
async function look(site: Pick<Site, 'env'>) {
  const redis = RedisConnection.open({
    url: new Secret(site.env.REDIS_URL ?? ''),
    name: 'look',
    logger: silentLogger,
  });
  closeLater(() => redis.close());
  await until(
    async () => ({ status: redis.up ? 200 : 503 }) as Answer,
    ({ status }) => status === 200,
  );
  const { client } = redis;
  const key = (part: string) =>
    `${site.env.REDIS_KEY_PREFIX}:{${site.env.ORG_ID}.${site.env.TENANT_ID}}:v1:${part}`;
  const kept = async () => ({
    settings: await client.get(key('settings')),
    agents: Object.keys(await client.hgetall(key('id-map'))).sort(),
    deployment: await client.get(key('excs:deployment')),
  });
  return { client, key, kept };
}

async function holds<T>(ask: () => Promise<T>, wanted: T): Promise<void> {
  while (!isDeepStrictEqual(await ask(), wanted)) await clock.sleep(20);
}

describe('with everything away at the start', () => {
  it('it runs, says what is missing, and recovers by itself', async () => {
    const site = await startSite(plain);
    const database = await FaultProxy.start({ target: site.env.CONFIG_DB_URL ?? '' });
    closeLater(() => database.close());
    await database.down();
    const refused = site.cloud.faults.inject({
      operation: 'postOauthToken',
      times: Number.POSITIVE_INFINITY,
      fault: { kind: 'login-refused' },
    });
    const service = await RunningService.start(site, {
      env: { CONFIG_DB_URL: database.through(site.env.CONFIG_DB_URL ?? '') },
      // After a refused log-in the client waits about a minute.
      clock: new ScaledClock(20),
      tuning: { intervalMs: 4000 },
    });
    expect((await service.get('/health/live')).status).toBe(200);
    const noDatabase = await until(
      () => service.get('/health/ready'),
      (answer) => dependency(answer, 'config-db').detail.includes('cannot be reached'),
    );
    expect(noDatabase.status).toBe(503);
    expect(await service.get('/api/v1/agents/x')).toMatchObject({
      status: 503,
      body: { code: 'service.unavailable' },
    });
    await database.up();
    const noCloud = await until(
      () => service.get('/health/ready'),
      (answer) => dependency(answer, 'genesys-cloud').detail.includes('invalid_client'),
    );
    expect(dependency(noCloud, 'genesys-cloud').up).toBe(false);
    expect(dependency(noCloud, 'config-db').up).toBe(true);
    refused.cancel();
    await until(
      () => service.get('/health/ready'),
      (answer) => answer.status === 200,
    );
    await service.converged();
    expect(site.cloud.state.users.size).toBe(expectation(site.centre).counts.users);
  });
});

describe('the settings', () => {
  it('are copied to Redis, and a new secret is used without a restart', async () => {
    const site = await startSite(plain);
    const service = await RunningService.start(site);
    await service.converged();
    const { client, key } = await look(site);
    expect(JSON.parse((await client.get(key('settings'))) ?? '{}')).toMatchObject({
      baseServiceUrl: site.cloud.url,
    });
    const other = site.cloud.clients[1];
    await site.sql(
      `UPDATE cfg_flex_prop o SET prop_value = CASE o.prop_name WHEN 'client_id' THEN $1 ELSE $2 END
       FROM cfg_flex_prop s WHERE s.prop_name = 'config_sync' AND o.parent_dbid = s.dbid AND o.object_dbid = s.object_dbid
       AND o.object_type = s.object_type AND o.prop_name IN ('client_id', 'client_secret')`,
      [other?.clientId, other?.clientSecret],
    );
    await service.converged();
    await site.sql("UPDATE cfg_person SET last_name = 'By the other client' WHERE dbid = $1", [
      expectation(site.centre).users[0]?.dbid,
    ]);
    await service.cycle(({ done }) => done === 1, service.cycles);
    expect(site.cloud.record.peakPerMinuteOf(other?.clientId ?? '')).toBeGreaterThan(0);
  });
});
