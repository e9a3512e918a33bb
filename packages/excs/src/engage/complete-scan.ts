/** Runs a query of a snapshot and proves that every row arrived. */
import { ExecError } from '@exec/common/errors';
import { Cells, type TextEncoding } from './cells.ts';
import type { Transaction } from './config-db.ts';
import { countSql, type Query, readSql } from './queries.ts';

export interface Scanner {
  /**
   * Calls `onRow` for each row.
   *
   * @throws ExecError `engage.read-incomplete` when fewer or more rows came than the same transaction counts
   */
  scan(what: string, query: Query, onRow: (cells: Cells) => void): Promise<number>;
  /** Texts in which bytes had to be replaced, over all scans. */
  readonly oddTexts: number;
}

export function createScanner(transaction: Transaction, encoding: TextEncoding): Scanner {
  let oddTexts = 0;
  return {
    get oddTexts() {
      return oddTexts;
    },
    async scan(what, query, onRow) {
      const cells = new Cells(what, encoding);
      const [counted] = await transaction.rows(countSql(query), query.values);
      const expected = Number(counted?.[0] ?? Number.NaN);
      const read = await transaction.scan(readSql(query), query.values, (row) => onRow(cells.use(row)));
      oddTexts += cells.oddTexts;
      if (read !== expected)
        throw new ExecError('engage.read-incomplete', `Read ${read} of ${expected} rows of ${what}.`, {
          retryable: true,
        });
      return read;
    },
  };
}
