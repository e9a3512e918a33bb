/** Nothing is taken away on the strength of a doubtful read, a wrong target, or beyond the limits. */

import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '@exec/common/clock';
import { laterBy } from '@exec/common/instants';
import { expectation } from '@exec/simulators/config-db';
import { OtherClock } from '@exec/testing/servers';
import { closeLater, type Life, ownRedis } from '@exec/testing/vitest';
import { beforeAll, describe, expect, it } from 'vitest';
import { untilNothingOlder } from '../testing/database.ts';
import type { Engine } from '../testing/engine.ts';
import type { Site } from '../testing/site.ts';
import { startEngine, startSite } from '../testing/test-site.ts';

async function convergedSite(
  options: Parameters<typeof startSite>[0] = {},
  life: Life = 'test',
): Promise<{ site: Site; engine: Engine }> {
  const site = await startSite({ ...options, centre: { flaws: [], agents: 40, ...options.centre } }, life);
  const engine = await startEngine(site, {}, life);
  await engine.converge();
  site.cloud.record.reset();
  return { site, engine };
}

/** Lets what failed be tried again at once. */
async function forgetFailures({ parts, token }: Engine): Promise<void> {
  await parts.ledger.write(token, parts.journal.quarantine.keepOnly(new Set()));
}

const redisTime = async ({ redis }: Engine) => Number((await redis.client.time())[0]) * 1000 + 1000;

const writes = (site: Site) => Object.fromEntries(site.cloud.record.writes);

/** Agents that leave all at once. */
async function leave(site: Site, count: number): Promise<number[]> {
  const leavers = expectation(site.centre)
    .users.slice(0, count)
    .map((user) => user.dbid);
  await site.sql('DELETE FROM cfg_person WHERE dbid = ANY($1)', [leavers]);
  return leavers;
}

describe('a read with a table that had rows and is empty', () => {
  let shared: Awaited<ReturnType<typeof convergedSite>>;
  beforeAll(async () => {
    shared = await convergedSite({}, 'file');
  });

  it.each([
    'cfg_person',
    'cfg_skill',
    'cfg_skill_level',
    'cfg_switch',
    'cfg_dn',
    'cfg_group',
    'cfg_agent_group',
    'cfg_agent_login',
    'cfg_login_info',
    'cfg_enumerator_value',
    'cfg_folder_item',
    'cfg_flex_prop WHERE object_type = 3',
    'cfg_flex_prop WHERE object_type = 5',
  ])('%s is refused: zero writes, also when the rows are back', async (rows) => {
    const { site, engine } = shared;
    await site.sql(`CREATE TABLE kept AS SELECT * FROM ${rows}`);
    await site.sql(`DELETE FROM ${rows}`);
    for (let poll = 0; poll < 3; poll++)
      await expect(engine.run({ forced: false })).rejects.toMatchObject({ code: 'engage.read-refused' });
    await site.sql(`INSERT INTO ${rows.split(' ')[0]} SELECT * FROM kept`);
    await site.sql('DROP TABLE kept');
    await engine.converge();
    expect(writes(site)).toEqual({});
  });

  it('is refused by the next process too', async () => {
    const { site, engine } = await convergedSite();
    await engine.stop();
    await site.sql('DELETE FROM cfg_agent_group');
    const next = await startEngine(site);
    await expect(next.run()).rejects.toMatchObject({ code: 'engage.read-refused' });
    await expect(next.run()).rejects.toMatchObject({ code: 'engage.read-refused' });
    expect(writes(site)).toEqual({});
  });
});

describe('a read that fails or is cut', () => {
  it('removes nothing and counts for nothing', async () => {
    const { site, engine } = await convergedSite();
    await leave(site, 2);
    await engine.run({ forced: false });
    await site.sql('ALTER TABLE cfg_skill RENAME TO cfg_skill_away');
    await expect(engine.run({ forced: false })).rejects.toMatchObject({
      code: expect.stringMatching(/^engage\./),
    });
    await expect(engine.run({ forced: false })).rejects.toMatchObject({ code: 'engage.schema-mismatch' });
    expect(writes(site)).toEqual({});
  });
});

describe('a PostgreSQL whose backend goes away under a read', () => {
  /** Holds a table locked, begins a cycle and answers when its read waits for that table. */
  async function heldUp(site: Site, engine: Engine) {
    await site.sql('BEGIN');
    await site.sql('LOCK TABLE cfg_agent_group IN ACCESS EXCLUSIVE MODE');
    const waiting =
      "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'exec-excs' " +
      "AND wait_event_type = 'Lock'";
    for (;;) {
      let isOver = false;
      const failure = engine.run().then(
        () => undefined,
        (error: unknown) => error,
      );
      void failure.then(() => {
        isOver = true;
      });
      while (!isOver) {
        // Within one transaction the statistics stand still otherwise.
        await site.sql('SELECT pg_stat_clear_snapshot()');
        const { rows } = await site.database.query<{ pid: number }>(waiting);
        if (rows[0] !== undefined) return { failure, pid: rows[0].pid };
      }
      // It waits for a few seconds only, in which a busy machine may not have looked: once more.
      expect(await failure).toMatchObject({ code: 'engage.read-failed' });
    }
  }

  it.each([
    ['is killed', (site: Site, pid: number) => site.sql('SELECT pg_terminate_backend($1)', [pid])],
    ['is cancelled', (site: Site, pid: number) => site.sql('SELECT pg_cancel_backend($1)', [pid])],
    ['hangs behind a lock until its time is over', async () => undefined],
  ])('and %s: the read is refused, nothing is written, the next cycle works', async (_what, end) => {
    const { site, engine } = await convergedSite();
    await leave(site, 2);
    const { failure, pid } = await heldUp(site, engine);
    await end(site, pid);
    expect(await failure).toMatchObject({ code: 'engage.read-failed', retryable: true });
    await site.sql('ROLLBACK');
    expect(writes(site)).toEqual({});
    // The refused read counts for nothing: absence is still to be seen twice.
    expect((await engine.run()).plan?.operations).toEqual([]);
    expect(writes(site)).toEqual({});
    expect((await engine.run()).outcome).toBe('complete');
    const inactive = [...site.cloud.state.users.all()].filter((user) => user.state === 'inactive');
    expect(inactive).toHaveLength(2);
  });
});

describe('a folder that is gone', () => {
  it('refuses the read of that kind, and everything of it stays', async () => {
    const { site, engine } = await convergedSite({ env: { SYNC_FOLDER: 'EX_EVOLUTION' } });
    await site.sql("UPDATE cfg_folder SET name = 'Renamed' WHERE name = 'EX_EVOLUTION' AND type = 3");
    await engine.run();
    await engine.run();
    await engine.run();
    expect(writes(site)).toEqual({});
    expect(engine.status.refused.map(({ kind }) => kind)).toEqual(['persons']);
  });
});

describe('a plan beyond the limit of deactivations', () => {
  it('is not applied at all, and says what to do', async () => {
    const { site, engine } = await convergedSite();
    const left = await leave(site, 6);
    const stays = expectation(site.centre).users.find((user) => !left.includes(user.dbid));
    await site.sql("UPDATE cfg_person SET last_name = 'Changed' WHERE dbid = $1", [stays?.dbid]);
    await engine.run({ forced: false });
    site.cloud.record.reset();
    await site.sql("UPDATE cfg_person SET last_name = 'Changed Again' WHERE dbid = $1", [stays?.dbid]);
    const result = await engine.run({ forced: false });
    expect(result.outcome).toBe('stopped');
    expect(engine.status.stop).toMatchObject({
      reason: 'limit',
      detail: expect.stringContaining('6 deactivations'),
    });
    expect(writes(site)).toEqual({});
  });

  it('passes when exactly at the limit; the memberships of those who leave do not count', async () => {
    const { site, engine } = await convergedSite({ env: { SYNC_MAX_REMOVALS: '0' } });
    await leave(site, 5);
    await engine.run({ forced: false });
    expect((await engine.run({ forced: false })).outcome).toBe('complete');
    const inactive = [...site.cloud.state.users.all()].filter((user) => user.state === 'inactive');
    expect(inactive).toHaveLength(5);
  });

  it('passes by an allowance for that one plan, by its ID and numbers', async () => {
    const { site, engine } = await convergedSite();
    await leave(site, 8);
    await engine.run();
    await engine.run();
    const planId = engine.status.plan?.id ?? '';
    const wrong = await engine.run({ allow: { planId, numbers: { deactivations: 7 } } });
    expect(wrong.outcome).toBe('stopped');
    expect(writes(site)).toEqual({});
    const right = await engine.run({ allow: { planId, numbers: { deactivations: 8 } } });
    expect(right.outcome).toBe('complete');
    expect([...site.cloud.state.users.all()].filter((user) => user.state === 'inactive')).toHaveLength(8);
  });

  it('a changed plan needs a new allowance', async () => {
    const { site, engine } = await convergedSite();
    await leave(site, 8);
    await engine.run();
    await engine.run();
    const planId = engine.status.plan?.id ?? '';
    const more = [...(engine.parts.engage.state?.desired.users.keys() ?? [])].slice(0, 1);
    await site.sql('DELETE FROM cfg_person WHERE dbid = ANY($1)', [more]);
    await engine.run();
    await expect(engine.run({ allow: { planId, numbers: { deactivations: 8 } } })).rejects.toMatchObject({
      code: 'plan.changed',
    });
    expect(writes(site)).toEqual({});
  });

  it('an allowance holds until the plan is done, also for the next process', async () => {
    const { site, engine } = await convergedSite();
    await leave(site, 8);
    await engine.run();
    await engine.run();
    const planId = engine.status.plan?.id ?? '';
    const fault = site.cloud.faults.inject({
      operation: 'patchUser',
      after: 3,
      times: Number.POSITIVE_INFINITY,
      fault: { kind: 'status', status: 500 },
    });
    await engine.run({ allow: { planId, numbers: { deactivations: 8 } } });
    await engine.stop();
    fault.cancel();
    const done = [...site.cloud.state.users.all()].filter((user) => user.state === 'inactive').length;
    expect(done).toBeLessThan(8);
    // The failed ones wait; a new process with an emptied quarantine goes on at once.
    const next = await startEngine(site);
    await next.run();
    await forgetFailures(next);
    await next.run();
    expect([...site.cloud.state.users.all()].filter((user) => user.state === 'inactive')).toHaveLength(8);
  });

  it('counts over a rolling day what was applied before', async () => {
    const { site, engine } = await convergedSite();
    await leave(site, 4);
    await engine.converge();
    site.cloud.record.reset();
    const more = [...(engine.parts.engage.state?.desired.users.keys() ?? [])].slice(0, 2);
    await site.sql('DELETE FROM cfg_person WHERE dbid = ANY($1)', [more]);
    await engine.run();
    expect((await engine.run()).outcome).toBe('stopped');
    expect(engine.status.stop?.detail).toContain('4 within the last 24 hours');
    expect(writes(site)).toEqual({});
  });
});

describe('a clock of this machine that jumps', () => {
  const hourMs = 3_600_000;

  async function convergedWithClock() {
    const shift = { wall: 0, passed: 0 };
    const clock: Clock = {
      ...systemClock,
      now: () => laterBy(systemClock.now(), shift.wall + shift.passed),
      monotonic: () => laterBy(systemClock.monotonic(), shift.passed),
    };
    const site = await startSite({ centre: { flaws: [], agents: 40 } });
    await untilNothingOlder(site.database);
    const engine = await startEngine(site, { clock });
    // For Redis the same time passes, and its clock does not jump.
    const { journal } = engine.parts;
    const time = journal.time.bind(journal);
    journal.time = async () => laterBy(await time(), shift.passed);
    await engine.converge();
    return { site, engine, shift };
  }

  async function leaveNow(site: Site, engine: Engine, count: number): Promise<void> {
    const more = [...(engine.parts.engage.state?.desired.users.keys() ?? [])].slice(0, count);
    await site.sql('DELETE FROM cfg_person WHERE dbid = ANY($1)', [more]);
    await engine.run();
  }

  it.each([25, -25])(
    'by %i h neither empties the 24 h of the limits nor lets anybody be deactivated for an hour',
    async (hours) => {
      const { site, engine, shift } = await convergedWithClock();
      await leave(site, 4);
      await engine.converge();
      site.cloud.record.reset();
      shift.wall = hours * hourMs;
      await leaveNow(site, engine, 2);
      expect((await engine.run()).outcome).toBe('stopped');
      expect(engine.status.stop?.detail).toContain('4 within the last 24 hours');
      expect(engine.status.stop?.detail).toContain('the clock of this machine jumped');
      shift.passed = hourMs;
      expect((await engine.run()).outcome).toBe('stopped');
      expect(engine.status.stop?.detail).toContain('4 within the last 24 hours');
      expect(engine.status.stop?.detail).not.toContain('jumped');
      expect(writes(site)).toEqual({});
    },
  );

  it('holds back what is within the limits, and does it by itself after that hour', async () => {
    const { site, engine, shift } = await convergedWithClock();
    shift.wall = 25 * hourMs;
    await leaveNow(site, engine, 1);
    expect((await engine.run()).outcome).toBe('stopped');
    expect((await engine.run({ forced: false })).outcome).toBe('unchanged');
    shift.passed = hourMs;
    expect((await engine.run({ forced: false })).outcome).toBe('complete');
    expect([...site.cloud.state.users.all()].filter((user) => user.state === 'inactive')).toHaveLength(1);
  });

  it('does not prolong an allowance', async () => {
    const { site, engine, shift } = await convergedWithClock();
    const { journal } = engine.parts;
    shift.wall = 48 * hourMs;
    await leaveNow(site, engine, 8);
    await engine.run();
    const planId = engine.status.plan?.id ?? '';
    await engine.run({ allow: { planId, numbers: { deactivations: 8 } } });
    const allowance = await journal.allowance.current();
    expect(allowance?.planId).toBe(planId);
    expect(allowance?.until).toBeLessThanOrEqual((await redisTime(engine)) + 24 * hourMs);
  });
});

it('a clock of Redis that jumps a day ahead empties no limit while it is doubted, and is right again afterwards', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'excs-clock-'));
  closeLater(() => rm(folder, { recursive: true, force: true }));
  // Redis runs as another user.
  await chmod(folder, 0o755);
  const clock = await OtherClock.create(folder, 'redis');
  const server = await ownRedis({ env: clock.env });
  const { site, engine } = await convergedSite({ redis: { url: server.url, prefix: 'clock' } });
  await leave(site, 4);
  await engine.converge();
  site.cloud.record.reset();
  const { journal } = engine.parts;
  const ahead = async () => (await journal.time()) - systemClock.now();
  /** A lease that has run out by that clock is won anew, and the cycle begins again. */
  const run = async () => {
    for (;;) {
      try {
        return await engine.run();
      } catch (error) {
        if (!(error instanceof Error) || !/lease/.test(error.message)) throw error;
        await systemClock.sleep(100);
      }
    }
  };

  await clock.set(25 * 3600);
  while ((await ahead()) < 24 * 3_600_000) await systemClock.sleep(50);
  const more = [...(engine.parts.engage.state?.desired.users.keys() ?? [])].slice(0, 2);
  await site.sql('DELETE FROM cfg_person WHERE dbid = ANY($1)', [more]);
  await run();
  // By that clock the four of before are long ago: two more would be within the limit.
  expect((await run()).outcome).toBe('stopped');
  expect(engine.status.stop?.detail).toContain('the clock of Redis jumped');
  expect(writes(site)).toEqual({});

  await clock.set(0);
  while ((await ahead()) > 3_600_000) await systemClock.sleep(50);
  expect((await run()).outcome).toBe('stopped');
  expect(engine.status.stop?.detail).toContain('4 within the last 24 hours');
  expect(writes(site)).toEqual({});
});

describe('a plan beyond the limit of removals', () => {
  it('is not applied at all', async () => {
    const { site, engine } = await convergedSite({ env: { SYNC_MAX_REMOVALS: '3' } });
    // One group remains: an empty table would be refused before any limit.
    await site.sql(
      `DELETE FROM cfg_agent_group WHERE group_dbid IN (SELECT object_dbid FROM cfg_flex_prop
       WHERE object_type = 5 AND prop_name = 'WFM_queue_number') AND ctid <> (SELECT min(ctid) FROM cfg_agent_group)`,
    );
    await engine.run();
    const result = await engine.run();
    expect(result.outcome).toBe('stopped');
    expect(result.plan?.stop?.exceeded.map(({ limit }) => limit)).toEqual(['removals.queue-member']);
    expect(writes(site)).toEqual({});
  });
});

describe('users that cost money', () => {
  it('wait for approval without a folder, as a whole; every plan states how many', async () => {
    const site = await startSite({ centre: { flaws: [] }, env: { SYNC_MAX_CREATIONS: '5' } });
    const engine = await startEngine(site);
    // The Source, which costs nothing, comes first.
    expect((await engine.run()).outcome).toBe('interrupted');
    const result = await engine.run();
    expect(result.outcome).toBe('waiting');
    expect(writes(site)).toEqual({ postPresenceSources: 1 });
    const users = expectation(site.centre).counts.users;
    expect(result.plan?.billableUsers).toBe(users);
    expect(result.plan?.review).toEqual({
      reason: 'creations',
      detail: expect.stringContaining(`${users} users would become billable`),
    });
    const allowed = await engine.run({
      allow: { planId: result.plan?.id ?? '', numbers: { creations: users } },
    });
    expect(allowed.outcome).toBe('complete');
    expect(site.cloud.state.users.size).toBe(users);
  });

  it('do not wait with a folder', async () => {
    const site = await startSite({
      centre: { flaws: [] },
      env: { SYNC_MAX_CREATIONS: '5', SYNC_FOLDER: 'EX_EVOLUTION' },
    });
    expect((await (await startEngine(site)).run()).outcome).toBe('complete');
  });
});

describe('protected users', () => {
  it('are never deactivated, also when they got the role a moment ago', async () => {
    const { site, engine } = await convergedSite();
    const [person] = await leave(site, 1);
    const id = engine.parts.stateKeeper.state?.users.get(person as never)?.id ?? '';
    const { authorization, users } = site.cloud.state;
    await engine.run({ forced: false });
    authorization.grant(id, authorization.roleByName('admin')?.id ?? '', authorization.homeDivision.id);
    await engine.run({ forced: false });
    await engine.run();
    expect(users.get(id)?.state).toBe('active');
    expect(engine.status.conflicts).toContainEqual(expect.objectContaining({ reason: 'user.protected' }));
  });
});

describe('the wrong target', () => {
  it('the transaction names another organisation: nothing is written', async () => {
    const env = { ORG_ID: '00000000-0000-4000-8000-000000000000' };
    const site = await startSite({ centre: { flaws: [] }, env });
    const engine = await startEngine(site);
    await expect(engine.run()).rejects.toMatchObject({ code: 'organization.mismatch' });
    expect(site.cloud.record.totalWrites).toBe(0);
  });

  it('the client belongs to another organisation: nothing is written', async () => {
    const other = '00000000-0000-4000-8000-000000000000';
    const site = await startSite({ centre: { flaws: [] }, env: { ORG_ID: other } });
    await site.sql('UPDATE cfg_flex_prop SET prop_value = $1 WHERE prop_name = $2', [
      other,
      'organization_id',
    ]);
    const engine = await startEngine(site);
    await expect(engine.run()).rejects.toMatchObject({ code: 'organization.mismatch' });
    expect(site.cloud.record.totalWrites).toBe(0);
  });

  it('another deployment has marked the organisation: nothing is written until TAKEOVER', async () => {
    const { site, engine } = await convergedSite();
    await engine.stop();
    const elsewhere = { REDIS_KEY_PREFIX: `${site.env.REDIS_KEY_PREFIX}-b` };
    const second = await startEngine(site, { env: elsewhere });
    await expect(second.run()).rejects.toMatchObject({ code: 'sync.foreign-deployment' });
    expect(writes(site)).toEqual({});
    await second.stop();
    const third = await startEngine(site, { env: { ...elsewhere, TAKEOVER: 'true' } });
    await third.converge();
    // Now the first one is the stranger.
    const first = await startEngine(site);
    await expect(first.run({ drift: true })).rejects.toMatchObject({ code: 'sync.foreign-deployment' });
  });

  it('without settings says what is missing', async () => {
    const site = await startSite({ centre: { flaws: [] } });
    await site.sql("UPDATE cfg_transaction SET name = 'other' WHERE name = 'hybrid_integration'");
    const engine = await startEngine(site);
    await expect(engine.run()).rejects.toMatchObject({ code: 'settings.missing' });
    await site.sql("UPDATE cfg_transaction SET name = 'hybrid_integration' WHERE name = 'other'");
    await engine.converge();
    expect(site.cloud.state.users.size).toBeGreaterThan(0);
  });
});
