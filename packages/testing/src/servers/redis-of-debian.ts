/** The Redis program of a certain version, as Debian built it, with the libraries of its own release. */
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { unpackFromDebian } from './debian-archive.ts';
import { cached } from './program-cache.ts';
import type { RedisProgram } from './redis-process.ts';
import { debianSuites, type RedisVersion, redisVersionOf } from './redis-versions.ts';
import { serverUser } from './unprivileged-user.ts';

const run = promisify(execFile);

/**
 * Fetched on first use, from the cache afterwards.
 * @throws Error in words for a person when it cannot be had here.
 */
export async function redisOfDebian(version: RedisVersion): Promise<RedisProgram> {
  const suite = debianSuites[version];
  const folder = await cached(
    `redis-${version}-${suite}-${process.arch}`,
    await serverUser(),
    async (draft) => {
      process.stderr.write(`Redis for tests: fetching ${version} from Debian ${suite}\n`);
      await unpackFromDebian(suite, 'redis-server', draft);
      await proveVersion(await programIn(draft, suite), version);
    },
  );
  return await programIn(folder, suite);
}

/**
 * Started through the loader of its own release: a program that was built for a newer C library than the machine's does
 * not start otherwise.
 */
async function programIn(folder: string, suite: string): Promise<RedisProgram> {
  const paths = (await readdir(folder, { recursive: true })).sort();
  const loader = paths.find((path) => /(?:^|\/)lib\/[^/]+\/ld-linux[^/]*\.so\.\d+$/.test(path));
  if (loader === undefined) throw new Error(`no loader of programs in the packages of Debian ${suite}`);
  // The folders of libraries by architecture: /lib/<architecture> and, where both are one, /usr/lib/<architecture>.
  const architecture = basename(dirname(loader));
  const libraries = paths.filter(
    (path) => /^(?:usr\/)?lib\/[^/]+$/.test(path) && basename(path) === architecture,
  );
  return {
    program: join(folder, loader),
    args: [
      ...['--library-path', libraries.map((path) => join(folder, path)).join(':')],
      join(folder, 'usr', 'bin', 'redis-server'),
    ],
    // Debian's 6.0 has its Lua libraries (cjson among them) outside, and looks for them where they would be installed.
    env: {
      LUA_CPATH: libraries.map((path) => join(folder, path, 'lua', '5.1', '?.so')).join(';'),
    },
    how: `program of Debian ${suite}`,
  };
}

async function proveVersion({ program, args }: RedisProgram, version: RedisVersion): Promise<void> {
  const { stdout } = await run(program, [...args, '--version'], { timeout: 60_000 });
  if (redisVersionOf(stdout) !== version)
    throw new Error(`expected Redis ${version}, and got: ${stdout.trim()}`);
}
