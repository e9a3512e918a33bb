/** Redis for tests: a given one, the machine's program, a container, or the distribution's package. */
import { randomBytes } from 'node:crypto';
import { startRedisContainer } from './redis-container.ts';
import { removeKeys, useGivenRedis } from './redis-given.ts';
import { installRedisPackage } from './redis-package.ts';
import { findRedisProgram, startRedisProcess } from './redis-process.ts';
import { announce, firstThatWorks, type Source, type SourceChoice } from './sources.ts';
import type { OwnServer, StartedRedis, StartedServer } from './started-server.ts';

export interface OwnRedisOptions {
  /** Whether every write is on the disk before it is answered (append-only file); without it a kill loses all. */
  readonly durable?: boolean;
}

function choice(env: NodeJS.ProcessEnv): SourceChoice {
  return {
    product: 'Redis',
    switchName: 'TEST_REDIS_SOURCE',
    env,
    advice:
      'Remedy: set TEST_REDIS_URL, or install Redis (Debian, Ubuntu: apt-get install redis-server), or start Docker.',
  };
}

function ownSources(options: OwnRedisOptions): readonly Source<OwnServer>[] {
  const durable = options.durable ?? false;
  return [
    {
      name: 'binary',
      start: async () => {
        const program = await findRedisProgram();
        if (program === undefined) throw new Error('no redis-server in PATH');
        return await startRedisProcess(program, durable, 'program of this machine');
      },
    },
    { name: 'docker', start: () => startRedisContainer(durable) },
    {
      name: 'apt',
      start: async () =>
        await startRedisProcess(
          await installRedisPackage(),
          durable,
          "program of the distribution's package",
        ),
    },
  ];
}

/**
 * A Redis server and a key prefix for the caller alone.
 * @throws NoServerError with all that was tried.
 */
export async function startRedis(env: NodeJS.ProcessEnv = process.env): Promise<StartedRedis> {
  const given: Source<StartedServer> = { name: 'given', start: () => useGivenRedis(env.TEST_REDIS_URL) };
  // A given server that does not work is a fault to report, not a reason to look elsewhere.
  const sources = env.TEST_REDIS_URL ? [given] : ownSources({});
  const server = await firstThatWorks<StartedServer>(sources, choice(env));
  announce(`Redis for tests: ${server.how}`);
  const keyPrefix = uniqueKeyPrefix();
  return {
    url: server.url,
    how: server.how,
    keyPrefix,
    stop: async () => {
      if (env.TEST_REDIS_URL) await removeKeys(server.url, keyPrefix);
      await server.stop();
    },
  };
}

/** A Redis server that the caller may kill and restart; never a given one. */
export async function startOwnRedis(
  options: OwnRedisOptions = {},
  env: NodeJS.ProcessEnv = process.env,
): Promise<OwnServer> {
  return await firstThatWorks(ownSources(options), choice(env));
}

/** A key prefix that nobody else uses. */
export function uniqueKeyPrefix(): string {
  return `exec-test-${randomBytes(6).toString('hex')}`;
}
