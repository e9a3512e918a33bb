/** The schema as it was found: which tables and columns are there, under their physical, quoted names. */
import { ExecError } from '@exec/common/errors';
import { type ColumnName, configDbTables, type SchemaMap, type TableName } from './schema-map.ts';

/** Physical table name → its physical column names with their types, as `information_schema` lists them. */
export type FoundColumns = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Types whose values are short, whatever somebody writes. */
const shortTypes: ReadonlySet<string> = new Set([
  'smallint',
  'integer',
  'bigint',
  'numeric',
  'real',
  'double precision',
  'boolean',
  'uuid',
]);

export class Schema {
  readonly #owner: string;
  readonly #map: SchemaMap;
  readonly #found: FoundColumns;
  /** What is not there although optional parts of the product need it. */
  readonly absent: readonly string[];

  /**
   * Compares the names that are needed with those that exist.
   *
   * @throws ExecError `engage.schema-mismatch` that names every missing table and column and how to map it
   */
  constructor(owner: string, map: SchemaMap, found: FoundColumns) {
    this.#owner = owner;
    this.#map = map;
    this.#found = found;
    const missing: string[] = [];
    const absent: string[] = [];
    for (const name of Object.keys(configDbTables) as TableName[]) {
      const { need, columns } = configDbTables[name];
      const physical = this.#physical(name);
      const list = need === 'required' ? missing : absent;
      const existing = found.get(physical);
      if (existing === undefined) {
        list.push(`table ${name} (tried "${owner}"."${physical}")`);
        continue;
      }
      for (const [column, columnNeed] of Object.entries(columns)) {
        const tried = this.#physicalColumn(name, column);
        if (existing.has(tried)) continue;
        (columnNeed === 'required' ? list : absent).push(
          `column ${name}.${column} (tried "${physical}"."${tried}")`,
        );
      }
    }
    this.absent = absent;
    if (missing.length > 0)
      throw new ExecError(
        'engage.schema-mismatch',
        `The Config DB lacks ${missing.join(', ')}. Give the real names in CONFIG_DB_SCHEMA_MAP, e.g. ` +
          '{"tables":{"cfg_person":{"table":"<table>","columns":{"employee_id":"<column>"}}}}, or correct ' +
          'CONFIG_DB_SCHEMA or the privileges of the account.',
      );
  }

  /** Whether the table with all its required columns is there. */
  has(name: TableName): boolean {
    const existing = this.#found.get(this.#physical(name));
    if (existing === undefined) return false;
    return Object.entries(configDbTables[name].columns).every(
      ([column, need]) => need === 'optional' || existing.has(this.#physicalColumn(name, column)),
    );
  }

  hasColumn<T extends TableName>(name: T, column: ColumnName<T>): boolean {
    return this.#found.get(this.#physical(name))?.has(this.#physicalColumn(name, column)) ?? false;
  }

  /** Whether a value of the column may be long: anything may stand in a text. */
  isLong<T extends TableName>(name: T, column: ColumnName<T>): boolean {
    const type = this.#found.get(this.#physical(name))?.get(this.#physicalColumn(name, column));
    return type !== undefined && !shortTypes.has(type);
  }

  /** Quoted, with its schema. */
  table(name: TableName): string {
    return `${quote(this.#owner)}.${quote(this.#physical(name))}`;
  }

  /** Quoted; of a table alias if one is given. */
  column<T extends TableName>(name: T, column: ColumnName<T>, alias?: string): string {
    const quoted = quote(this.#physicalColumn(name, column));
    return alias === undefined ? quoted : `${alias}.${quoted}`;
  }

  #physical(name: TableName): string {
    return this.#map.tables[name]?.table ?? name;
  }

  #physicalColumn(name: TableName, column: string): string {
    return this.#map.tables[name]?.columns?.[column] ?? column;
  }
}

function quote(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}
