/** Memory and database hold the same rows, after loading and after every change, in every profile. */
import { testDatabase } from '@exec/testing/vitest';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mutations } from '../changes/mutations.ts';
import type { ContactCentre } from '../contact-centre.ts';
import { generateContactCentre } from '../generate/generate.ts';
import { keyColumns, type TableName, tableNames } from '../model/rows.ts';
import { scriptOf } from '../model/skill-expression.ts';
import { flaws } from '../options.ts';
import { createSchema } from '../schema/create-schema.ts';
import { profileShape, type SchemaProfile, schemaProfiles } from '../schema/profiles.ts';
import { load, writeChanges } from './load.ts';

let client: pg.Client;
beforeAll(async () => {
  client = new pg.Client({ connectionString: (await testDatabase()).url });
  await client.connect();
});
afterAll(() => client.end());

/** The rows of a table as text under logical names, as the database holds them. */
async function readBack(
  profile: SchemaProfile,
  schema: string,
  table: TableName,
): Promise<object[] | undefined> {
  const physical = profileShape(profile).tables.get(table);
  if (physical === undefined) return undefined;
  const columns = [...physical.columns].map(([logical, column]) => `"${column.name}"::text AS "${logical}"`);
  const { rows } = await client.query<Record<string, string | null>>(
    `SELECT ${columns.join(', ')} FROM "${schema}"."${physical.name}"`,
  );
  return rows;
}

/** The rows of the contact centre in the same form. */
function inMemory(centre: ContactCentre, profile: SchemaProfile, table: TableName): object[] {
  const shape = profileShape(profile);
  const columns = shape.tables.get(table)?.columns ?? new Map();
  const isAnnex = table === 'cfg_flex_prop';
  return [...centre.store.rows(table)].map((row) =>
    Object.fromEntries(
      [...columns.keys()].map((column) => {
        const value = (row as unknown as Record<string, string | number | null>)[column] ?? null;
        if (isAnnex && column === 'part') return [column, String(Number(value) + shape.firstPart)];
        if (isAnnex && column === 'parent_dbid' && value === 0)
          return [column, shape.rootParent === null ? null : String(shape.rootParent)];
        // A padded column has lost what blanks were behind the name before.
        const padded = columns.get(column)?.type.startsWith('char(');
        return [column, value === null ? null : padded ? String(value).trimEnd() : String(value)];
      }),
    ),
  );
}

function sorted(table: TableName, rows: object[]): string[] {
  const columns = keyColumns[table] as readonly string[];
  const key = (row: object) => columns.map((column) => (row as Record<string, string>)[column]).join(':');
  return rows.map((row) => `${key(row)} ${JSON.stringify(row)}`).sort();
}

async function expectSame(centre: ContactCentre, profile: SchemaProfile, schema: string): Promise<void> {
  for (const table of tableNames) {
    const rows = await readBack(profile, schema, table);
    if (rows !== undefined)
      expect(sorted(table, rows), `${profile}: ${table}`).toEqual(
        sorted(table, inMemory(centre, profile, table)),
      );
  }
}

describe.each(schemaProfiles)('in the profile %s', (profile) => {
  it('a loaded contact centre is in the database row by row', async () => {
    const schema = `loaded_${profile}`;
    const centre = generateContactCentre({ seed: 11, agents: 60, flaws });
    await createSchema(client, profile, schema);
    const written = await load(client, centre, { profile, schema });
    expect(written).toBeGreaterThan(500);
    await expectSame(centre, profile, schema);
  });

  it.each(['together', 'row by row'] as const)(
    'changes committed %s keep database and memory equal',
    async (commit) => {
      const schema = `changed_${profile}_${commit.replaceAll(' ', '_')}`;
      const centre = generateContactCentre({ seed: 12, agents: 40, flaws });
      await createSchema(client, profile, schema);
      await load(client, centre, { profile, schema });
      const changes = mutations(centre, { seed: 5 });
      for (let count = 0; count < 150; count++)
        await writeChanges(client, changes.next().value.statements, { profile, schema, commit });
      await expectSame(centre, profile, schema);
    },
  );
});

it('a long script comes together from its parts', async () => {
  const centre = generateContactCentre({ seed: 11, agents: 60, flaws: [] });
  await createSchema(client, 'default', 'scripts');
  await load(client, centre, { schema: 'scripts' });
  const { rows } = await client.query<{ group: string; script: string; parts: string }>(
    `SELECT object_dbid "group", string_agg(prop_value, '' ORDER BY part) script, count(*) parts
     FROM scripts.cfg_flex_prop WHERE prop_name = 'script' GROUP BY object_dbid, dbid`,
  );
  const read = new Map(rows.map((row) => [Number(row.group), row.script]));
  const written = new Map(
    [...centre.scripts].map(([group, script]) => [group, script === 'unreadable' ? '' : scriptOf(script)]),
  );
  expect(read).toEqual(written);
  expect(rows.some((row) => Number(row.parts) > 1)).toBe(true);
});

it('a load that fails leaves no rows', async () => {
  const centre = generateContactCentre({ seed: 11, agents: 20, flaws: [] });
  await createSchema(client, 'default', 'half');
  await client.query('DROP TABLE half.cfg_folder_item');
  await expect(load(client, centre, { schema: 'half' })).rejects.toThrow('does not exist');
  const { rows } = await client.query('SELECT count(*) FROM half.cfg_person');
  expect(rows).toEqual([{ count: '0' }]);
});

it('changes that fail together leave no rows', async () => {
  const centre = generateContactCentre({ seed: 11, agents: 20, flaws: [] });
  await createSchema(client, 'default', 'undone');
  await load(client, centre, { schema: 'undone' });
  const person = { person_dbid: 900_001, skill_dbid: 1, level_: 1 };
  const twice = { kind: 'insert', table: 'cfg_skill_level', row: person } as const;
  await expect(writeChanges(client, [twice, twice], { schema: 'undone' })).rejects.toThrow('duplicate key');
  const { rows } = await client.query('SELECT 1 FROM undone.cfg_skill_level WHERE person_dbid = 900001');
  expect(rows).toEqual([]);
});

it('20,000 agents with ten skills each fit', async () => {
  const centre = generateContactCentre({ seed: 1, agents: 20_000, skillsPerAgent: 10, flaws: [] });
  await createSchema(client, 'default', 'large');
  await load(client, centre, { schema: 'large' });
  const { rows } = await client.query<{ persons: string; levels: string }>(
    `SELECT (SELECT count(*) FROM large.cfg_person WHERE is_agent = 2 AND tenant_dbid = $1) persons,
            (SELECT count(*) FROM large.cfg_skill_level) levels`,
    [centre.tenantDbid],
  );
  expect(Number(rows[0]?.persons)).toBe(20_000);
  expect(Number(rows[0]?.levels)).toBe(centre.store.count('cfg_skill_level'));
  expect(centre.store.count('cfg_skill_level')).toBeGreaterThan(180_000);
});
