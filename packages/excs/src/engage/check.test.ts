/** The account of EXCS, made by its script in a real PostgreSQL: it can do what EXCS needs, and nothing else. */
import { systemClock } from '@exec/common/clock';
import { Secret } from '@exec/common/config';
import { closeLater } from '@exec/testing/vitest';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { profileMap, readerOf, startSource, type TestSource } from '../testing/database.ts';
import { checkConfigDb, tableChecks } from './check.ts';
import { ConfigDb } from './config-db.ts';
import { grantsScript } from './grants.ts';
import { configDbTables, defaultSchemaMap, type SchemaMap } from './schema-map.ts';

let accounts = 0;

/** An account made by the script, and its address. */
async function account(source: TestSource, map: SchemaMap): Promise<{ user: string; url: string }> {
  const user = `reader "${process.pid}-${++accounts}'`;
  const schema = String((await source.admin.query('SELECT current_schema() AS name')).rows[0].name);
  const script = grantsScript({ map, user, schema });
  await source.admin.query(script);
  // Run again it ends in the same rights.
  await source.admin.query(script);
  const quoted = `"${user.replaceAll('"', '""')}"`;
  await source.admin.query(`ALTER ROLE ${quoted} PASSWORD 'secret'`);
  closeLater(async () => {
    const admin = new pg.Client({ connectionString: source.url });
    await admin.connect();
    await admin.query(`DROP OWNED BY ${quoted}`);
    await admin.query(`DROP ROLE ${quoted}`);
    await admin.end();
  });
  const url = new URL(source.url);
  url.username = encodeURIComponent(user);
  url.password = 'secret';
  return { user, url: url.href };
}

function database(url: string): ConfigDb {
  const db = new ConfigDb({ url: new Secret(url), clock: systemClock });
  closeLater(() => db.close());
  return db;
}

const failed = (checks: readonly { status: string; check: string }[]) =>
  checks.filter(({ status }) => status === 'failed').map(({ check }) => check);

describe('the account that the script makes', () => {
  it.each(['default', 'variant'] as const)(
    'reads and probes all that EXCS reads (%s names)',
    async (profile) => {
      const source = await startSource({ profile });
      const map = profileMap(profile);
      const { url } = await account(source, map);
      const reader = readerOf(source, { db: database(url), map });
      const { snapshot, mark } = await reader.read();
      const all = await readerOf(source, { map }).read();
      expect(snapshot.persons).toEqual(all.snapshot.persons);
      expect(snapshot.warnings).toEqual(all.snapshot.warnings);
      expect(await reader.probe(mark)).toMatchObject({ result: expect.stringMatching(/quiet|unconcerned/) });
      const checks = await checkConfigDb({
        ...{ db: database(url), map, owner: undefined, tenant: source.centre.tenantDbid },
      });
      expect(failed(checks)).toEqual([]);
      expect(checks.map(({ check }) => check)).toEqual(
        expect.arrayContaining(['connect', 'table cfg_person', 'rows of cfg_person', 'tenant']),
      );
    },
  );

  it('may do nothing else: no other column, no other table, no change', async () => {
    const source = await startSource();
    await source.admin.query('CREATE TABLE somebody_elses (dbid integer)');
    const { url } = await account(source, defaultSchemaMap);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    closeLater(() => client.end());
    await client.query('SET default_transaction_read_only = off');
    for (const statement of [
      'SELECT password FROM cfg_person',
      'SELECT * FROM cfg_person',
      'SELECT * FROM somebody_elses',
      "UPDATE cfg_person SET user_name = 'x'",
      'DELETE FROM cfg_person',
      'INSERT INTO cfg_tenant (dbid) VALUES (99)',
      'TRUNCATE cfg_skill',
    ])
      await expect(client.query(statement), statement).rejects.toMatchObject({ code: '42501' });
    const granted = await client.query(
      "SELECT table_name || '.' || column_name AS name FROM information_schema.column_privileges " +
        "WHERE grantee = current_user AND privilege_type = 'SELECT'",
    );
    const expected = Object.entries(configDbTables).flatMap(([table, { columns }]) =>
      Object.keys(columns).map((column) => `${table}.${column}`),
    );
    const names = granted.rows.map(({ name }) => String(name));
    expect(names.filter((name) => !expected.includes(name))).toEqual([]);
    expect(names.length).toBeGreaterThan(50);
  });
});

describe('the check', () => {
  it('names what is missing, why, and how to map it', async () => {
    const source = await startSource();
    const { user, url } = await account(source, defaultSchemaMap);
    const quoted = `"${user.replaceAll('"', '""')}"`;
    await source.admin.query('ALTER TABLE cfg_skill RENAME TO "CFG_SKILL"');
    await source.admin.query('ALTER TABLE cfg_person RENAME COLUMN employee_id TO employeeid');
    await source.admin.query(`REVOKE SELECT (name) ON cfg_tenant FROM ${quoted}`);
    const checks = await checkConfigDb({
      ...{ db: database(url), map: defaultSchemaMap, owner: undefined, tenant: 101 },
    });
    expect(failed(checks)).toEqual(['table cfg_tenant', 'column cfg_person.employee_id', 'table cfg_skill']);
    const of = (name: string) => checks.find(({ check }) => check === name);
    expect(of('table cfg_skill')?.remedy).toContain('{"tables":{"cfg_skill":{"table":"CFG_SKILL"}}}');
    expect(of('column cfg_person.employee_id')?.remedy).toContain(
      '{"tables":{"cfg_person":{"columns":{"employee_id":"employeeid"}}}}',
    );
    expect(of('table cfg_tenant')).toMatchObject({
      found: expect.stringContaining('may not read name'),
      remedy: expect.stringContaining('excs grants'),
    });
  });

  it('says that nobody answers, without the password', async () => {
    const checks = await checkConfigDb({
      ...{ db: database('postgresql://x:canary@127.0.0.1:1/x'), map: defaultSchemaMap },
      ...{ owner: undefined, tenant: 101 },
    });
    expect(checks).toMatchObject([{ check: 'connect', status: 'failed' }]);
    expect(JSON.stringify(checks)).not.toContain('canary');
  });

  it('takes an optional table that is not there for a warning', () => {
    const { checks } = tableChecks({
      ...{ name: 'cfg_folder', map: defaultSchemaMap, schema: 'public', relations: new Map() },
    });
    expect(checks).toMatchObject([
      { status: 'warning', remedy: expect.stringContaining('CONFIG_DB_SCHEMA ') },
    ]);
  });
});
