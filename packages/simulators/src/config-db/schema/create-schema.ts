/** Creates the tables of a profile in a database, with the captions of the enumerations. */
import type { ClientBase } from 'pg';
import { insertRows } from '../load/insert-rows.ts';
import { localeRows } from './captions.ts';
import { profileShape, type SchemaProfile } from './profiles.ts';
import { type SchemaTableName, schemaTables } from './tables.ts';

/** Name of the schema when the caller names none. */
export const defaultSchema = 'public';

/** Creates schema and tables. @throws Error of the database, for instance when the tables exist. */
export async function createSchema(
  client: ClientBase,
  profile: SchemaProfile = 'default',
  schema: string = defaultSchema,
): Promise<void> {
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${quoted(schema)}`);
  for (const statement of schemaStatements(profile, schema)) await client.query(statement);
  const locale = profileShape(profile).tables.get('cfg_locale');
  if (locale === undefined) throw new Error('every profile has captions');
  await insertRows(client, schema, locale, localeRows);
}

/** The DDL of a profile, one statement each. */
export function schemaStatements(profile: SchemaProfile, schema: string): string[] {
  const statements: string[] = [];
  for (const [logical, { name, columns }] of profileShape(profile).tables) {
    const { primaryKey, indexes = [] } = schemaTables[logical as SchemaTableName];
    const physical = (column: string): string => quoted(columns.get(column)?.name ?? column);
    const lines = [...columns.values()].map(
      (column) => `${quoted(column.name)} ${column.type}${column.required ? ' NOT NULL' : ''}`,
    );
    if (primaryKey !== undefined) lines.push(`PRIMARY KEY (${primaryKey.map(physical).join(', ')})`);
    const table = `${quoted(schema)}.${quoted(name)}`;
    statements.push(`CREATE TABLE ${table} (\n  ${lines.join(',\n  ')}\n)`);
    for (const index of indexes)
      statements.push(`CREATE INDEX ON ${table} (${index.map(physical).join(', ')})`);
  }
  return statements;
}

function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}
