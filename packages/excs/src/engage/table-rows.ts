/** Counts the rows of every table that is read: a table that had rows and has none is a sign of a broken read. */
import type { Transaction } from './config-db.ts';
import type { Schema } from './schema.ts';
import { configDbTables, type TableName } from './schema-map.ts';
import { objectType } from './snapshot.ts';

const annexTypes = { person: objectType.person, group: objectType.agentGroup } as const;

/** Logical table name → rows in the whole table; the annex by the object types that are read. */
export async function tableRowCounts(
  transaction: Transaction,
  schema: Schema,
): Promise<ReadonlyMap<string, number>> {
  const names = (Object.keys(configDbTables) as TableName[]).filter(
    (name) => name !== 'cfg_locale' && name !== 'cfg_flex_prop' && schema.has(name),
  );
  const [counts] = await transaction.rows(
    `SELECT ${names.map((name) => `(SELECT count(*) FROM ${schema.table(name)})`).join(', ')}`,
  );
  const rows = new Map<string, number>(names.map((name, index) => [name, Number(counts?.[index] ?? 0)]));
  const type = schema.column('cfg_flex_prop', 'object_type');
  const byType = await transaction.rows(
    `SELECT ${type}, count(*) FROM ${schema.table('cfg_flex_prop')} WHERE ${type} = ANY($1::int[]) GROUP BY ${type}`,
    [Object.values(annexTypes)],
  );
  for (const [name, number] of Object.entries(annexTypes)) {
    const found = byType.find((row) => Number(row[0]) === number);
    rows.set(`cfg_flex_prop (${name})`, Number(found?.[1] ?? 0));
  }
  return rows;
}

/** Tables that had rows in the last good read and have none now. */
export function emptiedTables(
  before: ReadonlyMap<string, number>,
  now: ReadonlyMap<string, number>,
): readonly string[] {
  return [...before].filter(([name, rows]) => rows > 0 && (now.get(name) ?? 0) === 0).map(([name]) => name);
}
