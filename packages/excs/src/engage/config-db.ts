/** The connection to the Config DB: read only, with a limit on everything, one consistent transaction per read. */

import type { Clock } from '@exec/common/clock';
import type { Secret } from '@exec/common/config';
import { ExecError } from '@exec/common/errors';
import pg from 'pg';
import Cursor from 'pg-cursor';
import type { RawRow } from './cells.ts';
import { readFailure, reasonOf } from './read-failure.ts';

export interface ConfigDbOptions {
  /** `postgresql://…`; `sslmode` and `sslrootcert` are honoured. */
  readonly url: Secret;
  readonly clock: Clock;
  readonly limits?: Partial<ConfigDbLimits> | undefined;
}

/** In milliseconds: a read that hangs must not hold its transaction, which keeps vacuum back. */
export interface ConfigDbLimits {
  /** Until the server has let us in. */
  readonly connect: number;
  /** Of the server, for a statement, a lock, and a transaction in which nothing is asked. */
  readonly statement: number;
  readonly lock: number;
  readonly idleInTransaction: number;
  /** A little above the server's own limit, for a server that no longer answers. */
  readonly query: number;
  /** Of a whole transaction: an answer that comes in drops must not last for ever. */
  readonly transaction: number;
  /** Of the farewell at a stop. */
  readonly close: number;
}

const defaultLimits: ConfigDbLimits = {
  connect: 5000,
  statement: 60_000,
  lock: 5000,
  idleInTransaction: 60_000,
  query: 65_000,
  transaction: 300_000,
  close: 1000,
};

/** Rows fetched at once: flat memory at the speed of one large fetch. */
const batchRows = 2000;

/** Every value as the text that the server sent: IDs may be `numeric`, which the driver would keep as text anyway. */
const asText = { getTypeParser: () => (value: string | null) => value } as unknown as pg.CustomTypesConfig;

/** What a read can do inside its transaction. */
export interface Transaction {
  /** A few rows at once. */
  rows(sql: string, values?: readonly unknown[]): Promise<RawRow[]>;
  /** The same for what the server may not know or not allow: undefined then, and the transaction goes on. */
  attempt(sql: string): Promise<RawRow[] | undefined>;
  /** Calls `onRow` for each row of a result of any size; answers how many there were. */
  scan(sql: string, values: readonly unknown[], onRow: (row: RawRow) => void): Promise<number>;
}

export class ConfigDb {
  readonly #options: ConfigDbOptions;
  readonly #limits: ConfigDbLimits;
  #client: pg.Client | undefined;
  #closed = false;
  /** One after the other: a connection carries one transaction. */
  #tail: Promise<unknown> = Promise.resolve();

  constructor(options: ConfigDbOptions) {
    this.#options = options;
    this.#limits = { ...defaultLimits, ...options.limits };
  }

  /**
   * Runs `work` in one REPEATABLE READ, READ ONLY transaction: everything it reads is of one moment.
   *
   * @throws ExecError `engage.unreachable`, `engage.read-failed`; what `work` throws
   */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const run = this.#tail.then(
      () => this.#transaction(work),
      () => this.#transaction(work),
    );
    this.#tail = run.catch(() => undefined);
    return run;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const client = this.#client;
    this.#client = undefined;
    if (client === undefined) return;
    // A connection of which only this end is left would wait for ever for the end of the other.
    await this.#within(this.#limits.close, client.end(), 'closing').catch(() => undefined);
    client.connection.stream.destroy();
  }

  async #transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const client = await this.#connected();
    const rows: Transaction['rows'] = (sql, values) => this.#rows(client, sql, values);
    const run = async (): Promise<T> => {
      await rows('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const result = await work({
        rows,
        attempt: (sql) => attempt(rows, sql),
        scan: (sql, values, onRow) => this.#scan(client, sql, values, onRow),
      });
      await rows('COMMIT');
      return result;
    };
    try {
      return await this.#within(this.#limits.transaction, run(), 'a whole read');
    } catch (error) {
      // After any failure the state of the connection is not known for sure; a new one costs milliseconds.
      this.#drop(client);
      throw readFailure(error);
    }
  }

  async #connected(): Promise<pg.Client> {
    if (this.#closed) throw new ExecError('engage.unreachable', 'The Config DB connection is closed.');
    if (this.#client !== undefined) return this.#client;
    const client = new pg.Client(this.#config());
    // Without a listener the loss of an idle connection would end the process.
    client.on('error', () => this.#drop(client));
    client.on('end', () => this.#drop(client));
    try {
      await client.connect();
    } catch (error) {
      client.connection.stream.destroy();
      throw new ExecError('engage.unreachable', `The Config DB cannot be reached: ${reasonOf(error)}.`, {
        retryable: true,
      });
    }
    this.#client = client;
    return client;
  }

  #config(): pg.ClientConfig {
    return {
      connectionString: this.#options.url.reveal(),
      application_name: 'exec-excs',
      connectionTimeoutMillis: this.#limits.connect,
      statement_timeout: this.#limits.statement,
      lock_timeout: this.#limits.lock,
      idle_in_transaction_session_timeout: this.#limits.idleInTransaction,
      keepAlive: true,
      options: '-c default_transaction_read_only=on',
    };
  }

  async #rows(client: pg.Client, sql: string, values: readonly unknown[] = []): Promise<RawRow[]> {
    const asked = client.query({ text: sql, values: [...values], rowMode: 'array', types: asText });
    const { rows } = await this.#within(this.#limits.query, asked, 'a part of a read');
    return rows as RawRow[];
  }

  async #scan(
    client: pg.Client,
    sql: string,
    values: readonly unknown[],
    onRow: (row: RawRow) => void,
  ): Promise<number> {
    const cursor = client.query(new Cursor<RawRow>(sql, [...values], { rowMode: 'array', types: asText }));
    let count = 0;
    for (;;) {
      // The driver's own limit is one of a whole query, and keeps a cursor and its rows until it is over.
      const batch = await this.#within(this.#limits.query, cursor.read(batchRows), 'a part of a read');
      for (const row of batch) onRow(row);
      count += batch.length;
      if (batch.length < batchRows) return count;
    }
  }

  async #within<T>(ms: number, work: Promise<T>, what: string): Promise<T> {
    const late = Promise.withResolvers<never>();
    const timer = this.#options.clock.setTimer(ms, () =>
      late.reject(
        new ExecError('engage.read-failed', `The Config DB did not answer in time: ${what} took ${ms} ms.`, {
          retryable: true,
        }),
      ),
    );
    try {
      return await Promise.race([work, late.promise]);
    } finally {
      timer.cancel();
    }
  }

  /** At once: what is left of a broken connection is not waited for. */
  #drop(client: pg.Client): void {
    if (this.#client === client) this.#client = undefined;
    client.connection.stream.destroy();
  }
}

async function attempt(rows: Transaction['rows'], sql: string): Promise<RawRow[] | undefined> {
  await rows('SAVEPOINT attempt');
  try {
    const found = await rows(sql);
    await rows('RELEASE SAVEPOINT attempt');
    return found;
  } catch (error) {
    // An answer of the server; whatever else failed ends the transaction.
    if (!(error instanceof pg.DatabaseError)) throw error;
    await rows('ROLLBACK TO SAVEPOINT attempt');
    return undefined;
  }
}
