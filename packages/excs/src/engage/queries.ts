/** SELECTs over the schema map: only named columns, each with how its cell is to be read. */
import type { Schema } from './schema.ts';
import type { ColumnName, TableName } from './schema-map.ts';

export interface Query {
  /** Everything from FROM on, shared by the read and by the count that proves it complete. */
  readonly from: string;
  readonly columns: readonly string[];
  readonly values: readonly unknown[];
}

/** Several rows come as one; `groupBy` is the column they share. */
export interface GroupedQuery extends Query {
  readonly groupBy: string;
}

/** Writes column expressions; text comes as bytes when the server does not know its encoding. */
export class Select {
  readonly schema: Schema;
  readonly #bytes: boolean;

  constructor(schema: Schema, textAsBytes: boolean) {
    this.schema = schema;
    this.#bytes = textAsBytes;
  }

  /** A column as it is: IDs, flags, numbers. NULL when an optional column is not there. */
  column<T extends TableName>(table: T, column: ColumnName<T>, alias = 't'): string {
    return this.schema.hasColumn(table, column) ? this.schema.column(table, column, alias) : 'NULL';
  }

  text<T extends TableName>(table: T, column: ColumnName<T>, alias = 't'): string {
    const plain = this.column(table, column, alias);
    if (plain === 'NULL') return 'NULL';
    return this.#bytes ? `convert_to(${plain}::text, 'SQL_ASCII')` : plain;
  }

  from(table: TableName, alias = 't'): string {
    return `${this.schema.table(table)} ${alias}`;
  }
}

export function readSql(query: Query): string {
  return `SELECT ${query.columns.join(', ')} FROM ${query.from}`;
}

export function countSql(query: Query): string {
  return `SELECT count(*) FROM ${query.from}`;
}
