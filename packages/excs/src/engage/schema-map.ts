/** The tables and columns of the Config DB that are read, under names that a site can override. */
import { z } from 'zod';
import { personTextColumns } from './person-texts.ts';

// Nothing publishes the physical schema, so each name is only a default (see docs/reference/config-db.md). The
// default names serve as the logical names of the schema map.

type Need = 'required' | 'optional';

interface TableDefinition {
  readonly need: Need;
  readonly columns: Readonly<Record<string, Need>>;
}

function table<const C extends Readonly<Record<string, Need>>>(need: Need, columns: C) {
  return { need, columns };
}

/** Every name that EXCS reads. A password column is never among them. */
export const configDbTables = {
  cfg_tenant: table('required', { dbid: 'required', name: 'required' }),
  cfg_person: table('required', {
    dbid: 'required',
    tenant_dbid: 'required',
    ...personTextColumns,
    is_agent: 'required',
    state: 'required',
  }),
  cfg_skill: table('required', {
    dbid: 'required',
    tenant_dbid: 'required',
    name: 'required',
    state: 'required',
  }),
  cfg_skill_level: table('required', {
    person_dbid: 'required',
    skill_dbid: 'required',
    level_: 'required',
  }),
  cfg_switch: table('required', {
    dbid: 'required',
    tenant_dbid: 'required',
    name: 'required',
    state: 'required',
  }),
  cfg_dn: table('required', {
    dbid: 'required',
    switch_dbid: 'required',
    number_: 'required',
    name: 'required',
    type: 'required',
    state: 'optional',
  }),
  cfg_group: table('required', {
    dbid: 'required',
    tenant_dbid: 'required',
    group_type: 'required',
    name: 'required',
    state: 'required',
  }),
  cfg_agent_group: table('required', { group_dbid: 'required', agent_dbid: 'required' }),
  cfg_agent_login: table('optional', {
    dbid: 'required',
    login_code: 'required',
    switch_dbid: 'required',
    state: 'optional',
  }),
  cfg_login_info: table('optional', { person_dbid: 'required', agent_login_dbid: 'required' }),
  cfg_flex_prop: table('required', {
    dbid: 'required',
    object_dbid: 'required',
    object_type: 'required',
    parent_dbid: 'required',
    prop_name: 'required',
    prop_value: 'required',
    part: 'optional',
  }),
  cfg_enumerator: table('optional', {
    dbid: 'required',
    tenant_dbid: 'required',
    name: 'required',
    state: 'optional',
  }),
  cfg_enumerator_value: table('optional', {
    dbid: 'required',
    enumerator_dbid: 'required',
    name: 'required',
    display_name: 'optional',
    state: 'optional',
  }),
  cfg_transaction: table('optional', {
    dbid: 'required',
    tenant_dbid: 'required',
    name: 'required',
    type: 'required',
    state: 'optional',
  }),
  cfg_folder: table('optional', {
    dbid: 'required',
    name: 'required',
    type: 'required',
    owner_type: 'required',
    owner_dbid: 'required',
    parent_type: 'required',
    parent_dbid: 'required',
  }),
  cfg_folder_item: table('optional', {
    folder_dbid: 'required',
    object_type: 'required',
    object_dbid: 'required',
  }),
  cfg_locale: table('optional', { lc_type: 'required', lc_subtype: 'required', lc_value: 'required' }),
} as const satisfies Record<string, TableDefinition>;

export type TableName = keyof typeof configDbTables;
export type ColumnName<T extends TableName> = keyof (typeof configDbTables)[T]['columns'] & string;

const tableOverride = z.strictObject({
  /** Physical name; the logical one if absent. */
  table: z.string().min(1).optional(),
  /** Logical column name → physical one. */
  columns: z.record(z.string(), z.string().min(1)).optional(),
});

/** Content of `CONFIG_DB_SCHEMA_MAP`. */
export const schemaMapFileSchema = z.strictObject({
  tables: z.record(z.string(), tableOverride).default({}),
  /** `group_type` of agent groups; found from the data if absent. */
  agentGroupType: z.number().int().optional(),
  /** Code page of a database that stores bytes (SQL_ASCII), for example `windows-1252`. */
  textEncoding: z.string().default('utf-8'),
  virtualGroups: z
    .strictObject({
      /** What `Skill(x)` is for an agent without the skill: no comparison holds, or the level 0. */
      missingSkill: z.enum(['no-match', 'zero']).default('no-match'),
      /** Whether an agent counts as member when only `LoggedIn` could tell. */
      unknownLogin: z.enum(['member', 'no-member']).default('member'),
    })
    .default({ missingSkill: 'no-match', unknownLogin: 'member' }),
});

export type SchemaMap = z.output<typeof schemaMapFileSchema>;

export const defaultSchemaMap: SchemaMap = schemaMapFileSchema.parse({});

export type ParsedSchemaMap =
  | {
      readonly map: SchemaMap;
      /** Names that EXCS does not read: harmless, but perhaps misspelt. */
      readonly unused: readonly string[];
    }
  | { readonly problem: string };

/** Reads the text of the schema map file. */
export function parseSchemaMap(text: string): ParsedSchemaMap {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { problem: 'is not JSON' };
  }
  const parsed = schemaMapFileSchema.safeParse(json);
  if (!parsed.success)
    return {
      problem: parsed.error.issues.map((i) => `${i.path.join('.') || 'file'}: ${i.message}`).join('; '),
    };
  if (!isEncoding(parsed.data.textEncoding))
    return { problem: `textEncoding: "${parsed.data.textEncoding}" is not a known code page` };
  return { map: parsed.data, unused: unusedNames(parsed.data) };
}

function unusedNames(map: SchemaMap): string[] {
  const unused: string[] = [];
  for (const [name, { columns }] of Object.entries(map.tables)) {
    const known: TableDefinition | undefined = Object.hasOwn(configDbTables, name)
      ? configDbTables[name as TableName]
      : undefined;
    if (known === undefined) unused.push(name);
    else
      for (const column of Object.keys(columns ?? {}))
        if (!Object.hasOwn(known.columns, column)) unused.push(`${name}.${column}`);
  }
  return unused;
}

function isEncoding(label: string): boolean {
  try {
    return new TextDecoder(label).encoding !== '';
  } catch {
    return false;
  }
}
