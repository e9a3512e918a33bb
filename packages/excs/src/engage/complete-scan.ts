/** Runs a query of a snapshot, proves that every row arrived, and sets rows aside that cannot be read. */
import { ExecError } from '@exec/common/errors';
import { Cells, type TextEncoding } from './cells.ts';
import type { Transaction } from './config-db.ts';
import { countSql, type GroupedQuery, type Query, readSql } from './queries.ts';
import type { OwnerKind, UnreadableRows } from './unreadable.ts';

/** Whose a row is: an object of that kind, with its DBID in that column. */
export interface RowOwner {
  readonly kind: OwnerKind;
  readonly column: number;
}

export interface Scanner {
  /**
   * Calls `onRow` for each row. When it throws `engage.data-invalid`, the row is noted as unreadable for its owner;
   * `onRow` must have changed nothing by then. Without an owner the whole read is refused.
   *
   * @throws ExecError `engage.read-incomplete` when fewer or more rows came than the same transaction counts;
   * `engage.read-refused` for more rows than can be held; `engage.data-invalid`
   */
  scan(
    what: string,
    query: Query,
    owner: RowOwner | undefined,
    onRow: (cells: Cells) => void,
  ): Promise<number>;
  /** The same for rows that stand for several. */
  scanGroups(
    what: string,
    query: GroupedQuery,
    owner: RowOwner,
    onRow: (cells: Cells) => void,
  ): Promise<number>;
  /** Texts in which bytes had to be replaced, over all scans. */
  readonly undecodableTexts: number;
}

/** Rows of one query that are read at most: far above any contact centre, and what memory holds. */
const rowsMost = 2_000_000;

/** Proves each scan by a count in the same transaction. Its methods throw what stands at {@link Scanner}. */
export function createScanner(
  transaction: Transaction,
  encoding: TextEncoding,
  unreadable: UnreadableRows,
): Scanner {
  let undecodableTexts = 0;
  return {
    get undecodableTexts() {
      return undecodableTexts;
    },
    scan: (what, query, owner, onRow) => prove(what, query, readSql(query), owner, onRow, () => 1),
    scanGroups(what, query, owner, onRow) {
      const columns = [...query.columns, 'count(*)'];
      const sql = `${readSql({ ...query, columns })} GROUP BY ${query.groupBy}`;
      return prove(what, query, sql, owner, onRow, (cells) => cells.number(query.columns.length));
    },
  };

  async function prove(
    what: string,
    query: Query,
    sql: string,
    owner: RowOwner | undefined,
    onRow: (cells: Cells) => void,
    rowsOf: (cells: Cells) => number,
  ): Promise<number> {
    const cells = new Cells(what, encoding);
    const [counted] = await transaction.rows(countSql(query), query.values);
    const expected = Number(counted?.[0] ?? Number.NaN);
    if (expected > rowsMost)
      throw new ExecError(
        'engage.read-refused',
        `The read of the Config DB is refused: ${what} has ${expected} rows, more than the ${rowsMost} that are read.`,
      );
    let read = 0;
    await transaction.scan(sql, query.values, (row) => {
      cells.use(row);
      read += rowsOf(cells);
      try {
        onRow(cells);
      } catch (error) {
        if (owner === undefined || !isUnreadable(error)) throw error;
        unreadable.note(owner.kind, ownerOf(cells, owner.column), what, error.message);
        // At once: a table of which no row fits must not be read to its end.
        unreadable.judge(what, expected);
      }
    });
    undecodableTexts += cells.undecodableTexts;
    if (read !== expected)
      throw new ExecError('engage.read-incomplete', `Read ${read} of ${expected} rows of ${what}.`, {
        retryable: true,
      });
    return read;
  }
}

function isUnreadable(error: unknown): error is ExecError {
  return error instanceof ExecError && error.code === 'engage.data-invalid';
}

function ownerOf(cells: Cells, column: number): number | undefined {
  try {
    return cells.id(column);
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
}
