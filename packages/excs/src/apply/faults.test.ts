/** What the cloud does to requests: lost answers, conflicts, late visibility, refusals. */
import { expectation } from '@exec/simulators/config-db';
import { describe, expect, it } from 'vitest';
import { cloudView, expectedView } from '../testing/comparison.ts';
import type { Engine } from '../testing/engine.ts';
import { ScaledClock } from '../testing/scaled-clock.ts';
import type { Site } from '../testing/site.ts';
import { startEngine, startSite } from '../testing/test-site.ts';

/** Waits of the connector pass a hundred times faster than for an operator. */
const fast = 100;

async function start(cloud: NonNullable<Parameters<typeof startSite>[0]>['cloud'] = {}) {
  const clock = new ScaledClock(fast);
  const site = await startSite({ centre: { flaws: [] }, cloud: { clock, ...cloud } });
  const engine = await startEngine(site, { clock });
  return { site, engine };
}

function expectAgreement(site: Site): void {
  const expected = expectedView(expectation(site.centre), site.centre.tenantDbid);
  expect(cloudView(site.cloud)).toEqual(expected);
}

/** Cycles until nothing is left to do, without waiting for the time at which what failed is tried again. */
async function convergeAfterFailures(engine: Engine): Promise<void> {
  for (let round = 0; round < 20; round++) {
    const { ledger, journal } = engine.parts;
    await ledger.write(engine.token, journal.quarantine.keepOnly(new Set()));
    const result = await engine.run({ drift: true }).catch(() => undefined);
    if (result?.plan?.operations.length === 0 && result.plan.waiting === 0) return;
  }
  const left = engine.status.plan?.operations.map(({ id }) => id);
  throw new Error(`the cycles do not come to an end; left: ${left?.slice(0, 10).join(', ')}`);
}

describe('an answer that is lost after the request was carried out', () => {
  it.each([
    'postPresenceSources',
    'postRoutingSkills',
    'postRoutingQueues',
    'postRoutingWrapupcodes',
    'postUsers',
    'postUserExternalid',
    'putUserRoutingskillsBulk',
    'putPresenceUserPrimarysource',
    'postRoutingQueueMembers',
    'postRoutingQueueWrapupcodes',
    'postAuthorizationSubjectBulkadd',
  ])('%s: nothing is doubled, nothing is missing', async (operation) => {
    const { site, engine } = await start();
    site.cloud.faults.inject({ operation, times: 3, after: 1, fault: { kind: 'reset', when: 'after' } });
    site.cloud.faults.inject({ operation, times: 1, fault: { kind: 'status', status: 504, applied: true } });
    await convergeAfterFailures(engine);
    expectAgreement(site);
    expect(site.cloud.state.presence.activeUserSources()).toHaveLength(1);
  });
});

describe('what shows late', () => {
  it('is waited for: nothing is created twice, no member is lost', async () => {
    const { site, engine } = await start({
      visibilityDelayMs: 3000,
      visibilityJitterMs: 2000,
      searchDelayMs: 4000,
    });
    await convergeAfterFailures(engine);
    expectAgreement(site);
    const { users } = expectation(site.centre).counts;
    expect(site.cloud.state.users.size).toBe(users);
  });
});

describe('a stale version of a user', () => {
  it.each(['status-409', 'status-400'] as const)('%s: the user is read again', async (versionConflict) => {
    const { site, engine } = await start({ versionConflict });
    await engine.converge();
    const [link] = engine.parts.stateKeeper.state?.users.values() ?? [];
    site.cloud.state.users.change(link?.id ?? '', { attributes: { title: 'changed meanwhile' } });
    await site.sql("UPDATE cfg_person SET last_name = 'Anew' WHERE dbid = $1", [link?.dbid]);
    await engine.run({ forced: false });
    expect(site.cloud.state.users.get(link?.id ?? '')).toMatchObject({
      name: expect.stringMatching(/ Anew$/),
      attributes: { title: 'changed meanwhile' },
    });
  });
});

describe('an object that the cloud refuses', () => {
  it('waits longer and longer, is reported, and holds nobody up', async () => {
    const site = await startSite({ centre: { flaws: [] } });
    const engine = await startEngine(site);
    const fault = site.cloud.faults.inject({
      operation: 'postRoutingQueues',
      fault: { kind: 'status', status: 400, code: 'invalid.name', message: 'no such name' },
    });
    await engine.run();
    expect(fault.hits).toBe(1);
    const [id, entry] = [...engine.parts.journal.quarantine.entries][0] ?? [];
    expect(id).toMatch(/^queue\/create\//);
    expect(entry).toMatchObject({ tries: 1, reason: expect.stringContaining('no such name') });
    expect(site.cloud.state.users.size).toBe(expectation(site.centre).counts.users);
    // Not yet to be tried again: the plan leaves it out, and what hangs on it too.
    const before = site.cloud.record.requests;
    await engine.run({ mode: 'plan' });
    const dbid = id?.split('/')[2];
    expect(
      engine.status.plan?.operations
        .filter(({ engage }) => engage.kind === 'queue' && String(engage.dbid) === dbid)
        .map((operation) => operation.id),
    ).toEqual([]);
    expect(site.cloud.record.requests).toBe(before);
    await convergeAfterFailures(engine);
    expectAgreement(site);
  });

  it('keeps its wait over a restart', async () => {
    const { site, engine } = await start();
    site.cloud.faults.inject({
      operation: 'postRoutingQueues',
      fault: { kind: 'status', status: 400, code: 'invalid.name' },
    });
    await engine.run();
    await engine.stop();
    const next = await startEngine(site, { clock: new ScaledClock(1) });
    await next.run({ mode: 'plan' });
    expect(next.parts.journal.quarantine.entries.size).toBe(1);
    expect(next.status.plan?.operations.some(({ id }) => id.startsWith('queue/create'))).toBe(false);
  });

  it("many in a row are not the objects' fault: the rest is not tried", async () => {
    const site = await startSite({ centre: { flaws: [], agents: 60 } });
    const engine = await startEngine(site);
    const fault = site.cloud.faults.inject({
      operation: 'postUsers',
      times: Number.POSITIVE_INFINITY,
      fault: { kind: 'status', status: 403, code: 'missing.permissions' },
    });
    const error = await engine.run().then(
      () => undefined,
      (caught: unknown) => caught,
    );
    expect(error).toMatchObject({ code: 'cloud.forbidden' });
    expect(fault.hits).toBeLessThan(expectation(site.centre).counts.users);
    fault.cancel();
    await convergeAfterFailures(engine);
    expectAgreement(site);
  });
});

describe('a cloud that is away', () => {
  it('ends the cycle; the next one goes on where it stopped', async () => {
    const { site, engine } = await start();
    const fault = site.cloud.faults.inject({
      after: 40,
      times: Number.POSITIVE_INFINITY,
      fault: { kind: 'status', status: 503 },
    });
    await expect(engine.run()).rejects.toMatchObject({ code: 'cloud.unavailable' });
    expect(engine.parts.journal.quarantine.entries.size).toBe(0);
    fault.cancel();
    await engine.converge();
    expectAgreement(site);
  });

  it('that answers 429 is obeyed', async () => {
    const { site, engine } = await start();
    site.cloud.faults.inject({ after: 30, times: 2, fault: { kind: 'rate-limited', retryAfter: 2 } });
    await engine.converge();
    expectAgreement(site);
  });

  it('a refused log-in ends the cycle', async () => {
    const { site, engine } = await start();
    site.cloud.faults.inject({
      operation: 'postOauthToken',
      times: Number.POSITIVE_INFINITY,
      fault: { kind: 'login-refused' },
    });
    await expect(engine.run()).rejects.toMatchObject({ code: 'cloud.login-failed' });
    expect(site.cloud.record.totalWrites).toBe(0);
  });
});
