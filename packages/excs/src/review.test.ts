/** The first run of EXCS: the first plan waits until a person approves it, and everything says so. */
import { expectation } from '@exec/simulators/config-db';
import { describe, expect, it } from 'vitest';
import type { CycleReport } from './sync/status.ts';
import { dependency, RunningService, until } from './testing/running-service.ts';
import type { Site } from './testing/site.ts';
import { startSite } from './testing/test-site.ts';

const waiting = ({ outcome }: CycleReport) => outcome === 'waiting';
/** Everything was carried out; a comparison that finds nothing to do is complete as well. */
const applied = ({ outcome, done }: CycleReport) => outcome === 'complete' && done > 0;

/** A deployment as it is before anybody has set anything. */
const fresh = (env: NodeJS.ProcessEnv = {}) =>
  startSite({ centre: { flaws: [] }, env: { SYNC_REVIEW: undefined, ...env } });

/** What was written to the cloud, but for the Source. */
function writesBesideSource({ cloud }: Site): object {
  const { postPresenceSources: source, ...others } = Object.fromEntries(cloud.record.writes);
  expect(source).toBe(1);
  return others;
}

async function approve(service: RunningService, planId: string): Promise<void> {
  const from = service.cycles;
  const answer = await service.post('/api/v1/sync/approve', { planId });
  expect(answer.status).toBe(202);
  await service.cycle(({ outcome }) => outcome === 'complete', from);
  expect((await service.get(`/api/v1/sync/runs/${answer.body.id}`)).body).toMatchObject({
    state: 'done',
    planId,
  });
}

describe('the first plan of a deployment', () => {
  it.each([
    ['without a folder', {}],
    ['with a folder', { SYNC_FOLDER: 'EX_EVOLUTION' }],
  ])(
    '%s writes the Source alone, waits, says so everywhere, and is applied when it is approved',
    async (_how, env) => {
      const site = await fresh(env);
      const service = await RunningService.start(site);
      await service.cycle(waiting);
      await service.converged();
      expect(writesBesideSource(site)).toEqual({});

      const { body: sync } = await service.sync('waiting-for-approval');
      const { body: plan } = await service.get('/api/v1/sync/plan');
      expect(sync).toMatchObject({
        stopped: null,
        lastSuccessAt: null,
        review: {
          planId: plan.planId,
          reason: 'first-plan',
          operations: plan.operations.length,
          billableUsers: plan.billableUsers,
          counts: plan.counts,
        },
      });
      expect(plan.billableUsers).toBeGreaterThan(0);
      expect(plan.review.detail).toBe(sync.review.detail);
      const ready = await until(
        () => service.get('/health/ready'),
        (answer) => answer.status === 200 && dependency(answer, 'synchronisation').up,
      );
      expect(dependency(ready, 'synchronisation').detail).toBe(sync.review.detail);
      expect((await service.get('/metrics')).text).toMatch(/^excs_plan_waits_for_approval(\{[^}]*\})? 1$/m);
      expect((await service.get('/api/v1/source')).status).toBe(200);

      const other = await service.post('/api/v1/sync/approve', { planId: 'another' });
      expect([other.status, other.body.code]).toEqual([409, 'plan.changed']);
      const asked = await service.run({ mode: 'apply' });
      expect(asked.body).toMatchObject({ state: 'stopped', detail: sync.review.detail });
      expect(writesBesideSource(site)).toEqual({});

      await approve(service, plan.planId);
      await service.converged();
      expect((await service.sync('idle')).body.review).toBeNull();
      expect(site.cloud.state.users.size).toBe(plan.billableUsers);
      const late = await service.post('/api/v1/sync/approve', { planId: plan.planId });
      expect([late.status, late.body.code]).toEqual([409, 'plan.changed']);
      expect((await service.get('/metrics')).text).toMatch(/^excs_plan_waits_for_approval(\{[^}]*\})? 0$/m);
    },
  );

  it('that changed before it was approved waits as the plan that it is now', async () => {
    const site = await fresh();
    const service = await RunningService.start(site);
    await service.cycle(waiting);
    await service.converged();
    const { planId } = (await service.get('/api/v1/sync')).body.review;
    await site.sql("UPDATE cfg_skill SET name = name || ' new'");
    const answer = await service.post('/api/v1/sync/approve', { planId });
    // Either the change was seen before the approval came, or after it: nothing is applied in both cases.
    if (answer.status === 202) {
      await service.cycle(() => true, service.cycles);
    } else expect(answer.status).toBe(409);
    await service.converged();
    expect((await service.sync('waiting-for-approval')).body.review.planId).not.toBe(planId);
    expect(writesBesideSource(site)).toEqual({});
  });

  it('that was approved is finished by the next start, and what comes after it waits for nobody', async () => {
    const site = await startSite({
      centre: { flaws: [], agents: 60 },
      env: { SYNC_REVIEW: undefined, SYNC_MAX_CREATIONS: '5' },
    });
    const first = await RunningService.start(site);
    await first.cycle(waiting);
    await first.converged();
    const { planId } = (await first.get('/api/v1/sync')).body.review;
    expect((await first.post('/api/v1/sync/approve', { planId })).status).toBe(202);
    await site.cloud.until(() => site.cloud.record.totalWrites > 60);
    await first.stop();
    const users = expectation(site.centre).counts.users;
    expect(site.cloud.state.users.size).toBeLessThan(users);
    const second = await RunningService.start(site);
    await second.converged();
    expect(site.cloud.state.users.size).toBe(users);
    await site.sql("UPDATE cfg_person SET last_name = last_name || ' new'");
    await second.cycle(applied, second.cycles);
  });
});

describe('with SYNC_REVIEW=always', () => {
  it('a later plan waits too', async () => {
    const site = await fresh({ SYNC_REVIEW: 'always' });
    const service = await RunningService.start(site);
    await service.cycle(waiting);
    await service.converged();
    await approve(service, (await service.get('/api/v1/sync')).body.review.planId);
    await service.converged();
    const from = service.cycles;
    await site.sql("UPDATE cfg_person SET last_name = last_name || ' new'");
    await service.cycle(waiting, from);
    const { review } = (await service.get('/api/v1/sync')).body;
    expect(review.reason).toBe('every-plan');
    await approve(service, review.planId);
  });
});

describe('a deployment from before plans were approved', () => {
  it('goes on: what is mapped already says that its first plan was long ago', async () => {
    const site = await fresh();
    const before = await RunningService.start(site, { env: { SYNC_REVIEW: 'never' } });
    await before.converged();
    await before.stop();
    const service = await RunningService.start(site);
    await site.sql("UPDATE cfg_person SET last_name = last_name || ' new'");
    await service.cycle(applied);
  });
});
