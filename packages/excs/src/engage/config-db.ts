/** The connection to the Config DB: read only, with a limit on everything, one consistent transaction per read. */

import type { Clock } from '@exec/common/clock';
import type { Secret } from '@exec/common/config';
import { ExecError } from '@exec/common/errors';
import pg from 'pg';
import Cursor from 'pg-cursor';
import type { RawRow } from './cells.ts';

export interface ConfigDbOptions {
  /** `postgresql://…`; `sslmode` and `sslrootcert` are honoured. */
  readonly url: Secret;
  readonly clock: Clock;
}

/** Limits in milliseconds: a read that hangs must not hold its transaction, which keeps vacuum back. */
const connectMs = 5000;
const statementMs = 60_000;
const lockMs = 5000;
const idleInTransactionMs = 60_000;
/** A little above the server's own limit, for a server that no longer answers. */
const queryMs = 65_000;

/** Rows fetched at once: flat memory at the speed of one large fetch. */
const batchRows = 2000;

/** Every value as the text that the server sent: IDs may be `numeric`, which the driver would keep as text anyway. */
const asText = { getTypeParser: () => (value: string | null) => value } as unknown as pg.CustomTypesConfig;

/** What a read can do inside its transaction. */
export interface Transaction {
  /** A few rows at once. */
  rows(sql: string, values?: readonly unknown[]): Promise<RawRow[]>;
  /** Calls `onRow` for each row of a result of any size; answers how many there were. */
  scan(sql: string, values: readonly unknown[], onRow: (row: RawRow) => void): Promise<number>;
}

export class ConfigDb {
  readonly #options: ConfigDbOptions;
  #client: pg.Client | undefined;
  #closed = false;
  /** One after the other: a connection carries one transaction. */
  #tail: Promise<unknown> = Promise.resolve();

  constructor(options: ConfigDbOptions) {
    this.#options = options;
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
    await client?.end().catch(() => undefined);
  }

  async #transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const client = await this.#connected();
    try {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const result = await work({
        rows: (sql, values) => rows(client, sql, values),
        scan: (sql, values, onRow) => this.#scan(client, sql, values, onRow),
      });
      await client.query('COMMIT');
      return result;
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
      client.end().catch(() => undefined);
      throw new ExecError('engage.unreachable', `The Config DB cannot be reached: ${reason(error)}.`, {
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
      connectionTimeoutMillis: connectMs,
      statement_timeout: statementMs,
      lock_timeout: lockMs,
      idle_in_transaction_session_timeout: idleInTransactionMs,
      query_timeout: queryMs,
      keepAlive: true,
      options: '-c default_transaction_read_only=on',
    };
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
      const batch = await this.#inTime(cursor.read(batchRows));
      for (const row of batch) onRow(row);
      count += batch.length;
      if (batch.length < batchRows) return count;
    }
  }

  /** Cursors have no limit of their own on the client's side. */
  async #inTime<T>(work: Promise<T>): Promise<T> {
    const late = Promise.withResolvers<never>();
    const timer = this.#options.clock.setTimer(queryMs, () =>
      late.reject(
        new ExecError('engage.read-failed', 'The Config DB stopped answering in the middle of a read.', {
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

  #drop(client: pg.Client): void {
    if (this.#client === client) this.#client = undefined;
    client.end().catch(() => undefined);
  }
}

async function rows(client: pg.Client, sql: string, values: readonly unknown[] = []): Promise<RawRow[]> {
  const result = await client.query({ text: sql, values: [...values], rowMode: 'array', types: asText });
  return result.rows as RawRow[];
}

/** The text of a database error may hold values of the row at fault, so only its code and first line are kept. */
function readFailure(error: unknown): ExecError {
  if (error instanceof ExecError) return error;
  return new ExecError('engage.read-failed', `Reading the Config DB failed: ${reason(error)}.`, {
    retryable: true,
  });
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  const code = (error as { code?: unknown }).code;
  const text = (error.message || error.name).split('\n', 1)[0]?.slice(0, 200) ?? '';
  return typeof code === 'string' ? `${text} (${code})` : text;
}
