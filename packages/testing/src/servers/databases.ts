/** Makes and drops databases of our own on a server. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** Milliseconds after which a server that does not answer counts as absent. */
const CONNECT_TIMEOUT_MS = 10_000;

/** A name that nobody else uses; `part` tells a person what it is for. */
export function uniqueDatabaseName(part: string): string {
  return `exec_test_${part}_${randomBytes(6).toString('hex')}`;
}

/** Runs one piece of work on a connection of its own. */
export async function withClient<Result>(
  url: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  // A connection that breaks is seen by the query that waits on it.
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Creates the database, as a copy of another one when given, and answers its URL. */
export async function createDatabase(
  serverUrl: string,
  name: string,
  template = 'template0',
): Promise<string> {
  await withClient(serverUrl, (client) =>
    client.query(
      `CREATE DATABASE ${client.escapeIdentifier(name)} TEMPLATE ${client.escapeIdentifier(template)} ENCODING 'UTF8'`,
    ),
  );
  return databaseUrl(serverUrl, name);
}

/** Drops the database with whatever is still connected to it; harmless when it is gone. */
export async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  await withClient(serverUrl, (client) =>
    client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(name)} WITH (FORCE)`),
  );
}

/** The same server and account, another database. */
export function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** A database that is built once and copied often: copying costs far less than building. */
export interface Template {
  /** Letters, digits and underscores; the same name means the same content. */
  readonly name: string;
  /** Fills the empty database at this URL, and has closed its connections when it is done. */
  readonly build: (url: string) => Promise<void>;
}

/**
 * Creates the database as a copy of the template, which the first caller builds while others wait for it.
 * A build that fails leaves nothing, so the next caller tries again.
 */
export async function cloneOfTemplate(
  serverUrl: string,
  name: string,
  templatePrefix: string,
  template: Template,
): Promise<string> {
  const templateName = `${templatePrefix}${template.name}`;
  return await withClient(serverUrl, async (client) => {
    // The lock also keeps two copies apart: PostgreSQL refuses to copy a database that is being used.
    await client.query('SELECT pg_advisory_lock(hashtext($1))', [templateName]);
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [templateName]);
    if (rowCount === 0) {
      const unfinished = `${templateName}_unfinished`;
      await dropDatabase(serverUrl, unfinished);
      await template.build(await createDatabase(serverUrl, unfinished));
      const [from, to] = [client.escapeIdentifier(unfinished), client.escapeIdentifier(templateName)];
      await client.query(`ALTER DATABASE ${from} RENAME TO ${to}`);
    }
    return await createDatabase(serverUrl, name, templateName);
  });
}

/** Drops every database that tests of one run made. */
export async function dropDatabasesOfRun(serverUrl: string, run: string): Promise<void> {
  const names = await withClient(serverUrl, async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      'SELECT datname FROM pg_database WHERE starts_with(datname, $1)',
      [`exec_test_${run}_`],
    );
    return rows.map((row) => row.datname);
  });
  for (const name of names) await dropDatabase(serverUrl, name);
}
