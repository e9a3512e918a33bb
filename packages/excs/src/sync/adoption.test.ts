/** Objects that exist already are adopted, not doubled. */

import { expectation } from '@exec/simulators/config-db';
import { describe, expect, it } from 'vitest';
import type { Engine } from '../testing/engine.ts';
import { ScaledClock } from '../testing/scaled-clock.ts';
import { startEngine, startSite } from '../testing/test-site.ts';

const quiet = { centre: { flaws: [] } } as const;

async function twoPersons() {
  const site = await startSite(quiet);
  const [first, second] = expectation(site.centre).users;
  if (first === undefined || second === undefined) throw new Error('there are no persons');
  return { site, first, second };
}

const planned = (engine: Engine) => engine.status.plan?.operations.map(({ id }) => id) ?? [];

describe('a user', () => {
  it.each(['active', 'inactive', 'deleted'] as const)(
    'that is %s is adopted by e-mail, in any case',
    async (state) => {
      const { site, first } = await twoPersons();
      const { users } = site.cloud.state;
      const there = users.create({ name: 'Old Name', email: first.email.toUpperCase(), state });
      const engine = await startEngine(site);
      await engine.run({ mode: 'plan' });
      expect(planned(engine)).toContain(`user/adopt/${first.dbid}`);
      expect(planned(engine)).not.toContain(`user/create/${first.dbid}`);
      await engine.converge();
      expect(users.get(there.id)).toMatchObject({ name: first.name, state: 'active' });
      expect(users.externalIds.of(there.id)).toEqual([
        { authorityName: `engage/${site.centre.tenantDbid}`, externalKey: String(first.dbid) },
      ]);
      expect([...users.all()].filter((user) => user.name === first.name)).toHaveLength(1);
    },
  );

  it('is adopted by external identity before the e-mail address', async () => {
    const { site, first } = await twoPersons();
    const { users, presence } = site.cloud.state;
    const authorityName = `engage/${site.centre.tenantDbid}`;
    // What an earlier deployment has left behind, whose ledger is gone.
    presence.saveSource({ name: `Engage ${site.centre.tenantDbid}`, description: 'no deployment' });
    const byIdentity = users.create({ name: 'By identity', email: 'moved@other.example', state: 'active' });
    users.externalIds.add(byIdentity.id, { authorityName, externalKey: String(first.dbid) });
    const engine = await startEngine(site);
    await engine.converge();
    expect(users.get(byIdentity.id)).toMatchObject({ email: first.email, name: first.name });
    expect([...users.all()].filter((user) => user.name === first.name)).toHaveLength(1);
  });

  it('with another e-mail address that holds the external identity of a new person is adopted, not doubled', async () => {
    const { site, first } = await twoPersons();
    const { users } = site.cloud.state;
    const authorityName = `engage/${site.centre.tenantDbid}`;
    const there = users.create({ name: 'Married Since', email: 'other@other.example', state: 'active' });
    users.externalIds.add(there.id, { authorityName, externalKey: String(first.dbid) });
    const engine = await startEngine(site);
    await engine.run({ mode: 'plan' });
    expect(engine.status.plan?.operations).toContainEqual(
      expect.objectContaining({
        id: `user/adopt/${first.dbid}`,
        type: 'user.adopt',
        cloudId: there.id,
        reason: 'a user with this external identity exists',
      }),
    );
    expect(planned(engine)).not.toContain(`user/create/${first.dbid}`);
    await engine.converge();
    expect(users.get(there.id)).toMatchObject({ name: first.name, email: first.email, state: 'active' });
    expect(users.size).toBe(expectation(site.centre).counts.users);
    expect(site.cloud.record.answers('postUserExternalid', 409)).toBe(0);
    expect(engine.parts.journal.quarantine.entries.size).toBe(0);
  });

  it('is looked for with the fewest requests: one per unmatched user, or one per new person', async () => {
    const { site } = await twoPersons();
    const { users } = site.cloud.state;
    const requests = (operation: string) => site.cloud.record.requestsByOperation.get(operation) ?? 0;
    for (let index = 0; index < 3; index++)
      users.create({ name: `Stranger ${index}`, email: `stranger${index}@other.example`, state: 'active' });
    const engine = await startEngine(site);
    await engine.converge();
    expect(requests('getUserExternalid')).toBe(3);
    expect(requests('getUsersExternalidAuthorityNameExternalKey')).toBe(0);
    // One more person: three strangers would be three requests, the person is one.
    site.cloud.record.reset();
    await site.sql(
      `INSERT INTO cfg_person (dbid, tenant_dbid, first_name, last_name, employee_id, user_name, is_agent, state)
       VALUES (99001, $1, 'New', 'Person', 'E99001', 'new.person@contact.example', 2, 1)`,
      [site.centre.tenantDbid],
    );
    await engine.converge();
    expect(users.byEmail('new.person@contact.example')?.state).toBe('active');
    expect(requests('getUserExternalid')).toBe(0);
    expect(requests('getUsersExternalidAuthorityNameExternalKey')).toBe(1);
  });

  it('keeps an identity that is taken meanwhile: a conflict, never a failure that repeats', async () => {
    const { site, first } = await twoPersons();
    const { users } = site.cloud.state;
    const authorityName = `engage/${site.centre.tenantDbid}`;
    const engine = await startEngine(site);
    await engine.run({ mode: 'plan' });
    // Between the look-up and the moment at which it is set.
    const thief = users.create({ name: 'Meanwhile', email: 'meanwhile@other.example', state: 'active' });
    users.externalIds.add(thief.id, { authorityName, externalKey: String(first.dbid) });
    await engine.converge();
    expect(engine.parts.journal.quarantine.entries.size).toBe(0);
    expect(engine.status.conflicts).toContainEqual(
      expect.objectContaining({
        reason: 'person.identity-taken',
        object: expect.objectContaining({ kind: 'person', dbid: first.dbid }),
        detail: expect.stringContaining('meanwhile@other.example'),
      }),
    );
    expect(users.byEmail(first.email)?.state).toBe('active');
    site.cloud.record.reset();
    for (let cycle = 0; cycle < 3; cycle++) await engine.run({ drift: true });
    expect(Object.fromEntries(site.cloud.record.writes)).toEqual({});
    expect(site.cloud.record.answers('postUserExternalid', 409)).toBe(0);
    // As soon as it is free it is set.
    users.externalIds.remove(thief.id, authorityName, String(first.dbid));
    await engine.converge();
    const mapped = users.byEmail(first.email);
    expect(users.externalIds.of(mapped?.id ?? '').map(({ externalKey }) => externalKey)).toEqual([
      String(first.dbid),
    ]);
    expect(engine.status.conflicts.map(({ reason }) => reason)).not.toContain('person.identity-taken');
  });

  it('that is deleted and holds the identity unseen does not make the identity fail for ever', async () => {
    const { site, first } = await twoPersons();
    const { users } = site.cloud.state;
    const gone = users.create({ name: 'Gone', email: 'gone@other.example', state: 'active' });
    users.externalIds.add(gone.id, {
      authorityName: `engage/${site.centre.tenantDbid}`,
      externalKey: String(first.dbid),
    });
    users.change(gone.id, { state: 'deleted' });
    const engine = await startEngine(site, { clock: new ScaledClock(20) });
    await engine.converge();
    expect(engine.parts.journal.quarantine.entries.size).toBe(0);
    expect(users.byEmail(first.email)?.state).toBe('active');
    expect(engine.status.conflicts).toContainEqual(
      expect.objectContaining({
        reason: 'person.identity-taken',
        detail: expect.stringContaining('deleted'),
      }),
    );
    site.cloud.record.reset();
    for (let cycle = 0; cycle < 3; cycle++) await engine.run({ drift: true });
    expect(Object.fromEntries(site.cloud.record.writes)).toEqual({});
    expect(site.cloud.record.answers('postUserExternalid', 409)).toBe(0);
  });

  it('whose ledger is lost is found again: nothing is doubled, nothing of others is touched', async () => {
    const { site } = await twoPersons();
    const engine = await startEngine(site);
    await engine.converge();
    const before = [...site.cloud.state.users.all()].length;
    await engine.stop();
    site.cloud.record.reset();
    const prefix = `${site.env.REDIS_KEY_PREFIX}-other`;
    const other = await startEngine(site, { env: { REDIS_KEY_PREFIX: prefix, TAKEOVER: 'true' } });
    await other.converge();
    expect([...site.cloud.state.users.all()]).toHaveLength(before);
    const writes = Object.fromEntries(site.cloud.record.writes);
    expect(writes).not.toHaveProperty('postUsers');
    expect(writes).not.toHaveProperty('postRoutingQueues');
    expect(writes).not.toHaveProperty('postPresenceSources');
    expect(writes).not.toHaveProperty('postUserExternalid');
  });
});

describe('skills, queues and wrap-up codes', () => {
  it('are adopted by name, and their name is set where it can be', async () => {
    const site = await startSite(quiet);
    const expected = expectation(site.centre);
    const [skill] = expected.skills;
    const [queue] = expected.queues;
    const [code] = expected.wrapupCodes;
    const { skills, queues, wrapupCodes } = site.cloud.state;
    const s = skills.create(skill?.name.toUpperCase() ?? '');
    const q = queues.create({ name: queue?.name.toUpperCase() ?? '', attributes: { description: 'mine' } });
    const c = wrapupCodes.create({ name: code?.name.toUpperCase() ?? '' });
    const engine = await startEngine(site);
    await engine.run({ mode: 'plan' });
    expect(planned(engine)).toEqual(
      expect.arrayContaining([
        `skill/adopt/${skill?.dbid}`,
        `queue/adopt/${queue?.dbid}`,
        `wrapup-code/adopt/${code?.dbid}`,
      ]),
    );
    await engine.converge();
    expect(skills.byName(skill?.name ?? '')?.id).toBe(s.id);
    expect(queues.get(q.id)).toMatchObject({ name: queue?.name, attributes: { description: 'mine' } });
    expect(wrapupCodes.get(c.id)).toMatchObject({ name: code?.name });
  });
});

describe('an adopted queue', () => {
  it('keeps the members it had, also those that Engage wants and later does not', async () => {
    const site = await startSite(quiet);
    const expected = expectation(site.centre);
    const wanted = expected.queues.find((queue) => queue.members.length > 1);
    const first = expected.users.find((user) => user.dbid === wanted?.members[0]);
    if (wanted === undefined || first === undefined) throw new Error('no queue has members');
    const { users, queues } = site.cloud.state;
    const user = users.create({ name: first.name, email: first.email, state: 'active' });
    const queue = queues.create({ name: wanted.name });
    queue.members.add(user.id);
    const engine = await startEngine(site, { env: { SYNC_MAX_REMOVALS: '1000' } });
    await engine.converge();
    expect(queue.members.size).toBe(wanted.members.length);
    // Out of every group: what the connector added goes, who was there before stays.
    await site.sql("DELETE FROM cfg_flex_prop WHERE object_type = 5 AND prop_name = 'WFM_queue_number'");
    await engine.converge();
    expect(queue.members.userIds()).toEqual([user.id]);
  });
});
