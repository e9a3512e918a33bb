/** Writes many rows of one table quickly: a column at a time as an array, thousands of rows a statement. */
import type { ClientBase } from 'pg';
import type { PhysicalTable } from '../schema/profiles.ts';

/** Rows in one statement: large enough to be fast, small enough to stay out of memory trouble. */
const ROWS_AT_ONCE = 10_000;

/** Column names of the rows are logical; what the table lacks is left out. Answers the number of rows written. */
export async function insertRows(
  client: ClientBase,
  schema: string,
  table: PhysicalTable,
  rows: Iterable<object>,
): Promise<number> {
  const all = Array.isArray(rows) ? (rows as readonly object[]) : [...rows];
  const [first] = all;
  if (first === undefined) return 0;
  const used = [...table.columns].filter(([logical]) => logical in first);
  const names = used.map(([, column]) => client.escapeIdentifier(column.name)).join(', ');
  const arrays = used.map(([, column], index) => `$${index + 1}::${elementType(column.type)}[]`).join(', ');
  const target = `${client.escapeIdentifier(schema)}.${client.escapeIdentifier(table.name)}`;
  const text = `INSERT INTO ${target} (${names}) SELECT * FROM unnest(${arrays})`;
  for (let start = 0; start < all.length; start += ROWS_AT_ONCE) {
    const part = all.slice(start, start + ROWS_AT_ONCE) as Record<string, unknown>[];
    await client.query(
      text,
      used.map(([logical]) => part.map((row) => row[logical] ?? null)),
    );
  }
  return all.length;
}

/** Padded and limited texts are given as plain text; the column itself pads and limits them. */
function elementType(columnType: string): string {
  return columnType.includes('char') ? 'text' : columnType;
}
