/** The running service: one active instance, dependencies that are away, a wrong target, an orderly end. */
import { type Clock, systemClock } from '@exec/common/clock';
import { Secret } from '@exec/common/config';
import { silentLogger } from '@exec/common/logging';
import { RedisConnection } from '@exec/common/redis';
import { expectation } from '@exec/simulators/config-db';
import { FaultProxy } from '@exec/testing/proxy';
import { ownRedis } from '@exec/testing/vitest';
import { describe, expect, it } from 'vitest';
import { type Answer, RunningService } from './testing/running-service.ts';
import { ScaledClock } from './testing/scaled-clock.ts';
import { closeLater, startSite } from './testing/test-site.ts';

const plain = { centre: { oddities: [] } } as const;
const clock: Clock = systemClock;

/** Asks again until the answer fits; the test's own limit ends it. */
async function until(ask: () => Promise<Answer>, fits: (answer: Answer) => boolean): Promise<Answer> {
  for (;;) {
    const answer = await ask();
    if (fits(answer)) return answer;
    await clock.sleep(20);
  }
}

const dependency = (answer: Answer, name: string) =>
  answer.body.dependencies.find((one: { name: string }) => one.name === name);

describe('two instances', () => {
  it('one synchronises, the other stands by, answers look-ups and takes over', async () => {
    const site = await startSite(plain);
    const first = await RunningService.start(site);
    await first.settled();
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
    await second.settled();
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
    await service.settled();
    await redis.kill();
    const ready = await until(
      () => service.get('/health/ready'),
      (answer) => answer.status === 503,
    );
    expect(dependency(ready, 'redis')).toMatchObject({ up: false });
    const [user] = expectation(site.centre).users;
    expect((await service.get(`/api/v1/agents/${user?.employeeId}`)).body.email).toBe(user?.email);
    const before = site.cloud.record.totalWrites;
    await site.sql("UPDATE cfg_person SET last_name = 'Meanwhile' WHERE dbid = $1", [user?.dbid]);
    await redis.restart();
    await service.cycle(({ done }) => done > 0, service.cycles);
    expect(site.cloud.record.totalWrites).toBeGreaterThan(before);
    await until(
      () => service.get('/health/ready'),
      (answer) => answer.status === 200,
    );
    expect(site.cloud.state.users.byEmail(user?.email ?? '')?.name).toContain('Meanwhile');
  });
});

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
    await service.settled();
    expect(site.cloud.state.users.size).toBe(expectation(site.centre).counts.users);
  });
});

describe('a wrong organisation', () => {
  it('at the start stops the service as a fault of configuration, before anything is written', async () => {
    const site = await startSite({ ...plain, env: { ORG_ID: '00000000-0000-4000-8000-000000000000' } });
    const service = await RunningService.start(site);
    // The service ends by itself: its port is closed.
    await until(
      () => service.get('/health/live').catch(() => ({ status: 0 }) as Answer),
      ({ status }) => status === 0,
    );
    expect(site.cloud.record.totalWrites).toBe(0);
  });

  it('that comes later stops the synchronisation; look-ups go on', async () => {
    const site = await startSite(plain);
    const service = await RunningService.start(site);
    await service.settled();
    const before = site.cloud.record.totalWrites;
    await site.sql("UPDATE cfg_flex_prop SET prop_value = 'other-org' WHERE prop_name = 'organization_id'");
    const failed = await service.cycle(({ outcome }) => outcome === 'failed', service.cycles);
    expect(failed.detail).toContain('other-org');
    expect((await service.get('/api/v1/sync')).body).toMatchObject({
      state: 'stopped',
      stopped: { reason: 'organization' },
    });
    expect((await service.get('/api/v1/mappings/agents')).status).toBe(200);
    expect(site.cloud.record.totalWrites).toBe(before);
  });
});

describe('the settings', () => {
  it('are copied to Redis, and a new secret is used without a restart', async () => {
    const site = await startSite(plain);
    const service = await RunningService.start(site);
    await service.settled();
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
    const key = `${site.env.REDIS_KEY_PREFIX}:{${site.env.ORG_ID}.${site.env.TENANT_ID}}:v1:settings`;
    expect(JSON.parse((await redis.client.get(key)) ?? '{}')).toMatchObject({
      baseServiceUrl: site.cloud.url,
    });
    const other = site.cloud.clients[1];
    await site.sql(
      `UPDATE cfg_flex_prop o SET prop_value = CASE o.prop_name WHEN 'client_id' THEN $1 ELSE $2 END
       FROM cfg_flex_prop s WHERE s.prop_name = 'config_sync' AND o.parent_dbid = s.dbid AND o.object_dbid = s.object_dbid
       AND o.object_type = s.object_type AND o.prop_name IN ('client_id', 'client_secret')`,
      [other?.clientId, other?.clientSecret],
    );
    await service.settled();
    await site.sql("UPDATE cfg_person SET last_name = 'By the other client' WHERE dbid = $1", [
      expectation(site.centre).users[0]?.dbid,
    ]);
    await service.cycle(({ done }) => done === 1, service.cycles);
    expect(site.cloud.record.peakPerMinuteOf(other?.clientId ?? '')).toBeGreaterThan(0);
  });
});

describe('a stop', () => {
  it('in the middle of a plan loses nothing: the next start goes on', async () => {
    const site = await startSite({ centre: { oddities: [], agents: 60 } });
    const first = await RunningService.start(site);
    await site.cloud.until(() => site.cloud.record.totalWrites > 60);
    await first.stop();
    const users = site.cloud.state.users.size;
    expect(users).toBeGreaterThan(0);
    const second = await RunningService.start(site);
    await second.settled();
    expect(site.cloud.state.users.size).toBe(expectation(site.centre).counts.users);
    expect(site.cloud.record.answers('postUsers', 409)).toBe(0);
  });
});
