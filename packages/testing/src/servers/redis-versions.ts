/** The versions of Redis that everything which talks to Redis is tested against, and where each may come from. */

/** Oldest first: the oldest one supported, the one of the current images, the newest. */
export const redisVersions = ['6.0', '7.0', '8.0'] as const;

export type RedisVersion = (typeof redisVersions)[number];

/** The Debian release that has this version of Redis (6.0.16, 7.0.15, 8.0.2; https://packages.debian.org/redis-server). */
export const debianSuites: Readonly<Record<RedisVersion, string>> = {
  '6.0': 'bullseye',
  '7.0': 'bookworm',
  '8.0': 'trixie',
};

/** Version of a server program from the line it prints for `--version`; none for another version or product. */
export function redisVersionOf(line: string): RedisVersion | undefined {
  const version = /^Redis server v=(\d+\.\d+)\./.exec(line)?.[1];
  return redisVersions.find((known) => known === version);
}

/**
 * The versions that test files are run against, from the switch `TEST_REDIS_VERSIONS`: a comma list such as `6.0,8.0`,
 * or `any` for the one server that the machine has. Default: all.
 * @throws Error when it names a version that is none of ours.
 */
export function chosenRedisVersions(env: NodeJS.ProcessEnv = process.env): readonly RedisVersion[] {
  const wish = env.TEST_REDIS_VERSIONS?.trim() ?? '';
  if (wish === '') return redisVersions;
  if (wish === 'any') return [];
  return wish.split(',').map((name) => {
    const version = redisVersions.find((known) => known === name.trim());
    if (version !== undefined) return version;
    throw new Error(
      `TEST_REDIS_VERSIONS=${wish}: ${name.trim()} is none of ${redisVersions.join(', ')}, any`,
    );
  });
}
