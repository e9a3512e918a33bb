/** Nothing is taken away on the strength of a doubtful read, a wrong target, or beyond the limits. */
import { expectation } from '@exec/simulators/config-db';
import { describe, expect, it } from 'vitest';
import type { Engine } from '../testing/engine.ts';
import type { Site } from '../testing/site.ts';
import { startEngine, startSite } from '../testing/test-site.ts';

async function settled(
  options: Parameters<typeof startSite>[0] = {},
): Promise<{ site: Site; engine: Engine }> {
  const site = await startSite({ ...options, centre: { oddities: [], agents: 40, ...options.centre } });
  const engine = await startEngine(site);
  await engine.settle();
  site.cloud.record.reset();
  return { site, engine };
}

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
  ])('%s is refused: zero writes', async (table) => {
    const { site, engine } = await settled();
    await site.sql(`DELETE FROM ${table}`);
    for (let poll = 0; poll < 3; poll++)
      await expect(engine.run({ forced: false })).rejects.toMatchObject({ code: 'engage.read-refused' });
    expect(writes(site)).toEqual({});
  });

  it.each([3, 5])('the annex of object type %i is refused: zero writes', async (type) => {
    const { site, engine } = await settled();
    await site.sql('DELETE FROM cfg_flex_prop WHERE object_type = $1', [type]);
    for (let poll = 0; poll < 3; poll++)
      await expect(engine.run({ forced: false })).rejects.toMatchObject({ code: 'engage.read-refused' });
    expect(writes(site)).toEqual({});
  });

  it('is refused by the next process too', async () => {
    const { site, engine } = await settled();
    await engine.stop();
    await site.sql('DELETE FROM cfg_agent_group');
    const next = await startEngine(site);
    await expect(next.run()).rejects.toMatchObject({ code: 'engage.read-refused' });
    await expect(next.run()).rejects.toMatchObject({ code: 'engage.read-refused' });
    expect(writes(site)).toEqual({});
  });

  it('does no harm once the rows are back', async () => {
    const { site, engine } = await settled();
    await site.sql('CREATE TABLE kept AS SELECT * FROM cfg_agent_group');
    await site.sql('DELETE FROM cfg_agent_group');
    await expect(engine.run({ forced: false })).rejects.toMatchObject({ code: 'engage.read-refused' });
    await site.sql('INSERT INTO cfg_agent_group SELECT * FROM kept');
    await engine.settle();
    expect(writes(site)).toEqual({});
  });
});

describe('a read that fails or is cut', () => {
  it('removes nothing and counts for nothing', async () => {
    const { site, engine } = await settled();
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

describe('a folder that is gone', () => {
  it('refuses the read of that kind, and everything of it stays', async () => {
    const { site, engine } = await settled({ env: { SYNC_FOLDER: 'EX_EVOLUTION' } });
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
    const { site, engine } = await settled();
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
    const { site, engine } = await settled({ env: { SYNC_MAX_REMOVALS: '0' } });
    await leave(site, 5);
    await engine.run({ forced: false });
    expect((await engine.run({ forced: false })).outcome).toBe('complete');
    const inactive = [...site.cloud.state.users.all()].filter((user) => user.state === 'inactive');
    expect(inactive).toHaveLength(5);
  });

  it('passes by an allowance for that one plan, by its ID and numbers', async () => {
    const { site, engine } = await settled();
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
    const { site, engine } = await settled();
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
    const { site, engine } = await settled();
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
    next.parts.journal.quarantine.clear();
    await next.run();
    expect([...site.cloud.state.users.all()].filter((user) => user.state === 'inactive')).toHaveLength(8);
  });

  it('counts over a rolling day what was applied before', async () => {
    const { site, engine } = await settled();
    await leave(site, 4);
    await engine.settle();
    site.cloud.record.reset();
    const more = [...(engine.parts.engage.state?.desired.users.keys() ?? [])].slice(0, 2);
    await site.sql('DELETE FROM cfg_person WHERE dbid = ANY($1)', [more]);
    await engine.run();
    expect((await engine.run()).outcome).toBe('stopped');
    expect(engine.status.stop?.detail).toContain('4 within the last 24 hours');
    expect(writes(site)).toEqual({});
  });
});

describe('a plan beyond the limit of removals', () => {
  it('is not applied at all', async () => {
    const { site, engine } = await settled({ env: { SYNC_MAX_REMOVALS: '3' } });
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
    const site = await startSite({ centre: { oddities: [] }, env: { SYNC_MAX_CREATIONS: '5' } });
    const engine = await startEngine(site);
    const result = await engine.run();
    expect(result.outcome).toBe('stopped');
    expect(writes(site)).toEqual({});
    const users = expectation(site.centre).counts.users;
    expect(result.plan?.billableUsers).toBe(users);
    expect(result.plan?.stop?.detail).toContain(`${users} users that become billable, at most 5`);
    const allowed = await engine.run({
      allow: { planId: result.plan?.id ?? '', numbers: { creations: users } },
    });
    expect(allowed.outcome).toBe('complete');
    expect(site.cloud.state.users.size).toBe(users);
  });

  it('do not wait with a folder', async () => {
    const site = await startSite({
      centre: { oddities: [] },
      env: { SYNC_MAX_CREATIONS: '5', SYNC_FOLDER: 'EX_EVOLUTION' },
    });
    expect((await (await startEngine(site)).run()).outcome).toBe('complete');
  });
});

describe('protected users', () => {
  it('are never deactivated, also when they got the role a moment ago', async () => {
    const { site, engine } = await settled();
    const [person] = await leave(site, 1);
    const id = engine.parts.knowledge.state?.users.get(person as never)?.id ?? '';
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
    const site = await startSite({ centre: { oddities: [] }, env });
    const engine = await startEngine(site);
    await expect(engine.run()).rejects.toMatchObject({ code: 'organization.mismatch' });
    expect(site.cloud.record.totalWrites).toBe(0);
  });

  it('the client belongs to another organisation: nothing is written', async () => {
    const other = '00000000-0000-4000-8000-000000000000';
    const site = await startSite({ centre: { oddities: [] }, env: { ORG_ID: other } });
    await site.sql('UPDATE cfg_flex_prop SET prop_value = $1 WHERE prop_name = $2', [
      other,
      'organization_id',
    ]);
    const engine = await startEngine(site);
    await expect(engine.run()).rejects.toMatchObject({ code: 'organization.mismatch' });
    expect(site.cloud.record.totalWrites).toBe(0);
  });

  it('another deployment has marked the organisation: nothing is written until TAKEOVER', async () => {
    const { site, engine } = await settled();
    await engine.stop();
    const elsewhere = { REDIS_KEY_PREFIX: `${site.env.REDIS_KEY_PREFIX}-b` };
    const second = await startEngine(site, { env: elsewhere });
    await expect(second.run()).rejects.toMatchObject({ code: 'sync.foreign-deployment' });
    expect(writes(site)).toEqual({});
    await second.stop();
    const third = await startEngine(site, { env: { ...elsewhere, TAKEOVER: 'true' } });
    await third.settle();
    // Now the first one is the stranger.
    const first = await startEngine(site);
    await expect(first.run({ drift: true })).rejects.toMatchObject({ code: 'sync.foreign-deployment' });
  });

  it('without settings says what is missing', async () => {
    const site = await startSite({ centre: { oddities: [] } });
    await site.sql("UPDATE cfg_transaction SET name = 'other' WHERE name = 'hybrid_integration'");
    const engine = await startEngine(site);
    await expect(engine.run()).rejects.toMatchObject({ code: 'settings.missing' });
    await site.sql("UPDATE cfg_transaction SET name = 'hybrid_integration' WHERE name = 'other'");
    await engine.settle();
    expect(site.cloud.state.users.size).toBeGreaterThan(0);
  });
});
