/** PostgreSQL from the npm package, and a given one that keeps what it has. */
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { databaseUrl, withClient } from './databases.ts';
import { startPostgres } from './postgres.ts';
import { startPostgresProcess } from './postgres-process.ts';
import { embeddedPrograms } from './postgres-programs.ts';

async function answer(url: string): Promise<unknown> {
  return await withClient(url, async (client) => (await client.query('SELECT 1 + 1 AS sum')).rows);
}

describe('the programs of the npm package', () => {
  it('run a server', async () => {
    const server = await startPostgres({ TEST_POSTGRES_SOURCE: 'embedded' });
    onTestFinished(() => server.stop());
    expect(server.how).toContain('npm package');
    expect(await answer(server.url)).toEqual([{ sum: 2 }]);
  });

  it('are copied where they cannot be reached or their links are missing', async () => {
    // A private folder, as home folders are, and no links, as after an installation without scripts.
    const hidden = await mkdtemp(join(tmpdir(), 'exec-test-hidden-'));
    onTestFinished(() => rm(hidden, { recursive: true }));
    const programs = await embeddedPrograms();
    const links = new Set((programs.links ?? []).map((link) => join(programs.tree ?? '', link.path)));
    const tree = join(hidden, 'deep', 'native');
    await mkdir(tree, { recursive: true });
    await cp(programs.tree ?? '', tree, { recursive: true, filter: (source) => !links.has(source) });
    const server = await startPostgresProcess({
      ...programs,
      tree,
      initdb: join(tree, 'bin', 'initdb'),
      postgres: join(tree, 'bin', 'postgres'),
    });
    onTestFinished(() => server.stop());
    expect(await answer(server.url)).toEqual([{ sum: 2 }]);
  });
});

describe('a given server', () => {
  const given = inject('testPostgresUrl');
  const databases = () =>
    withClient(given, async (client) => {
      const { rows } = await client.query<{ datname: string }>(
        "SELECT datname FROM pg_database WHERE datname LIKE 'exec\\_test\\_run\\_%'",
      );
      return rows.map((row) => row.datname);
    });

  it('gets a database of our own, which is dropped again even while it is in use', async () => {
    const server = await startPostgres({ TEST_POSTGRES_URL: given });
    const name = new URL(server.url).pathname.slice(1);
    expect(await databases()).toContain(name);
    expect(server.how).not.toContain(new URL(given).password);
    await withClient(server.url, async (client) => {
      await client.query('CREATE TABLE x (y integer)');
      await server.stop();
    });
    expect(await databases()).not.toContain(name);
    await server.stop();
    expect(await answer(given)).toEqual([{ sum: 2 }]);
  });

  it('that does not answer is reported; nothing else is tried', async () => {
    const starting = startPostgres({ TEST_POSTGRES_URL: 'postgresql://nobody@127.0.0.1:1/none' });
    await expect(starting).rejects.toThrow(/given: .*ECONNREFUSED/);
  });

  it('on which no database may be created is reported', async () => {
    const role = `exec_test_${inject('testRunName')}_weak`;
    await withClient(given, (client) => client.query(`CREATE ROLE "${role}" LOGIN PASSWORD 'weak'`));
    onTestFinished(() => withClient(given, (client) => client.query(`DROP ROLE "${role}"`)).then(() => {}));
    const url = new URL(databaseUrl(given, 'postgres'));
    url.username = role;
    url.password = 'weak';
    await expect(startPostgres({ TEST_POSTGRES_URL: url.href })).rejects.toThrow(
      'permission denied to create database',
    );
  });
});
