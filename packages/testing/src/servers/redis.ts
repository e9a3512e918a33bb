/**
 * Redis for tests: a given one, the machine's program, a container, or Debian's package, unpacked and not installed; of a
 * certain version, if wished.
 */
import { randomBytes } from 'node:crypto';
import { startRedisContainer } from './redis-container.ts';
import { removeKeys, useGivenRedis } from './redis-given.ts';
import { redisOfDebian } from './redis-of-debian.ts';
import { findRedisProgram, startRedisProcess, versionOfProgram } from './redis-process.ts';
import type { RedisVersion } from './redis-versions.ts';
import { announce, firstThatWorks, type Source, type SourceChoice } from './sources.ts';
import type { OwnServer, StartedRedis, StartedServer } from './started-server.ts';

export interface RedisOptions {
  /** Exactly this version; without it whichever the machine has. */
  readonly version?: RedisVersion;
}

export interface OwnRedisOptions extends RedisOptions {
  /** Whether every write is on the disk before it is answered (append-only file); without it a kill loses all. */
  readonly durable?: boolean;
  /** Settings as in redis.conf, such as `{ maxmemory: '2mb' }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Environment of the process, for instance of another clock; a container does not have it. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What is taken when the machine has none and no version was asked for. */
const DEFAULT_VERSION = '7.0';

function choice(env: NodeJS.ProcessEnv, version: RedisVersion | undefined): SourceChoice {
  return {
    product: version === undefined ? 'Redis' : `Redis ${version}`,
    switchName: 'TEST_REDIS_SOURCE',
    env,
    advice:
      version === undefined
        ? 'Remedy: set TEST_REDIS_URL, or install Redis (Debian, Ubuntu: apt-get install redis-server), or start Docker.'
        : 'Remedy: use a machine with Debian, or start Docker. TEST_REDIS_VERSIONS chooses the versions that are tested; "any" takes what the machine has.',
  };
}

function ownSources(options: OwnRedisOptions): readonly Source<OwnServer>[] {
  const { version } = options;
  const settings = {
    save: '',
    appendonly: options.durable === true ? 'yes' : 'no',
    appendfsync: 'always',
    ...options.settings,
  };
  const binary: Source<OwnServer> = {
    name: 'binary',
    start: async () => {
      const program = await findRedisProgram();
      if (program === undefined) throw new Error('no redis-server in PATH');
      if (version !== undefined && (await versionOfProgram(program)) !== version) {
        throw new Error(`${program} is another version`);
      }
      return await startRedisProcess(
        { program, args: [], how: `program of this machine (${program})` },
        settings,
        options.env,
      );
    },
  };
  const docker: Source<OwnServer> = {
    name: 'docker',
    start: () => startRedisContainer(version ?? DEFAULT_VERSION, settings),
  };
  const unpacked: Source<OwnServer> = {
    name: 'apt',
    start: async () =>
      await startRedisProcess(await redisOfDebian(version ?? DEFAULT_VERSION), settings, options.env),
  };
  return version === undefined ? [binary, docker, unpacked] : [binary, unpacked, docker];
}

/**
 * A Redis server and a key prefix for the caller alone. A given one (`TEST_REDIS_URL`) is used unless a version is wished.
 * @throws NoServerError with all that was tried.
 */
export async function startRedis(
  options: RedisOptions = {},
  env: NodeJS.ProcessEnv = process.env,
): Promise<StartedRedis> {
  const { version } = options;
  const isGiven = env.TEST_REDIS_URL && version === undefined;
  const given: Source<StartedServer> = { name: 'given', start: () => useGivenRedis(env.TEST_REDIS_URL) };
  // A given server that does not work is a fault to report, not a reason to look elsewhere.
  const sources = isGiven ? [given] : ownSources(options);
  const server = await firstThatWorks<StartedServer>(sources, choice(env, version));
  announce(`Redis ${version === undefined ? '' : `${version} `}for tests: ${server.how}`);
  const keyPrefix = uniqueKeyPrefix();
  return {
    url: server.url,
    how: server.how,
    keyPrefix,
    stop: async () => {
      if (isGiven) await removeKeys(server.url, keyPrefix);
      await server.stop();
    },
  };
}

/**
 * A Redis server that the caller may kill and restart; never a given one.
 * @throws NoServerError with all that was tried.
 */
export async function startOwnRedis(
  options: OwnRedisOptions = {},
  env: NodeJS.ProcessEnv = process.env,
): Promise<OwnServer> {
  return await firstThatWorks(ownSources(options), choice(env, options.version));
}

/** A key prefix that nobody else uses. */
export function uniqueKeyPrefix(): string {
  return `exec-test-${randomBytes(6).toString('hex')}`;
}
