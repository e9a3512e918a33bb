/** Puts a contact centre into a database, and carries changes after it. */
import type { ClientBase } from 'pg';
import type { ContactCentre } from '../contact-centre.ts';
import type { RowStatement } from '../model/row-store.ts';
import { type FlexPropRow, tableNames } from '../model/rows.ts';
import { defaultSchema } from '../schema/create-schema.ts';
import {
  type PhysicalTable,
  type ProfileShape,
  profileShape,
  type SchemaProfile,
} from '../schema/profiles.ts';
import { insertRows } from './insert-rows.ts';

export interface Place {
  /** Shape in which the schema was created. Default `default`. */
  readonly profile?: SchemaProfile;
  /** Default `public`. */
  readonly schema?: string;
}

/** Writes all rows in one transaction and answers their number. The tables exist and are empty. */
export async function load(client: ClientBase, centre: ContactCentre, place: Place = {}): Promise<number> {
  const shape = profileShape(place.profile ?? 'default');
  let written = 0;
  await client.query('BEGIN');
  try {
    for (const name of tableNames) {
      const table = shape.tables.get(name);
      if (table === undefined) continue;
      const rows = centre.store.rows(name);
      written += await insertRows(
        client,
        place.schema ?? defaultSchema,
        table,
        name === 'cfg_flex_prop'
          ? [...(rows as Iterable<FlexPropRow>)].map((row) => asWritten(row, shape))
          : rows,
      );
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
  await client.query('ANALYZE');
  return written;
}

export interface WriteOptions extends Place {
  /** Whether a reader sees all of it at once, or, as some servers do it, one row after the other. Default `together`. */
  readonly commit?: 'together' | 'row by row';
}

/** Carries out the row statements of changes. Those on tables that the profile lacks change nothing there. */
export async function writeChanges(
  client: ClientBase,
  statements: readonly RowStatement[],
  options: WriteOptions = {},
): Promise<void> {
  const shape = profileShape(options.profile ?? 'default');
  const together = options.commit !== 'row by row';
  if (together) await client.query('BEGIN');
  try {
    for (const statement of statements)
      await writeOne(client, statement, options.schema ?? defaultSchema, shape);
    if (together) await client.query('COMMIT');
  } catch (error) {
    if (together) await client.query('ROLLBACK');
    throw error;
  }
}

async function writeOne(
  client: ClientBase,
  statement: RowStatement,
  schema: string,
  shape: ProfileShape,
): Promise<void> {
  const table = shape.tables.get(statement.table);
  if (table === undefined) return;
  const target = `${client.escapeIdentifier(schema)}.${client.escapeIdentifier(table.name)}`;
  if (statement.kind === 'insert') {
    const row = statement.table === 'cfg_flex_prop' ? asWritten(statement.row, shape) : statement.row;
    await insertRows(client, schema, table, [row]);
    return;
  }
  const values: unknown[] = [];
  const terms = (part: object, separator: string): string =>
    known(part, table)
      .map(([column, value]) => {
        values.push(value);
        return `${client.escapeIdentifier(column)} = $${values.length}`;
      })
      .join(separator);
  if (statement.kind === 'delete') {
    const key =
      statement.table === 'cfg_flex_prop' && statement.key.part !== undefined
        ? { ...statement.key, part: statement.key.part + shape.firstPart }
        : statement.key;
    await client.query(`DELETE FROM ${target} WHERE ${terms(key, ' AND ')}`, values);
    return;
  }
  const changes = terms(statement.changes, ', ');
  // A change of columns that the profile lacks is no change there.
  if (changes === '') return;
  await client.query(`UPDATE ${target} SET ${changes} WHERE ${terms(statement.key, ' AND ')}`, values);
}

/** Physical column names with values, of those logical ones that the table has. */
function known(part: object, table: PhysicalTable): [string, unknown][] {
  return Object.entries(part).flatMap(([logical, value]) => {
    const column = table.columns.get(logical);
    return column === undefined ? [] : [[column.name, value] as [string, unknown]];
  });
}

/** How this shape writes the root of an annex and counts the parts of a long value. */
function asWritten(row: Readonly<FlexPropRow>, shape: ProfileShape): object {
  return {
    ...row,
    parent_dbid: row.parent_dbid === 0 ? shape.rootParent : row.parent_dbid,
    part: row.part + shape.firstPart,
  };
}
