/** Each profile is created as it is described, and its map leads to names that exist. */
import { testDatabase } from '@exec/testing/vitest';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSchema } from './create-schema.ts';
import { profileShape, type SchemaProfile, schemaMap, schemaProfiles } from './profiles.ts';
import { schemaTables } from './tables.ts';

let client: pg.Client;
beforeAll(async () => {
  client = new pg.Client({ connectionString: (await testDatabase()).url });
  await client.connect();
  for (const profile of schemaProfiles) await createSchema(client, profile, profile);
});
afterAll(() => client.end());

async function columnsOf(schema: string): Promise<Map<string, Map<string, string>>> {
  const { rows } = await client.query<{ t: string; c: string; type: string }>(
    `SELECT c.relname t, a.attname c, format_type(a.atttypid, a.atttypmod) type
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relkind = 'r' AND a.attnum > 0`,
    [schema],
  );
  const tables = new Map<string, Map<string, string>>();
  for (const { t, c, type } of rows) tables.set(t, (tables.get(t) ?? new Map()).set(c, type));
  return tables;
}

describe('the default profile', () => {
  it('has every table and column under its logical name, and needs no map', async () => {
    const tables = await columnsOf('default');
    expect([...tables.keys()].sort()).toEqual(Object.keys(schemaTables).sort());
    expect(tables.get('cfg_person')?.get('email_address')).toBe('character varying(255)');
    expect(tables.get('cfg_person')?.get('dbid')).toBe('numeric(10,0)');
    expect(schemaMap('default')).toEqual({});
  });
});

describe('the variant', () => {
  it('has integer numbers and padded names', async () => {
    const tables = await columnsOf('variant');
    expect(tables.get('cfg_skill')?.get('dbid')).toBe('integer');
    expect(tables.get('cfg_skill')?.get('name')).toBe('character(255)');
    expect(tables.get('cfg_flex_prop')?.get('prop_value')).toBe('character varying(255)');
  });

  it('leads from every logical name to one that exists, and keeps no assumed one', async () => {
    const tables = await columnsOf('variant');
    const map = schemaMap('variant');
    for (const [logical, { evidence, columns }] of Object.entries(schemaTables)) {
      const entry = map[logical];
      const table = tables.get(entry?.table ?? logical);
      expect(table, logical).toBeDefined();
      expect(entry?.table !== undefined, logical).toBe(evidence === 'assumed');
      for (const column of columns) {
        const renamed = entry?.columns?.[column.name];
        expect(renamed !== undefined, `${logical}.${column.name}`).toBe(column.evidence === 'assumed');
        expect(table?.has(renamed ?? column.name), `${logical}.${column.name}`).toBe(true);
      }
    }
  });
});

describe('the minimal profile', () => {
  it('has what has been seen and nothing else', async () => {
    const tables = await columnsOf('minimal');
    expect(tables.has('cfg_folder')).toBe(false);
    expect(tables.has('cfg_enumerator')).toBe(false);
    expect(tables.get('cfg_person')?.has('email_address')).toBe(false);
    expect(tables.get('cfg_flex_prop')?.has('part')).toBe(false);
    expect(tables.get('cfg_dn')?.has('state')).toBe(false);
    expect(schemaMap('minimal')).toEqual({});
  });
});

it.each(schemaProfiles)(
  '%s: captions name the numbers of queue types and states',
  async (profile: SchemaProfile) => {
    const { rows } = await client.query<{ lc_type: number; lc_subtype: number; lc_value: string }>(
      `SELECT lc_type, lc_subtype, lc_value FROM "${profile}".cfg_locale WHERE lcid = 1033`,
    );
    const caption = (type: number, value: number) =>
      rows.find((row) => row.lc_type === type && row.lc_subtype === value)?.lc_value;
    expect(caption(5, 5)).toBe('Virtual Queue');
    expect(caption(5, 22)).toBe('Routing Queue');
    expect(caption(0, 2)).toBe('Disabled');
  },
);

it('no table has a primary key in the annex, whose numbers repeat', () => {
  for (const profile of schemaProfiles) expect(profileShape(profile).tables.has('cfg_flex_prop')).toBe(true);
  expect(schemaTables.cfg_flex_prop.primaryKey).toBeUndefined();
});
