/** Servers for one test file: a key prefix, fresh databases, servers to kill; all gone when the file is done. */
import { randomBytes } from 'node:crypto';
import { afterAll, inject } from 'vitest';
import { cloneOfTemplate, createDatabase, dropDatabase, type Template } from '../servers/databases.ts';
import { startOwnPostgres } from '../servers/postgres.ts';
import { type OwnRedisOptions, startOwnRedis } from '../servers/redis.ts';
import { removeKeys } from '../servers/redis-given.ts';
import type { OwnServer } from '../servers/started-server.ts';
import type {} from './provided.ts';

export type { Template } from '../servers/databases.ts';
export type { OwnRedisOptions } from '../servers/redis.ts';
export type { OwnServer } from '../servers/started-server.ts';

export interface TestRedis {
  readonly url: string;
  /** Keys of the test begin with this; they are removed when the test file is done. */
  readonly prefix: string;
}

export interface TestDatabase {
  readonly url: string;
}

const cleanups: (() => Promise<void>)[] = [];

// Test files are isolated from each other, so this module, and with it this hook, is new in each of them.
afterAll(async () => {
  const results = await Promise.allSettled(cleanups.splice(0).map((cleanup) => cleanup()));
  const failed = results
    .filter((result) => result.status === 'rejected')
    .map((result) => result.reason as unknown);
  if (failed.length > 0) throw new AggregateError(failed, 'cleaning up after the test file failed');
});

/** The Redis that all test files share, with a key prefix of one's own: no FLUSHALL, no CONFIG SET, no shutdown. */
export function testRedis(): TestRedis {
  const url = inject('testRedisUrl');
  const prefix = `exec-test-${inject('testRunName')}-${randomBytes(5).toString('hex')}`;
  cleanups.push(() => removeKeys(url, prefix));
  return { url, prefix };
}

/**
 * A fresh database on the PostgreSQL that all test files share. With a template it is a copy of a database that
 * is built once per run, whichever file asks first.
 */
export async function testDatabase(options: { readonly template?: Template } = {}): Promise<TestDatabase> {
  const server = inject('testPostgresUrl');
  const run = inject('testRunName');
  const name = `exec_test_${run}_${randomBytes(5).toString('hex')}`;
  cleanups.push(() => dropDatabase(server, name));
  if (options.template === undefined) return { url: await createDatabase(server, name) };
  return { url: await cloneOfTemplate(server, name, `exec_test_${run}_t_`, options.template) };
}

/** A Redis of one's own, to kill and to restart; ended when the test file is done, if not before. */
export async function ownRedis(options: OwnRedisOptions = {}): Promise<OwnServer> {
  return endedWithTheFile(await startOwnRedis(options));
}

/** A PostgreSQL of one's own, to kill and to restart; ended when the test file is done, if not before. */
export async function ownPostgres(): Promise<OwnServer> {
  return endedWithTheFile(await startOwnPostgres());
}

function endedWithTheFile(server: OwnServer): OwnServer {
  cleanups.push(() => server.stop());
  return server;
}
