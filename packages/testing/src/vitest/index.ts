/** Servers for one test file: a key prefix, fresh databases, servers to kill; all gone when the file is done. */
import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { cloneOfTemplate, createDatabase, dropDatabase, type Template } from '../servers/databases.ts';
import { startOwnPostgres, startOwnPostgresPair } from '../servers/postgres.ts';
import type { PostgresPair } from '../servers/postgres-process.ts';
import { type OwnRedisOptions, startOwnRedis } from '../servers/redis.ts';
import { removeKeys } from '../servers/redis-given.ts';
import { type RedisVersion, redisVersions } from '../servers/redis-versions.ts';
import type { OwnServer } from '../servers/started-server.ts';
import { removeLater } from './closers.ts';
import type {} from './provided.ts';

export type { Template } from '../servers/databases.ts';
export type { PostgresPair } from '../servers/postgres-process.ts';
export type { OwnRedisOptions } from '../servers/redis.ts';
export type { OwnServer } from '../servers/started-server.ts';
export { closeLater, type Life } from './closers.ts';
export { askedSeed, testSeed } from './seed.ts';

export interface TestRedis {
  readonly url: string;
  /** Keys of the test begin with this; they are removed when the test file is done. */
  readonly prefix: string;
}

export interface TestDatabase {
  readonly url: string;
}

/**
 * The Redis that all test files share (one for each version), with a key prefix of one's own: no FLUSHALL, no CONFIG SET, no
 * shutdown.
 */
export function testRedis(): TestRedis {
  redisVersionOfFile();
  const url = inject('testRedisUrl');
  const prefix = `exec-test-${inject('testRunName')}-${randomBytes(5).toString('hex')}`;
  removeLater(() => removeKeys(url, prefix));
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
  removeLater(() => dropDatabase(server, name));
  if (options.template === undefined) return { url: await createDatabase(server, name) };
  return { url: await cloneOfTemplate(server, name, `exec_test_${run}_t_`, options.template) };
}

/**
 * A Redis of one's own, to kill and to restart, of the version that the test file is run against; ended when the file is
 * done, if not before.
 */
export async function ownRedis(options: Omit<OwnRedisOptions, 'version'> = {}): Promise<OwnServer> {
  const version = redisVersionOfFile();
  return endedWithTheFile(await startOwnRedis(version === undefined ? options : { ...options, version }));
}

/**
 * The version of Redis that this test file is run against; none where one run with any is enough.
 * @throws Error in a file that is not run against each version although it talks to Redis.
 */
function redisVersionOfFile(): RedisVersion | undefined {
  const wish = inject('testRedisVersion');
  if (wish === 'none') {
    throw new Error(
      'a test file that talks to Redis is listed in vitest.config.ts, to be run against each version',
    );
  }
  return redisVersions.find((version) => version === wish);
}

/** A PostgreSQL of one's own, to kill and to restart; ended when the test file is done, if not before. */
export async function ownPostgres(): Promise<OwnServer> {
  return endedWithTheFile(await startOwnPostgres());
}

/** A primary and its hot standby, of one's own; ended when the test file is done. */
export async function ownPostgresPair(): Promise<PostgresPair> {
  const { primary, standby } = await startOwnPostgresPair();
  return { primary: endedWithTheFile(primary), standby: endedWithTheFile(standby) };
}

function endedWithTheFile(server: OwnServer): OwnServer {
  removeLater(() => server.stop());
  return server;
}
