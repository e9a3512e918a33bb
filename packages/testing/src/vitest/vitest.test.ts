/** What test files get: their own keys, databases and servers, and nothing of anybody else's. */
import { Redis } from 'ioredis';
import pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { withClient } from '../servers/databases.ts';
import { ownPostgres, ownRedis, testDatabase, testRedis } from './index.ts';

async function withRedis<Result>(url: string, work: (client: Redis) => Promise<Result>): Promise<Result> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  client.on('error', () => {});
  try {
    await client.connect();
    return await work(client);
  } finally {
    client.disconnect();
  }
}

describe('testRedis', () => {
  it('gives the shared server with a prefix that differs from call to call', async () => {
    const first = testRedis();
    const second = testRedis();
    expect(second.url).toBe(first.url);
    expect(second.prefix).not.toBe(first.prefix);
    expect(await withRedis(first.url, (client) => client.set(`${first.prefix}:a`, '1'))).toBe('OK');
  });
});

describe('testDatabase', () => {
  let outer: string;
  beforeAll(async () => {
    outer = (await testDatabase()).url;
  });

  it('gives an empty database of its own', async () => {
    const { url } = await testDatabase();
    expect(url).not.toBe(outer);
    await withClient(url, (client) => client.query('CREATE TABLE only_here (x integer)'));
    await expect(withClient(outer, (client) => client.query('SELECT * FROM only_here'))).rejects.toThrow(
      'does not exist',
    );
  });

  it('copies a template that is built once, even for callers at the same moment', async () => {
    let builds = 0;
    const template = {
      name: 'built_once',
      build: async (url: string) => {
        builds += 1;
        await withClient(url, (client) => client.query('CREATE TABLE numbers AS SELECT 7 AS n'));
      },
    };
    const copies = await Promise.all([1, 2, 3].map(() => testDatabase({ template })));
    expect(builds).toBe(1);
    expect(new Set(copies.map((copy) => copy.url)).size).toBe(3);
    for (const { url } of copies) {
      const { rows } = await withClient(url, (client) => client.query('SELECT n FROM numbers'));
      expect(rows).toEqual([{ n: 7 }]);
    }
  });

  it('builds a template again after a build that failed', async () => {
    let builds = 0;
    const template = {
      name: 'fails_first',
      build: async (url: string) => {
        builds += 1;
        await withClient(url, (client) => client.query('CREATE TABLE half (x integer)'));
        if (builds === 1) throw new Error('half built');
      },
    };
    await expect(testDatabase({ template })).rejects.toThrow('half built');
    const { url } = await testDatabase({ template });
    const { rows } = await withClient(url, (client) => client.query('SELECT * FROM half'));
    expect(rows).toEqual([]);
  });
});

describe('ownRedis', () => {
  it('loses its data when it is killed, and comes back on the same address', async () => {
    const server = await ownRedis();
    await withRedis(server.url, (client) => client.set('kept', 'no'));
    await server.kill();
    await expect(withRedis(server.url, (client) => client.ping())).rejects.toThrow();
    await server.restart();
    expect(await withRedis(server.url, (client) => client.get('kept'))).toBeNull();
  });

  it('keeps its data through a kill when it is durable', async () => {
    const server = await ownRedis({ durable: true });
    await withRedis(server.url, (client) => client.set('kept', 'yes'));
    await server.kill();
    await server.restart();
    expect(await withRedis(server.url, (client) => client.get('kept'))).toBe('yes');
  });

  it('is another server than the shared one', async () => {
    const server = await ownRedis();
    expect(server.url).not.toBe(testRedis().url);
    await server.stop();
    await expect(withRedis(server.url, (client) => client.ping())).rejects.toThrow();
  });
});

describe('ownPostgres', () => {
  it('breaks open connections when it is killed, and comes back with its data', async () => {
    const server = await ownPostgres();
    await withClient(server.url, (client) => client.query('CREATE TABLE kept AS SELECT 1 AS n'));
    const client = new pg.Client({ connectionString: server.url });
    const broken = new Promise((resolve) => client.once('error', resolve));
    await client.connect();
    await server.kill();
    await broken;
    await expect(withClient(server.url, (other) => other.query('SELECT 1'))).rejects.toThrow();
    await server.restart();
    const { rows } = await withClient(server.url, (other) => other.query('SELECT n FROM kept'));
    expect(rows).toEqual([{ n: 1 }]);
  });
});
