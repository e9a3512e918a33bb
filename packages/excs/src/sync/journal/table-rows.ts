/** Remembers the rows per table of the last good read, by which one is known that had rows and is empty. */
import type { Change } from '../../organization/ledger-changes.ts';
import type { JournalStore } from './journal-store.ts';

export class TableRows {
  readonly #store: JournalStore;

  constructor(store: JournalStore) {
    this.#store = store;
  }

  /** By the logical name of the table. @throws ExecError `redis.unavailable` */
  async load(): Promise<ReadonlyMap<string, number>> {
    const stored = await this.#store.command((client) => client.hgetall(this.#key));
    return new Map(Object.entries(stored).map(([name, rows]) => [name, Number(rows)]));
  }

  changes(before: ReadonlyMap<string, number>, now: ReadonlyMap<string, number>): Change[] {
    const changed = [...now].filter(([name, rows]) => before.get(name) !== rows);
    return changed.length === 0 ? [] : [['HSET', this.#key, ...changed.flat()]];
  }

  /**
   * Takes a table for one that may be empty. Answers whether any read has counted it.
   *
   * @throws ExecError `redis.unavailable`
   */
  async acceptEmpty(table: string): Promise<boolean> {
    return await this.#store.command(async (client) => {
      if ((await client.hget(this.#key, table)) === null) return false;
      await client.hset(this.#key, table, 0);
      return true;
    });
  }

  /**
   * The rows that are remembered, without those of tables that were accepted as empty meanwhile. What Redis has lost
   * stays remembered.
   *
   * @throws ExecError `redis.unavailable`
   */
  async withAccepted(remembered: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, number>> {
    const stored = await this.load();
    return new Map([...remembered].map(([name, rows]) => [name, stored.get(name) === 0 ? 0 : rows]));
  }

  get #key(): string {
    return this.#store.key('table-rows');
  }
}
