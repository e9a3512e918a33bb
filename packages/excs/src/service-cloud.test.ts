/** The running service and the cloud: refusals, a wrong organisation, limits, an orderly end in the middle of a plan. */
import { expectation } from '@exec/simulators/config-db';
import { describe, expect, it } from 'vitest';
import { type Answer, dependency, RunningService, until } from './testing/running-service.ts';
import { startSite } from './testing/test-site.ts';

const plain = { centre: { flaws: [] } } as const;

describe('a cloud that answers 403 to a check for some seconds', () => {
  it('leaves EXCS ready again as soon as the check is answered, though nothing has changed meanwhile', async () => {
    const site = await startSite(plain);
    const service = await RunningService.start(site);
    await service.converged();
    const fault = site.cloud.faults.inject({
      operation: 'getUserExternalid',
      times: Number.POSITIVE_INFINITY,
      fault: { kind: 'status', status: 403 },
    });
    const down = await until(
      () => service.get('/health/ready'),
      (answer) => dependency(answer, 'genesys-cloud').detail.includes('403'),
    );
    expect(down.status).toBe(503);
    fault.cancel();
    await until(
      () => service.get('/health/ready'),
      (answer) => answer.status === 200,
    );
    await service.converged();
    expect((await service.get('/health/ready')).status).toBe(200);
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
    await service.converged();
    const before = site.cloud.record.totalWrites;
    await site.sql("UPDATE cfg_flex_prop SET prop_value = 'other-org' WHERE prop_name = 'organization_id'");
    const failed = await service.cycle(({ outcome }) => outcome === 'failed', service.cycles);
    expect(failed.detail).toContain('other-org');
    expect((await service.sync('stopped')).body.stopped).toMatchObject({ reason: 'organization' });
    expect((await service.get('/api/v1/mappings/agents')).status).toBe(200);
    expect(site.cloud.record.totalWrites).toBe(before);
  });
});

describe('a plan that waits for approval', () => {
  it('does not look like a success in the quiet polls that follow', async () => {
    const site = await startSite({ ...plain, env: { SYNC_MAX_CREATIONS: '1' } });
    const service = await RunningService.start(site);
    await service.cycle(({ outcome }) => outcome === 'waiting');
    await service.converged();
    expect((await service.sync('waiting-for-approval')).body.lastSuccessAt).toBeNull();
    const metrics = await service.get('/metrics');
    expect(metrics.text).toMatch(/^excs_last_successful_sync_timestamp_seconds(\{[^}]*\})? 0$/m);
  });
});

describe('a stop', () => {
  it('in the middle of a plan loses nothing: the next start goes on', async () => {
    const site = await startSite({ centre: { flaws: [], agents: 60 } });
    const first = await RunningService.start(site);
    await site.cloud.until(() => site.cloud.record.totalWrites > 60);
    await first.stop();
    const users = site.cloud.state.users.size;
    expect(users).toBeGreaterThan(0);
    const second = await RunningService.start(site);
    await second.converged();
    expect(site.cloud.state.users.size).toBe(expectation(site.centre).counts.users);
    expect(site.cloud.record.answers('postUsers', 409)).toBe(0);
  });
});
