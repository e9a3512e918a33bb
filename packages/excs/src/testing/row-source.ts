/**
 * A Config DB made of lists: answers the queries of a read with rows by table and column, so that thousands of reads cost
 * milliseconds. Conditions are not looked at, but for the object type of an annex: what must not be read is not put in.
 */
import type { Transaction } from '../engage/config-db.ts';
import { Schema } from '../engage/schema.ts';
import { configDbTables, defaultSchemaMap, type TableName } from '../engage/schema-map.ts';

/** A value as the server sends it; null for a text that it left out as too long. */
export type Cell = string | null;
export type Row = Record<string, Cell>;
export type Rows = { [T in TableName]?: Row[] };

/** Every table with every column, as texts. */
export function wholeSchema(): Schema {
  const found = Object.entries(configDbTables).map(
    ([name, { columns }]) => [name, new Map(Object.keys(columns).map((column) => [column, 'text']))] as const,
  );
  return new Schema('public', defaultSchemaMap, new Map(found));
}

export function rowSource(rows: Rows): Transaction {
  const of = (sql: string, values: readonly unknown[]): { table: string; found: readonly Row[] } => {
    const table = /FROM "public"\."(\w+)"/.exec(sql)?.[1] ?? '';
    const all = rows[table as TableName] ?? [];
    const isAnnex = table === 'cfg_flex_prop';
    return { table, found: isAnnex ? all.filter((row) => row.object_type === String(values[0])) : all };
  };
  return {
    attempt: async () => undefined,
    async rows(sql, values = []) {
      if (sql.startsWith('SELECT count(*) FROM')) return [[String(of(sql, values).found.length)]];
      // Encoding, rows per table, kinds of groups: nothing that the rows say.
      return [];
    },
    async scan(sql, values, onRow) {
      const { table, found } = of(sql, values);
      const columns = columnsOf(sql);
      const sent =
        table === 'cfg_skill_level' ? levelsByPerson(found) : found.map((row) => cellsOf(row, columns));
      for (const row of sent) onRow(row);
      return sent.length;
    },
  };
}

/** The column that each expression of a SELECT is about: the last one it names. */
function columnsOf(sql: string): string[] {
  const list = sql.slice('SELECT '.length, sql.indexOf(' FROM '));
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at <= list.length; at++) {
    if (list[at] === '(') depth++;
    if (list[at] === ')') depth--;
    if (at === list.length || (list[at] === ',' && depth === 0)) {
      parts.push(list.slice(start, at));
      start = at + 1;
    }
  }
  return parts.map((part) => [...part.matchAll(/"(\w+)"/g)].at(-1)?.[1] ?? '');
}

function cellsOf(row: Row, columns: readonly string[]): Cell[] {
  return columns.map((column) => row[column] ?? null);
}

/** As the server groups them: skill and level alternating, and the number of rows. */
function levelsByPerson(rows: readonly Row[]): Cell[][] {
  const byPerson = Map.groupBy(rows, (row) => row.person_dbid ?? null);
  return [...byPerson].map(([person, list]) => [
    person,
    list.map((row) => `${row.skill_dbid ?? '?'} ${row.level_ ?? '?'}`).join(' '),
    String(list.length),
  ]);
}
