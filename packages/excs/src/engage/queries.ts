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

/** Bytes of a name that are read at most; the columns of Engage hold 255 characters. */
const nameBytes = 1024;
/** The same of a number that stands in a text column. */
const numberCharacters = 40;

/**
 * Writes column expressions; text comes as bytes when the server does not know its encoding. The server sends no text
 * beyond a bound: a NULL in its place tells so, since a NULL of the table comes as an empty text.
 */
export class Select {
  readonly schema: Schema;
  readonly #bytes: boolean;

  constructor(schema: Schema, textAsBytes: boolean) {
    this.schema = schema;
    this.#bytes = textAsBytes;
  }

  /** IDs, flags, numbers, to be read. NULL when an optional column is not there. */
  number<T extends TableName>(table: T, column: ColumnName<T>, alias = 't'): string {
    const plain = this.column(table, column, alias);
    return plain !== 'NULL' && this.schema.isLong(table, column)
      ? `left(${plain}::text, ${numberCharacters})`
      : plain;
  }

  /** A column as it is, for conditions. NULL when an optional column is not there. */
  column<T extends TableName>(table: T, column: ColumnName<T>, alias = 't'): string {
    return this.schema.hasColumn(table, column) ? this.schema.column(table, column, alias) : 'NULL';
  }

  /** `bytes`: what is read at most. */
  text<T extends TableName>(table: T, column: ColumnName<T>, alias = 't', bytes = nameBytes): string {
    const plain = this.column(table, column, alias);
    if (plain === 'NULL') return "''";
    const text = `coalesce(${plain}::text, '')`;
    const sent = this.#bytes ? `convert_to(${text}, 'SQL_ASCII')` : text;
    // The length is in the head of a long text: asking for it does not read the text.
    return this.schema.isLong(table, column)
      ? `CASE WHEN octet_length(${text}) <= ${bytes} THEN ${sent} END`
      : sent;
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
