/** Reading a real PostgreSQL: three shapes of the schema, irregular data, broken reads, probes. */
import { systemClock } from '@exec/common/clock';
import { Secret } from '@exec/common/config';
import { expectation, schemaProfiles } from '@exec/simulators/config-db';
import { FaultProxy } from '@exec/testing/proxy';
import { closeLater } from '@exec/testing/vitest';
import { describe, expect, it } from 'vitest';
import { desiredState } from '../desired/desired.ts';
import { profileMap, readerOf, startSource } from '../testing/database.ts';
import { rules } from '../testing/snapshot.ts';
import { ConfigDb } from './config-db.ts';
import { skillCount, skillPairs } from './skill-levels.ts';

describe('a complete read', () => {
  it.each(schemaProfiles)('of the profile %s gives what a correct mapping expects', async (profile) => {
    const source = await startSource({ profile, centre: { agents: 80 } });
    const { snapshot } = await readerOf(source, { map: profileMap(profile) }).read();
    const domain = 'fallback.example';
    const desired = desiredState(snapshot, { ...rules, defaultEmailDomain: domain });
    const expected = expectation(source.centre, { profile, defaultEmailDomain: domain });
    const nameOf = (dbid: number) => [...desired.skills.values()].find((skill) => skill.dbid === dbid)?.name;
    const users = [...desired.users.values()].map(({ skills, logins, ...user }) => ({
      ...user,
      skills: skillPairs(skills).map(([dbid, proficiency]) => ({ name: nameOf(dbid), proficiency })),
      logins: logins.toSorted((a, b) => (`${a.switch} ${a.code}` < `${b.switch} ${b.code}` ? -1 : 1)),
    }));
    expect(users).toEqual(expected.users);
    expect(
      [...desired.queues.values()].map(({ dbid, switch: on, number, name, members, keepMembers }) => ({
        dbid,
        switch: on,
        number,
        name,
        members: [...members].sort((a, b) => a - b),
        keepsMembers: keepMembers,
      })),
    ).toEqual(expected.queues);
    expect([...desired.skills.values()]).toEqual(expected.skills);
    expect([...desired.wrapupCodes.values()].map(({ dbid, name }) => ({ dbid, name }))).toEqual(
      expected.wrapupCodes,
    );
    const order = (list: readonly { switch: string; number: string; type: string }[]) =>
      list.map((dn) => `${dn.switch} ${dn.number} ${dn.type}`).sort();
    expect(order(desired.dns)).toEqual(order(expected.numbers));
    const conflicts = desired.conflicts
      .filter(({ reason }) => reason !== 'wrapup.attribute-missing')
      .map(({ reason, object }) => ({ reason, dbid: object.dbid }));
    const byText = (a: object, b: object) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
    expect(conflicts.sort(byText)).toEqual(
      expected.conflicts.map(({ reason, dbid }) => ({ reason, dbid })).sort(byText),
    );
  });

  it('with a folder takes what lies in it', async () => {
    const source = await startSource({ centre: { agents: 80 } });
    const { snapshot } = await readerOf(source).read();
    const folder = source.centre.options.folder;
    const desired = desiredState(snapshot, { ...rules, folder });
    const expected = expectation(source.centre, { folder });
    expect([...desired.users.keys()]).toEqual(expected.users.map((user) => user.dbid));
    expect([...desired.queues.keys()]).toEqual(expected.queues.map((queue) => queue.dbid));
    expect([...desired.skills.keys()]).toEqual(expected.skills.map((skill) => skill.dbid));
    expect(desired.refused).toEqual([]);
  });

  it('sees one tenant only', async () => {
    const source = await startSource();
    const other = await readerOf(source, { tenant: source.centre.otherTenantDbid }).read();
    const main = await readerOf(source).read();
    const own = new Set(main.snapshot.persons.map((person) => person.dbid));
    expect(other.snapshot.persons.filter((person) => own.has(person.dbid))).toEqual([]);
    expect(other.snapshot.persons.length).toBeGreaterThan(0);
  });

  it('names the tenant that is missing', async () => {
    const source = await startSource();
    await expect(readerOf(source, { tenant: 4711 }).read()).rejects.toMatchObject({
      code: 'engage.tenant-missing',
    });
  });
});

describe('the schema', () => {
  it('that lacks what is needed is refused with every name and how to map it', async () => {
    const source = await startSource();
    await source.admin.query('ALTER TABLE cfg_skill_level RENAME TO skill_levels_here');
    await source.admin.query('ALTER TABLE cfg_person RENAME COLUMN employee_id TO agent_id');
    await expect(readerOf(source).read()).rejects.toMatchObject({
      code: 'engage.schema-mismatch',
      message: expect.stringMatching(
        /table cfg_skill_level \(tried "public"."cfg_skill_level"\).*cfg_person\.employee_id|cfg_person\.employee_id.*cfg_skill_level/s,
      ),
    });
    const map = profileMap('default');
    const renamed = {
      ...map,
      tables: {
        cfg_skill_level: { table: 'skill_levels_here' },
        cfg_person: { columns: { employee_id: 'agent_id' } },
      },
    };
    const { snapshot } = await readerOf(source, { map: renamed }).read();
    expect(snapshot.persons.some((person) => skillCount(person.levels) > 0)).toBe(true);
  });

  it('with quotation marks in its names is read all the same', async () => {
    const source = await startSource();
    await source.admin.query('ALTER TABLE cfg_skill RENAME TO "Odd "" table; DROP"');
    const map = { ...profileMap('default'), tables: { cfg_skill: { table: 'Odd " table; DROP' } } };
    const { snapshot } = await readerOf(source, { map }).read();
    expect(snapshot.skills.length).toBeGreaterThan(0);
  });

  it('with flags that are no flags is refused', async () => {
    const source = await startSource();
    await source.admin.query('UPDATE cfg_person SET is_agent = 7 WHERE is_agent = 2');
    await expect(readerOf(source).read()).rejects.toMatchObject({ code: 'engage.data-invalid' });
  });

  it('that is upgraded meanwhile is looked at again', async () => {
    const source = await startSource();
    const reader = readerOf(source);
    await reader.read();
    await source.admin.query('ALTER TABLE cfg_person DROP COLUMN email_address');
    await expect(reader.read()).rejects.toMatchObject({ code: 'engage.read-failed' });
    const { snapshot } = await reader.read();
    expect(snapshot.persons.every((person) => person.email === '')).toBe(true);
  });
});

describe('a read that breaks', () => {
  it('in the middle fails as a whole, and the next one works', async () => {
    const source = await startSource({ centre: { agents: 400 } });
    const proxy = await FaultProxy.start({ target: source.url });
    closeLater(() => proxy.close());
    const db = new ConfigDb({ url: new Secret(proxy.through(source.url)), clock: systemClock });
    closeLater(() => db.close());
    const reader = readerOf(source, { db });
    await reader.read();
    const mend = proxy.add({ type: 'limit_data', direction: 'downstream', bytes: 40_000 });
    await expect(reader.read()).rejects.toMatchObject({
      code: expect.stringMatching(/^engage\.(read-failed|unreachable)$/),
    });
    mend();
    const { snapshot } = await reader.read();
    expect(snapshot.persons.length).toBeGreaterThan(400);
  });

  it('says so when the database is away, and recovers by itself', async () => {
    const source = await startSource();
    const proxy = await FaultProxy.start({ target: source.url });
    closeLater(() => proxy.close());
    const db = new ConfigDb({ url: new Secret(proxy.through(source.url)), clock: systemClock });
    closeLater(() => db.close());
    const reader = readerOf(source, { db });
    await proxy.down();
    await expect(reader.read()).rejects.toMatchObject({ code: 'engage.unreachable' });
    await proxy.up();
    await reader.read();
  });

  it('with a wrong password shows no password', async () => {
    const source = await startSource();
    const url = new URL(source.url);
    url.username = 'nobody-here';
    url.password = 'canary-password';
    const db = new ConfigDb({ url: new Secret(url.href), clock: systemClock });
    closeLater(() => db.close());
    const error = await readerOf(source, { db })
      .read()
      .then(() => undefined)
      .catch((caught: Error) => caught);
    expect(error?.message).toMatch(/Config DB/);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('canary');
  });
});

/** Other test files write on the same server: what nobody touched is quiet, or there were writes of others only. */
const untouched = /^(quiet|unconcerned)$/;

describe('a probe', () => {
  it('of an untouched database finds it so', async () => {
    const source = await startSource();
    const reader = readerOf(source);
    const { mark } = await reader.read();
    expect((await reader.probe(mark)).result).toMatch(untouched);
  });

  it('tells writes of others from changes', async () => {
    const source = await startSource();
    await source.admin.query('CREATE TABLE something_else (n int)');
    const reader = readerOf(source);
    const { mark } = await reader.read();
    await source.admin.query('INSERT INTO something_else VALUES (1)');
    const probed = await reader.probe(mark);
    expect(probed.result).toBe('unconcerned');
    expect((await reader.probe(probed.mark)).result).toMatch(untouched);
  });

  it('takes no notice of what another tenant writes', async () => {
    const source = await startSource();
    const reader = readerOf(source);
    const { mark } = await reader.read();
    const other = source.centre.otherTenantDbid;
    await source.admin.query("UPDATE cfg_person SET last_name = 'Elsewhere' WHERE tenant_dbid = $1", [other]);
    await source.admin.query(
      `UPDATE cfg_skill_level SET level_ = level_ + 1 WHERE person_dbid IN
       (SELECT dbid FROM cfg_person WHERE tenant_dbid = $1)`,
      [other],
    );
    await source.admin.query(
      "INSERT INTO cfg_skill (dbid, name, tenant_dbid, state) VALUES (99998, 'Elsewhere', $1, 1)",
      [other],
    );
    expect((await reader.probe(mark)).result).toBe('unconcerned');
    // A person who moves over from there is a change.
    await source.admin.query(
      `UPDATE cfg_person SET tenant_dbid = $1 WHERE dbid = (SELECT min(dbid) FROM cfg_person WHERE tenant_dbid = $2)`,
      [source.centre.tenantDbid, other],
    );
    expect((await reader.probe(mark)).result).toBe('changed');
  });

  it('that fails for a while is asked again later: three passing faults do not end probing for good', async () => {
    const source = await startSource();
    const reader = readerOf(source);
    const { mark } = await reader.read();
    await source.admin.query('ALTER TABLE cfg_skill RENAME TO cfg_skill_away');
    await source.admin.query('CREATE TABLE something_else (n int)');
    for (let poll = 0; poll < 5; poll++) expect((await reader.probe(mark)).result).toBe('unknown');
    await source.admin.query('ALTER TABLE cfg_skill_away RENAME TO cfg_skill');
    const results = new Set<string>();
    for (let poll = 0; poll < 120; poll++) results.add((await reader.probe(mark)).result);
    expect([...results].some((result) => result !== 'unknown')).toBe(true);
    expect((await reader.probe(mark)).result).not.toBe('unknown');
  });

  it.each([
    [
      'an update',
      'UPDATE cfg_person SET last_name = last_name WHERE dbid = (SELECT min(dbid) FROM cfg_person WHERE tenant_dbid = 101)',
    ],
    ['an insertion', "INSERT INTO cfg_skill (dbid, name, tenant_dbid, state) VALUES (99999, 'New', 101, 1)"],
    [
      'a deletion',
      'DELETE FROM cfg_skill_level WHERE person_dbid = (SELECT min(person_dbid) FROM cfg_skill_level)',
    ],
    ['a change of an annex', "UPDATE cfg_flex_prop SET prop_value = 'x' WHERE object_type = 5"],
    ['a change of membership', 'DELETE FROM cfg_agent_group'],
  ])('sees %s at once', async (_what, sql) => {
    const source = await startSource();
    const reader = readerOf(source);
    const { mark } = await reader.read();
    await source.admin.query(sql);
    expect((await reader.probe(mark)).result).toBe('changed');
  });

  it('sees what a transaction that was open during the read commits later', async () => {
    const source = await startSource();
    const reader = readerOf(source);
    await source.admin.query('BEGIN');
    await source.admin.query(
      "UPDATE cfg_skill SET name = 'Later' WHERE dbid = (SELECT min(dbid) FROM cfg_skill)",
    );
    const { mark } = await reader.read();
    expect((await reader.probe(mark)).result).toMatch(untouched);
    await source.admin.query('COMMIT');
    expect((await reader.probe(mark)).result).toBe('changed');
  });

  it('of a view answers that it cannot know', async () => {
    const source = await startSource();
    await source.admin.query('CREATE VIEW skills_view AS SELECT * FROM cfg_skill');
    await source.admin.query('CREATE TABLE something_else (n int)');
    const map = { ...profileMap('default'), tables: { cfg_skill: { table: 'skills_view' } } };
    const reader = readerOf(source, { map });
    const { mark } = await reader.read();
    await source.admin.query('INSERT INTO something_else VALUES (1)');
    expect((await reader.probe(mark)).result).toBe('unknown');
  });
});
