/** Runs a query of a snapshot and proves that every row arrived. */
import { ExecError } from '@exec/common/errors';
import { Cells, type TextEncoding } from './cells.ts';
import type { Transaction } from './config-db.ts';
import { countSql, type GroupedQuery, type Query, readSql } from './queries.ts';

export interface Scanner {
  /**
   * Calls `onRow` for each row.
   *
   * @throws ExecError `engage.read-incomplete` when fewer or more rows came than the same transaction counts
   */
  scan(what: string, query: Query, onRow: (cells: Cells) => void): Promise<number>;
  /** The same for rows that stand for several: `onRow` answers for how many. */
  scanGroups(what: string, query: GroupedQuery, onRow: (cells: Cells) => number): Promise<number>;
  /** Texts in which bytes had to be replaced, over all scans. */
  readonly oddTexts: number;
}

export function createScanner(transaction: Transaction, encoding: TextEncoding): Scanner {
  let oddTexts = 0;
  return {
    get oddTexts() {
      return oddTexts;
    },
    scan(what, query, onRow) {
      return prove(what, query, readSql(query), (cells) => {
        onRow(cells);
        return 1;
      });
    },
    scanGroups(what, query, onRow) {
      return prove(what, query, `${readSql(query)} GROUP BY ${query.groupBy}`, onRow);
    },
  };

  async function prove(
    what: string,
    query: Query,
    sql: string,
    onRow: (cells: Cells) => number,
  ): Promise<number> {
    const cells = new Cells(what, encoding);
    const [counted] = await transaction.rows(countSql(query), query.values);
    const expected = Number(counted?.[0] ?? Number.NaN);
    let read = 0;
    await transaction.scan(sql, query.values, (row) => {
      read += onRow(cells.use(row));
    });
    oddTexts += cells.oddTexts;
    if (read !== expected)
      throw new ExecError('engage.read-incomplete', `Read ${read} of ${expected} rows of ${what}.`, {
        retryable: true,
      });
    return read;
  }
}
