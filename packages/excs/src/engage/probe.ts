/** Tells cheaply whether anything that is read may have changed since a read. */
import type { Transaction } from './config-db.ts';
import type { Schema } from './schema.ts';
import { configDbTables, type TableName } from './schema-map.ts';

/** What a read leaves behind for later probes. */
export interface ReadMark {
  /** PostgreSQL's snapshot of the read, as text `xmin:xmax:running`. */
  readonly snapshot: string;
  /** Rows per table, in the order of `tablesOf`. */
  readonly rows: readonly number[];
}

export type ProbeResult =
  /** No transaction of the whole server has ended since the read. */
  | 'quiet'
  /** Others wrote, but none of the tables that are read. */
  | 'unconcerned'
  | 'changed'
  /** The cheap question cannot be answered here, for example because a table is a view. */
  | 'unknown';

export interface Probe {
  readonly result: ProbeResult;
  /** What later probes compare with: where nothing that is read has changed, this moment is as good as the read's. */
  readonly mark: ReadMark;
}

/** To be called in the transaction of the read. */
export async function takeMark(transaction: Transaction, schema: Schema): Promise<ReadMark> {
  const [snapshot] = await transaction.rows('SELECT txid_current_snapshot()::text');
  const tables = tablesOf(schema);
  const [rows] = await transaction.rows(
    `SELECT ${tables.map((name) => `(SELECT count(*) FROM ${schema.table(name)})`).join(', ')}`,
  );
  return { snapshot: snapshot?.[0] ?? '', rows: tables.map((_, index) => Number(rows?.[index] ?? -1)) };
}

/**
 * Two equal snapshots see the same data, whatever happened. Otherwise a row that was written since has a writer
 * that the snapshot of the read did not count among the finished ones; a deletion shows in the number of rows.
 */
export async function probe(transaction: Transaction, schema: Schema, mark: ReadMark): Promise<Probe> {
  const [snapshot] = await transaction.rows('SELECT txid_current_snapshot()::text');
  if (snapshot?.[0] === mark.snapshot) return { result: 'quiet', mark };
  const tables = tablesOf(schema);
  // Row versions carry the low 32 bits of the number of their writer.
  const since = BigInt(mark.snapshot.split(':', 1)[0] || '0') % 4_294_967_296n;
  const counts = tables.map(
    (name) =>
      `(SELECT count(*) || ':' || count(*) FILTER (WHERE age(t.xmin) <= age($1::text::xid)) ` +
      `FROM ${schema.table(name)} t)`,
  );
  const [row] = await transaction.rows(`SELECT ${counts.join(', ')}`, [String(since)]);
  const unconcerned = tables.every((_, index) => row?.[index] === `${mark.rows[index] ?? -1}:0`);
  return unconcerned
    ? { result: 'unconcerned', mark: { ...mark, snapshot: snapshot?.[0] ?? '' } }
    : { result: 'changed', mark };
}

function tablesOf(schema: Schema): TableName[] {
  return (Object.keys(configDbTables) as TableName[]).filter(
    (name) => name !== 'cfg_locale' && schema.has(name),
  );
}
