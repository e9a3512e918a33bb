/** Starts the PostgreSQL and the Redis that all test files of one run share, and ends them after the last. */
import { randomBytes } from 'node:crypto';
import type { TestProject } from 'vitest/node';
import { dropDatabasesOfRun } from '../servers/databases.ts';
import { startPostgres, startRedis } from '../servers/index.ts';
import type {} from './provided.ts';

/** @throws Error that names all that was tried when one of the two servers is not to be had. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const started = await Promise.allSettled([startPostgres(), startRedis()]);
  const [postgres, redis] = started;
  if (postgres.status === 'rejected' || redis.status === 'rejected') {
    await Promise.all(
      started.map((server) => (server.status === 'fulfilled' ? server.value.stop() : undefined)),
    );
    const reasons = started.flatMap((server) =>
      server.status === 'rejected' ? [messageOf(server.reason)] : [],
    );
    throw new Error(reasons.join('\n'));
  }
  const run = randomBytes(5).toString('hex');
  project.provide('testPostgresUrl', postgres.value.url);
  project.provide('testRedisUrl', redis.value.url);
  project.provide('testRunName', run);
  return async () => {
    // Each test file drops its own; what is left are templates, and what a worker that was killed could not drop.
    await dropDatabasesOfRun(postgres.value.url, run).catch(() => {});
    await Promise.all([postgres.value.stop(), redis.value.stop()]);
  };
}

function messageOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}
