/** A PostgreSQL server that was there before: only a database of our own is made on it and dropped again. */
import pg from 'pg';
import { createDatabase, dropDatabase, uniqueDatabaseName } from './databases.ts';
import type { StartedServer } from './started-server.ts';

/** @throws Error when no URL is given, the server does not answer, or the account may not create databases. */
export async function useGivenPostgres(url: string | undefined): Promise<StartedServer> {
  if (!url) throw new Error('TEST_POSTGRES_URL is not set');
  const name = uniqueDatabaseName('run');
  const fresh = await createDatabase(url, name);
  return {
    url: fresh,
    how: `given server ${withoutPassword(url)}, database ${name}`,
    stop: () => dropDatabase(url, name),
  };
}

function withoutPassword(url: string): string {
  const client = new pg.Client({ connectionString: url });
  return `${client.host}:${client.port}`;
}
