/** Starts the Redis of the version that a project's test files are run against, and ends it after the last. */
import type { TestProject } from 'vitest/node';
import { startRedis } from '../servers/index.ts';
import { redisVersions } from '../servers/redis-versions.ts';
import type {} from './provided.ts';

/** @throws Error that names all that was tried when this version is not to be had: a version is never left out quietly. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const wish = project.getProvidedContext().testRedisVersion;
  const version = redisVersions.find((known) => known === wish);
  if (version === undefined) throw new Error(`${wish} is no version of Redis that tests are run against`);
  const redis = await startRedis({ version });
  project.provide('testRedisUrl', redis.url);
  return () => redis.stop();
}
