/**
 * The Node that EXOP brings along: what is installed here, else fetched from the registry and checked by the lock file.
 * In either case it must be the one that nodejs.org has published.
 */

import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type BundledPackage, integrityOf } from './bundled-packages.ts';
import { command } from './command.ts';
import { checkNode, nodeChecksumsFile } from './node-checksums.ts';

export const architectures = ['x64', 'arm64'] as const;
export type Architecture = (typeof architectures)[number];

export interface NodeRuntime {
  readonly program: Buffer;
  readonly licence: Buffer;
  /** For the bill of materials. */
  readonly described: BundledPackage;
}

/**
 * @throws Error when it is neither installed nor to be had from the registry, or is not what the lock file names, or not
 * what nodejs.org lists
 */
export async function nodeRuntime(root: string, architecture: Architecture): Promise<NodeRuntime> {
  const runtime = await foundRuntime(root, architecture);
  const list = await readFile(join(root, nodeChecksumsFile), 'utf8');
  checkNode(list, { version: runtime.described.version, architecture, program: runtime.program });
  return runtime;
}

async function foundRuntime(root: string, architecture: Architecture): Promise<NodeRuntime> {
  const name = `node-linux-${architecture}`;
  const lock = await readFile(join(root, 'pnpm-lock.yaml'), 'utf8');
  const version = runtimeVersion(lock, architecture);
  const sha512 = integrityOf(lock).get(`${name}@${version}`);
  const described = { name, version, license: 'MIT', sha512, dependencies: [], folder: '' };
  const installed = installedFolder(root, name);
  if (installed !== undefined) return { ...(await read(installed)), described };
  const folder = await mkdtemp(join(tmpdir(), 'exec-node-'));
  try {
    const archive = join(folder, await fetchArchive(`${name}@${version}`, folder));
    const digest = createHash('sha512')
      .update(await readFile(archive))
      .digest('hex');
    if (digest !== sha512) throw new Error(`${name}@${version} is not what the lock file names`);
    await command('tar', ['-xzf', archive, '-C', folder]);
    return { ...(await read(join(folder, 'package'))), described };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @throws Error when the lock file names none */
export function runtimeVersion(lockFile: string, architecture: Architecture): string {
  const name = `node-linux-${architecture}`;
  const version = new RegExp(`^ {2}'?${name}@([\\d.]+)'?:$`, 'm').exec(lockFile)?.[1];
  if (version === undefined) throw new Error(`the lock file does not name ${name}`);
  return version;
}

function installedFolder(root: string, name: string): string | undefined {
  try {
    return dirname(createRequire(join(root, 'package.json')).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}

async function fetchArchive(id: string, folder: string): Promise<string> {
  try {
    const said = await command('npm', ['pack', id, '--silent'], { cwd: folder, quiet: true });
    return said.split('\n').at(-1) ?? '';
  } catch (error) {
    throw new Error(`${id} is not installed here and cannot be fetched: ${(error as Error).message}`);
  }
}

async function read(folder: string): Promise<{ program: Buffer; licence: Buffer }> {
  const [program, licence] = await Promise.all([
    readFile(join(folder, 'bin/node')),
    readFile(join(folder, 'LICENSE')),
  ]);
  return { program, licence };
}
