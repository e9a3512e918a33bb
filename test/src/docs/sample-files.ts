/** JSON Schemas of the files that an operator may write, and the sample of the schema map with every name that is read. */
import { sitesFileSchema } from '@exec/common/config';
import { redisAccessFile } from '@exec/common/redis';
import { reasonMapSchema, stateMapSchema } from '@exec/exas';
import { configDbTables, defaultSchemaMap, grantsScript, schemaMapFileSchema } from '@exec/excs';
import { z } from 'zod';

const place = '../../packages/exop/samples';

const schemas = {
  states: { schema: stateMapSchema, title: 'STATE_MAP_FILE: what an agent state of Engage becomes' },
  reasons: { schema: reasonMapSchema, title: 'REASON_MAP_FILE: reason names of the site and their presence' },
  sites: { schema: sitesFileSchema, title: 'SITES_FILE: switches and their SIP Servers' },
  'schema-map': {
    schema: schemaMapFileSchema,
    title: 'CONFIG_DB_SCHEMA_MAP: tables and columns of the Config DB',
  },
} as const satisfies Readonly<Record<string, { readonly schema: z.ZodType; readonly title: string }>>;

/** By their place below the reference pages. */
export function sampleFiles(): readonly (readonly [string, string])[] {
  return [
    ...Object.entries(schemas).map(([name, { schema, title }]): [string, string] => [
      `${place}/schemas/${name}.schema.json`,
      json({ title, ...z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) }),
    ]),
    [`${place}/schema-map.json`, json(completeSchemaMap())],
    [`${place}/redis.acl`, redisAccessFile('exec:{ORG_ID.TENANT_ID}:v1')],
    [`${place}/grants.sql`, grantsScript({ map: defaultSchemaMap, user: 'exec_reader', schema: 'public' })],
  ];
}

/** Every table and column under its own name: a site changes what differs and may delete the rest. */
function completeSchemaMap(): object {
  const tables = Object.entries(configDbTables).map(([table, { columns }]) => [
    table,
    { table, columns: Object.fromEntries(Object.keys(columns).map((column) => [column, column])) },
  ]);
  return { tables: Object.fromEntries(tables), textEncoding: 'utf-8' };
}

function json(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
