/** Tells cheaply whether anything that is read may have changed since a read. */
import type { Transaction } from './config-db.ts';
import type { Schema } from './schema.ts';
import { type ColumnName, configDbTables, type TableName } from './schema-map.ts';
import { objectType } from './snapshot.ts';

/** What a read leaves behind for later probes. */
export interface ReadMark {
  /** PostgreSQL's snapshot of the read, as text `xmin:xmax:running`. */
  readonly snapshot: string;
  /** Rows of the tenant per table, in the order of `tablesOf`. */
  readonly rows: readonly number[];
}

export type ProbeResult =
  /** No transaction of the whole server has ended since the read. */
  | 'quiet'
  /** Others wrote, but no row of the tenant in the tables that are read. */
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
export async function takeMark(transaction: Transaction, schema: Schema, tenant: number): Promise<ReadMark> {
  const [snapshot] = await transaction.rows('SELECT txid_current_snapshot()::text');
  const tables = tablesOf(schema);
  const counts = tables.map((name) => `(SELECT count(*) ${ofTenant(schema, name)})`);
  const [rows] = await transaction.rows(`SELECT ${counts.join(', ')}`, [tenant]);
  return { snapshot: snapshot?.[0] ?? '', rows: tables.map((_, index) => Number(rows?.[index] ?? -1)) };
}

/**
 * Two equal snapshots see the same data, whatever happened. Otherwise a row that was written since has a writer
 * that the snapshot of the read did not count among the finished ones; a deletion shows in the number of rows.
 */
export async function probe(
  transaction: Transaction,
  schema: Schema,
  mark: ReadMark,
  tenant: number,
): Promise<Probe> {
  const [snapshot] = await transaction.rows('SELECT txid_current_snapshot()::text');
  if (snapshot?.[0] === mark.snapshot) return { result: 'quiet', mark };
  const tables = tablesOf(schema);
  // Row versions carry the low 32 bits of the number of their writer.
  const since = BigInt(mark.snapshot.split(':', 1)[0] || '0') % 4_294_967_296n;
  const counts = tables.map(
    (name) =>
      `(SELECT count(*) || ':' || count(*) FILTER (WHERE age(t.xmin) <= age($2::text::xid)) ` +
      `${ofTenant(schema, name)})`,
  );
  const [row] = await transaction.rows(`SELECT ${counts.join(', ')}`, [tenant, String(since)]);
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

/** `FROM … WHERE …`: the rows of a table that belong to the tenant `$1`; of shared tables all rows. */
function ofTenant(schema: Schema, name: TableName): string {
  const from = `FROM ${schema.table(name)} t`;
  const condition = tenantCondition(schema, name);
  return condition === undefined ? from : `${from} WHERE ${condition}`;
}

function tenantCondition(schema: Schema, name: TableName): string | undefined {
  /** The objects of a table of the tenant, by their DBIDs. */
  const owned = <T extends 'cfg_person' | 'cfg_group' | 'cfg_switch' | 'cfg_transaction' | 'cfg_enumerator'>(
    table: T,
  ) =>
    `(SELECT ${schema.column(table, 'dbid' as ColumnName<T>, 'o')} FROM ${schema.table(table)} o ` +
    `WHERE ${schema.column(table, 'tenant_dbid' as ColumnName<T>, 'o')} = $1)`;
  switch (name) {
    case 'cfg_tenant':
      return `${schema.column(name, 'dbid', 't')} = $1`;
    case 'cfg_person':
    case 'cfg_skill':
    case 'cfg_switch':
    case 'cfg_group':
    case 'cfg_enumerator':
    case 'cfg_transaction':
      return `${schema.column(name, 'tenant_dbid', 't')} = $1`;
    case 'cfg_skill_level':
    case 'cfg_login_info':
      return `${schema.column(name, 'person_dbid', 't')} IN ${owned('cfg_person')}`;
    case 'cfg_dn':
    case 'cfg_agent_login':
      return `${schema.column(name, 'switch_dbid', 't')} IN ${owned('cfg_switch')}`;
    case 'cfg_agent_group':
      return `${schema.column(name, 'group_dbid', 't')} IN ${owned('cfg_group')}`;
    case 'cfg_enumerator_value':
      return schema.has('cfg_enumerator')
        ? `${schema.column(name, 'enumerator_dbid', 't')} IN ${owned('cfg_enumerator')}`
        : undefined;
    case 'cfg_flex_prop': {
      const type = schema.column(name, 'object_type', 't');
      const object = schema.column(name, 'object_dbid', 't');
      const annexes = [
        `(${type} = ${objectType.person} AND ${object} IN ${owned('cfg_person')})`,
        `(${type} = ${objectType.agentGroup} AND ${object} IN ${owned('cfg_group')})`,
      ];
      if (schema.has('cfg_transaction'))
        annexes.push(`(${type} = ${objectType.transaction} AND ${object} IN ${owned('cfg_transaction')})`);
      return `(${annexes.join(' OR ')})`;
    }
    case 'cfg_folder':
    case 'cfg_folder_item':
    case 'cfg_locale':
      return undefined;
  }
}
