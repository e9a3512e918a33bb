/** Installs the distribution's Redis package on Debian and Ubuntu, without letting its service run. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { findProgram } from './find-program.ts';
import { findRedisProgram } from './redis-process.ts';

const run = promisify(execFile);
const APT_LIMIT_MS = 300_000;
/** Debian asks this program whether a package may start its service; 101 means no (invoke-rc.d(8)). */
const SERVICE_POLICY = '/usr/sbin/policy-rc.d';

/**
 * Full path of the installed program.
 * @throws Error when this is not Debian or Ubuntu, not root, or apt-get fails.
 */
export async function installRedisPackage(): Promise<string> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new Error('installing the package of the distribution needs root');
  }
  if ((await findProgram('apt-get', ['/usr/bin'])) === undefined)
    throw new Error('no apt-get on this machine');
  const before = await findRedisProgram();
  if (before !== undefined) return before;
  process.stderr.write('Redis for tests: installing the package redis-server\n');
  // Lists that cannot be renewed may still be good enough; the installation itself tells.
  const updated = await apt(['update']).then(
    () => '',
    (error: unknown) => ` (apt-get update: ${lastLine(error)})`,
  );
  try {
    await withoutService(() => apt(['install', '-y', '--no-install-recommends', 'redis-server']));
  } catch (error) {
    throw new Error(`apt-get install redis-server failed: ${lastLine(error)}${updated}`);
  }
  const program = await findRedisProgram();
  if (program === undefined) throw new Error('the package redis-server is installed but brought no program');
  return program;
}

async function apt(args: readonly string[]): Promise<void> {
  await run('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=120', ...args], {
    timeout: APT_LIMIT_MS,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
    maxBuffer: 64 * 1024 * 1024,
  });
}

/** Installs while services may not start, and takes the new one out of the machine's start-up again. */
async function withoutService(install: () => Promise<void>): Promise<void> {
  const ours = !existsSync(SERVICE_POLICY);
  if (ours) await writeFile(SERVICE_POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await install();
  } finally {
    if (ours) await rm(SERVICE_POLICY, { force: true });
  }
  if (existsSync('/run/systemd/system')) {
    // Only where systemd runs can the service be started later; a refusal leaves it enabled but not running.
    await run('systemctl', ['disable', '--now', 'redis-server.service'], { timeout: 60_000 }).catch(() => {});
  }
}

function lastLine(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr || message).trim().split('\n').at(-1) ?? '';
}
