/** All rows of a Config DB in memory, and the statements that change them when they are recorded. */
import { type FlexPropRow, keyColumns, type RowOf, type TableName, tableNames } from './rows.ts';

/** One change of one row, as the server writes it; names are logical. */
export type RowStatement = {
  [T in TableName]:
    | { readonly kind: 'insert'; readonly table: T; readonly row: Readonly<RowOf[T]> }
    | {
        readonly kind: 'update';
        readonly table: T;
        readonly key: Partial<RowOf[T]>;
        readonly changes: Partial<RowOf[T]>;
      }
    | { readonly kind: 'delete'; readonly table: T; readonly key: Partial<RowOf[T]> };
}[TableName];

/** Numbers are counted per object type; annex rows have a count of their own. */
type Counter = number | 'annex' | 'place';

/** Lowest number of objects that a site has made itself. */
const FIRST_DBID = 101;

export class RowStore {
  readonly #tables: { readonly [T in TableName]: Map<string, RowOf[T]> };
  readonly #annex = new Map<string, FlexPropRow[]>();
  readonly #counters = new Map<Counter, number>();
  #recorded: RowStatement[] | undefined;

  constructor() {
    this.#tables = Object.fromEntries(tableNames.map((table) => [table, new Map()])) as unknown as {
      readonly [T in TableName]: Map<string, RowOf[T]>;
    };
  }

  /** A number never used before in this count; DBIDs are not used again after an object is deleted. */
  nextDbid(counter: Counter): number {
    const dbid = this.#counters.get(counter) ?? FIRST_DBID;
    this.#counters.set(counter, dbid + 1);
    return dbid;
  }

  rows<T extends TableName>(table: T): Iterable<Readonly<RowOf[T]>> {
    return this.#tables[table].values();
  }

  count(table: TableName): number {
    return this.#tables[table].size;
  }

  /** The row with this key, or undefined. */
  find<T extends TableName>(table: T, key: Partial<RowOf[T]>): Readonly<RowOf[T]> | undefined {
    return this.#tables[table].get(keyOf(table, key));
  }

  annexOf(type: number, object: number): readonly FlexPropRow[] {
    return this.#annex.get(`${type}:${object}`) ?? [];
  }

  /** @throws Error when there is a row with this key. */
  insert<T extends TableName>(table: T, row: RowOf[T]): void {
    const key = keyOf(table, row);
    if (this.#tables[table].has(key)) throw new Error(`${table} has a row ${key} already`);
    this.#tables[table].set(key, row);
    if (table === 'cfg_flex_prop') {
      const prop = row as FlexPropRow;
      const object = `${prop.object_type}:${prop.object_dbid}`;
      const rows = this.#annex.get(object);
      if (rows === undefined) this.#annex.set(object, [prop]);
      else rows.push(prop);
    }
    this.#recorded?.push({ kind: 'insert', table, row: { ...row } } as unknown as RowStatement);
  }

  /** @throws Error when there is no row with this key. */
  update<T extends TableName>(table: T, key: Partial<RowOf[T]>, changes: Partial<RowOf[T]>): void {
    const row = this.#tables[table].get(keyOf(table, key));
    if (row === undefined) throw new Error(`${table} has no row ${keyOf(table, key)}`);
    Object.assign(row, changes);
    this.#recorded?.push({
      kind: 'update',
      table,
      key: onlyKey(table, key),
      changes,
    } as unknown as RowStatement);
  }

  /** Harmless when there is no such row. */
  remove<T extends TableName>(table: T, key: Partial<RowOf[T]>): void {
    const id = keyOf(table, key);
    const row = this.#tables[table].get(id);
    if (row === undefined) return;
    this.#tables[table].delete(id);
    if (table === 'cfg_flex_prop') {
      const prop = row as FlexPropRow;
      const rows = this.#annex.get(`${prop.object_type}:${prop.object_dbid}`) ?? [];
      rows.splice(rows.indexOf(prop), 1);
    }
    this.#recorded?.push({ kind: 'delete', table, key: onlyKey(table, key) } as unknown as RowStatement);
  }

  /** Does the work and answers the statements for all it changed, in order. */
  record(work: () => void): RowStatement[] {
    if (this.#recorded !== undefined) throw new Error('changes are being recorded already');
    const recorded: RowStatement[] = [];
    this.#recorded = recorded;
    try {
      work();
    } finally {
      this.#recorded = undefined;
    }
    return recorded;
  }
}

function keyOf(table: TableName, row: object): string {
  return keyColumns[table].map((column) => String((row as Record<string, unknown>)[column])).join(':');
}

function onlyKey(table: TableName, row: object): object {
  return Object.fromEntries(
    keyColumns[table].map((column) => [column, (row as Record<string, unknown>)[column]]),
  );
}
