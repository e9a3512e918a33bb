/** The rules of the synchronisation, one by one, against the fake cloud. */
import { applyMutation, type Mutation } from '@exec/simulators/config-db';
import { describe, expect, it } from 'vitest';
import { noSkillLevels, skillCount, skillPairs } from '../engage/skill-levels.ts';
import { countSkills } from '../plan/user-skills.ts';
import type { Engine } from '../testing/engine.ts';
import type { Site } from '../testing/site.ts';
import { startEngine, startSite } from '../testing/test-site.ts';

async function change(site: Site, ...mutations: readonly Mutation[]): Promise<void> {
  for (const mutation of mutations) await site.write(applyMutation(site.centre, mutation));
}

/** A site in step with its organisation. */
async function convergedSite(
  options: Parameters<typeof startSite>[0] = {},
): Promise<{ site: Site; engine: Engine }> {
  const site = await startSite({
    ...options,
    centre: { flaws: [], ...options.centre },
    env: { SYNC_MAX_DEACTIVATIONS: '1000', SYNC_MAX_REMOVALS: '1000', ...options.env },
  });
  const engine = await startEngine(site);
  await engine.converge();
  site.cloud.record.reset();
  return { site, engine };
}

const stateOf = (engine: Engine) => {
  const { state } = engine.parts.stateKeeper;
  if (state === undefined) throw new Error('nothing is known');
  return state;
};
const desiredOf = (engine: Engine) => {
  const { state } = engine.parts.engage;
  if (state === undefined) throw new Error('nothing was read');
  return state.desired;
};
/** A mapped person with its user in the fake. */
function somebody(site: Site, engine: Engine, index = 0) {
  const link = [...stateOf(engine).users.values()][index];
  if (link === undefined) throw new Error('nobody is mapped');
  const user = () => {
    const found = site.cloud.state.users.get(link.id);
    if (found === undefined) throw new Error('the user is gone');
    return found;
  };
  return { person: link.dbid, link, user };
}
function someQueue(site: Site, engine: Engine) {
  const desired = [...desiredOf(engine).queues.values()].find((queue) => queue.members.size > 1);
  const link = desired && stateOf(engine).queues.get(desired.dbid);
  const queue = link && site.cloud.state.queues.get(link.id);
  if (desired === undefined || link === undefined || queue === undefined)
    throw new Error('no queue has members');
  return { desired, link, queue };
}
const writes = (site: Site) => Object.fromEntries(site.cloud.record.writes);

describe('new and changed in Engage', () => {
  it('a changed name becomes a changed user, with one request', async () => {
    const { site, engine } = await convergedSite();
    const { person, user } = somebody(site, engine);
    await change(site, { kind: 'person.rename', person, lastName: 'Married' });
    await engine.run({ forced: false });
    expect(user().name).toMatch(/ Married$/);
    expect(writes(site)).toEqual({ patchUser: 1 });
  });

  it('a changed level becomes a changed proficiency', async () => {
    const { site, engine } = await convergedSite();
    const { person, link, user } = somebody(site, engine);
    const [skill] = [...desiredOf(engine).skills.values()];
    await change(site, { kind: 'person.set-level', person, skill: skill?.dbid ?? 0, level: 1 });
    await engine.run({ forced: false });
    const id = stateOf(engine).skills.get(skill?.dbid ?? link.dbid)?.id ?? '';
    expect(user().skills.get(id)).toBe(1);
    expect(writes(site)).toEqual({ putUserRoutingskillsBulk: 1 });
  });

  it('a renamed skill is a new skill, users are moved over, the old one is an orphan', async () => {
    const { site, engine } = await convergedSite();
    const desired = desiredOf(engine);
    const holder = [...desired.users.values()].find((user) => skillCount(user.skills) > 0);
    const dbid = skillPairs(holder?.skills ?? noSkillLevels)[0]?.[0] ?? 0;
    const before = stateOf(engine).skills.get(dbid as never);
    await change(site, { kind: 'skill.rename', skill: dbid, name: 'Renamed Skill' });
    const { plan } = await engine.run({ forced: false });
    expect(plan?.waiting).toBe(0);
    const after = site.cloud.state.skills.byName('Renamed Skill');
    const user = site.cloud.state.users.get(stateOf(engine).users.get(holder?.dbid as never)?.id ?? '');
    expect(user?.skills.has(after?.id ?? '')).toBe(true);
    expect(user?.skills.has(before?.id ?? '')).toBe(false);
    expect(site.cloud.state.skills.isActive(before?.id ?? '')).toBe(true);
    await engine.run();
    expect(engine.status.orphans).toContainEqual(
      expect.objectContaining({
        type: 'skill',
        cloudId: before?.id,
        reason: expect.stringMatching(/renamed/),
      }),
    );
  });

  it('a changed alias renames the queue; what else the queue has stays', async () => {
    const { site, engine } = await convergedSite();
    const { desired, queue } = someQueue(site, engine);
    site.cloud.state.queues.change(queue.id, { attributes: { ...queue.attributes, description: 'kept' } });
    await change(site, { kind: 'queue.change-alias', queue: desired.dbid, alias: 'Renamed Queue' });
    await engine.run({ forced: false });
    const after = site.cloud.state.queues.get(queue.id);
    expect(after?.name).toBe('Renamed Queue');
    expect(after?.attributes.description).toBe('kept');
    expect(after?.members.size).toBe(queue.members.size);
  });

  it('a supervisor mark grants the role in the home division and its end revokes it', async () => {
    const { site, engine } = await convergedSite();
    const { authorization } = site.cloud.state;
    const role = authorization.roleByName('Supervisor')?.id ?? '';
    const plain = [...desiredOf(engine).users.values()].find((user) => !user.supervisor);
    const id = stateOf(engine).users.get(plain?.dbid as never)?.id ?? '';
    await change(site, { kind: 'person.promote', person: plain?.dbid ?? 0 });
    await engine.run({ forced: false });
    expect(authorization.holds(id, role, authorization.homeDivision.id)).toBe(true);
    await change(site, { kind: 'person.demote', person: plain?.dbid ?? 0 });
    await engine.converge();
    expect(authorization.holds(id, role)).toBe(false);
  });
});

describe('deleted in Engage', () => {
  it('a person becomes an inactive user without memberships, and an active one when re-created', async () => {
    const { site, engine } = await convergedSite();
    const { person, link, user } = somebody(site, engine);
    const queues = [...site.cloud.state.queues.all()].filter((queue) => queue.members.has(link.id));
    await change(site, { kind: 'person.leave', person });
    await engine.converge();
    expect(user().state).toBe('inactive');
    for (const queue of queues) expect(queue.members.has(link.id)).toBe(false);
    // The same person under a new DBID: the last statement of a re-creation.
    const other = somebody(site, engine, 1);
    await change(site, { kind: 'person.re-create', person: other.person });
    await engine.converge();
    const { externalIds } = site.cloud.state.users;
    const [identity, ...more] = externalIds.of(other.link.id);
    expect(more).toEqual([]);
    expect(other.user().state).toBe('active');
    expect(identity?.externalKey).not.toBe(String(other.person));
    expect(stateOf(engine).users.get(Number(identity?.externalKey) as never)?.id).toBe(other.link.id);
  });

  it('a person that was disabled is activated again when enabled', async () => {
    const { site, engine } = await convergedSite();
    const { person, user } = somebody(site, engine);
    await change(site, { kind: 'person.disable', person });
    await engine.converge();
    expect(user().state).toBe('inactive');
    await change(site, { kind: 'person.enable', person });
    await engine.run({ forced: false });
    expect(user().state).toBe('active');
    expect(engine.status.plan?.billableUsers).toBe(1);
  });

  it('a queue stays and loses its members', async () => {
    const { site, engine } = await convergedSite();
    const { desired, queue } = someQueue(site, engine);
    await change(site, { kind: 'queue.delete', queue: desired.dbid });
    await engine.converge();
    expect(site.cloud.state.queues.get(queue.id)).toBeDefined();
    expect(queue.members.size).toBe(0);
    expect(engine.status.orphans).toContainEqual(
      expect.objectContaining({ type: 'queue', cloudId: queue.id }),
    );
  });

  it('a skill and a wrap-up code stay and are orphans', async () => {
    const { site, engine } = await convergedSite();
    const skill = [...stateOf(engine).skills.values()][0];
    const code = [...stateOf(engine).wrapupCodes.values()][0];
    await change(
      site,
      { kind: 'skill.delete', skill: skill?.dbid ?? 0 },
      { kind: 'wrapup.delete', value: code?.dbid ?? 0 },
    );
    await engine.converge();
    expect(site.cloud.state.skills.isActive(skill?.id ?? '')).toBe(true);
    expect(site.cloud.state.wrapupCodes.get(code?.id ?? '')).toBeDefined();
    expect(engine.status.orphans.map(({ type, cloudId }) => `${type} ${cloudId}`).sort()).toEqual(
      [`skill ${skill?.id}`, `wrapup-code ${code?.id}`].sort(),
    );
    for (const queue of site.cloud.state.queues.all())
      expect(queue.wrapupCodeIds.has(code?.id ?? '')).toBe(false);
  });
});

describe('an absence', () => {
  it('is acted on when two successive complete reads show it; additions are made at once', async () => {
    const { site, engine } = await convergedSite();
    const { person, user } = somebody(site, engine);
    const { desired, queue } = someQueue(site, engine);
    const group = [...(await linkedGroups(site, desired.number, desired.name))][0];
    const outsider = [...desiredOf(engine).users.keys()].find(
      (dbid) => !desired.members.has(dbid) && dbid !== person,
    );
    await change(site, { kind: 'person.leave', person });
    if (group !== undefined && outsider !== undefined)
      await change(site, { kind: 'group.add-member', group, person: outsider });
    const first = await engine.run({ forced: false });
    expect(user().state).toBe('active');
    expect(first.plan?.waiting).toBeGreaterThan(0);
    if (group !== undefined && outsider !== undefined)
      expect(queue.members.has(stateOf(engine).users.get(outsider)?.id ?? '')).toBe(true);
    // Nothing has changed since, and still the next poll reads.
    await engine.run({ forced: false });
    expect(user().state).toBe('inactive');
  });

  it('that a second read does not confirm is forgotten', async () => {
    const { site, engine } = await convergedSite();
    const { person, user } = somebody(site, engine);
    await change(site, { kind: 'person.disable', person });
    await engine.run({ forced: false });
    await change(site, { kind: 'person.enable', person });
    await engine.run({ forced: false });
    await engine.run({ forced: false });
    expect(user().state).toBe('active');
    expect(writes(site)).toEqual({});
  });

  it('counts from the first read after a start anew', async () => {
    const { site, engine } = await convergedSite();
    const { person, link } = somebody(site, engine);
    await change(site, { kind: 'person.leave', person });
    await engine.run({ forced: false });
    await engine.stop();
    const next = await startEngine(site);
    await next.run();
    expect(site.cloud.state.users.get(link.id)?.state).toBe('active');
    await next.run();
    expect(site.cloud.state.users.get(link.id)?.state).toBe('inactive');
  });
});

describe('changed or deleted in the EX Org', () => {
  it('a mapped field is set back', async () => {
    const { site, engine } = await convergedSite();
    const { link, user } = somebody(site, engine);
    const { queue, desired } = someQueue(site, engine);
    site.cloud.state.users.change(link.id, { name: 'By Hand', state: 'inactive', skills: new Map() });
    site.cloud.state.queues.change(queue.id, { name: 'By hand', attributes: { peerId: 'x@y' } });
    await engine.run({ drift: true });
    expect(user()).toMatchObject({ name: link.name, state: 'active' });
    expect(user().skills.size).toBe(countSkills(link.skills));
    expect(site.cloud.state.queues.get(queue.id)).toMatchObject({
      name: desired.name,
      attributes: { peerId: desired.peerId },
    });
  });

  it('objects are created again, a deleted user is restored', async () => {
    const { site, engine } = await convergedSite();
    const { link, user } = somebody(site, engine);
    const { queue, desired } = someQueue(site, engine);
    const members = queue.members.userIds().sort();
    const skill = [...stateOf(engine).skills.values()][0];
    site.cloud.state.users.change(link.id, { state: 'deleted' });
    site.cloud.state.queues.remove(queue.id);
    site.cloud.state.skills.remove(skill?.id ?? '');
    await engine.converge();
    expect(user().state).toBe('active');
    const made = site.cloud.state.queues.byName(desired.name);
    expect(made?.id).not.toBe(queue.id);
    expect(made?.members.userIds().sort()).toEqual(members);
    expect(site.cloud.state.skills.byName(skill?.name ?? '')).toBeDefined();
    expect(site.cloud.record.answers('postUsers')).toBe(0);
  });

  it('members, codes, identities and primary sources are put right by the rotation', async () => {
    const { site, engine } = await convergedSite();
    const { link } = somebody(site, engine);
    const { queue } = someQueue(site, engine);
    const [member] = queue.members.userIds();
    const { users, queues, presence } = site.cloud.state;
    queue.members.remove(member ?? '');
    queues.change(queue.id, { wrapupCodeIds: new Set() });
    users.externalIds.remove(link.id, `engage/${site.centre.tenantDbid}`, String(link.dbid));
    presence.primarySources.delete(link.id);
    await engine.run({ drift: true });
    expect(writes(site)).toEqual({});
    await engine.checkAll();
    await engine.run({ forced: false });
    expect(queue.members.has(member ?? '')).toBe(true);
    expect(queues.get(queue.id)?.wrapupCodeIds.size).toBe(stateOf(engine).wrapupCodes.size);
    expect(users.externalIds.of(link.id)).toHaveLength(1);
    expect(presence.primarySources.get(link.id)).toBe(stateOf(engine).source?.id);
  });
});

describe('what the connector did not add', () => {
  it('it never removes: members, role grants, codes of queues, skills that are not mapped', async () => {
    const { site, engine } = await convergedSite();
    const { users, queues, authorization, skills, wrapupCodes } = site.cloud.state;
    const { queue } = someQueue(site, engine);
    const role = authorization.roleByName('Supervisor')?.id ?? '';
    const stranger = users.create({ name: 'Stranger', email: 'stranger@other.example', state: 'active' });
    const plain = [...desiredOf(engine).users.values()].find((user) => !user.supervisor);
    const plainId = stateOf(engine).users.get(plain?.dbid as never)?.id ?? '';
    queue.members.add(stranger.id);
    authorization.grant(stranger.id, role, authorization.homeDivision.id);
    authorization.grant(plainId, role, authorization.homeDivision.id);
    const code = wrapupCodes.create({ name: 'By hand' });
    queues.change(queue.id, {
      wrapupCodeIds: new Set([...(queues.get(queue.id)?.wrapupCodeIds ?? []), code.id]),
    });
    const skill = skills.create('By hand');
    users.change(plainId, { skills: new Map([...(users.get(plainId)?.skills ?? []), [skill.id, 3]]) });
    await engine.checkAll();
    await engine.converge();
    // A change of the user's skills keeps the foreign one.
    const [mapped] = [...desiredOf(engine).skills.values()];
    await change(site, {
      kind: 'person.set-level',
      person: plain?.dbid ?? 0,
      skill: mapped?.dbid ?? 0,
      level: 2,
    });
    await engine.converge();
    expect(queue.members.has(stranger.id)).toBe(true);
    expect(authorization.holds(stranger.id, role)).toBe(true);
    expect(authorization.holds(plainId, role)).toBe(true);
    expect(queues.get(queue.id)?.wrapupCodeIds.has(code.id)).toBe(true);
    expect(users.get(plainId)?.skills.get(skill.id)).toBe(3);
    expect(users.get(stranger.id)?.state).toBe('active');
  });
});

describe('no invitation', () => {
  it('is ever sent', async () => {
    const { site } = await convergedSite();
    expect([...site.cloud.state.users.all()].every((user) => user.invitations === 0)).toBe(true);
    expect(site.cloud.record.answers('postUserInvite')).toBe(0);
  });
});

/** DBIDs of agent groups that are linked to the queue and list their members. */
async function linkedGroups(site: Site, number: string, alias: string): Promise<number[]> {
  const found = await site.database.query<{ object_dbid: string }>(
    `SELECT f.object_dbid FROM cfg_flex_prop f WHERE f.object_type = 5 AND btrim(f.prop_value) = ANY($1)
     AND NOT EXISTS (SELECT 1 FROM cfg_flex_prop v WHERE v.object_type = 5 AND v.object_dbid = f.object_dbid
                     AND v.prop_name = 'script')`,
    [[number, alias]],
  );
  return found.rows.map((row) => Number(row.object_dbid));
}
