/** Finds promtool and prometheus; where Debian's package is not installed, unpacks it into a cache folder. */
import { spawn } from 'node:child_process';
import { access, constants, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { textOf } from '@exec/common/trouble';

export interface PrometheusPrograms {
  readonly promtool: string;
  readonly prometheus: string;
}

const defaultCache = fileURLToPath(
  new URL('../../../../node_modules/.cache/prometheus-debian', import.meta.url),
);

const remedy =
  'install Prometheus with its promtool (Debian: apt-get install prometheus; others: prometheus.io/download) and put both into the search path';

export interface SearchOptions {
  /** Default: that of this process. */
  readonly searchPath?: string;
  /** Where an unpacked package lies, or is put. */
  readonly cache?: string;
}

/** @throws Error that says what to install, when neither is there nor can be had */
export async function prometheusPrograms(options: SearchOptions = {}): Promise<PrometheusPrograms> {
  const { searchPath = process.env.PATH ?? '', cache = defaultCache } = options;
  const folders = searchPath.split(delimiter).filter((folder) => folder !== '');
  for (const folder of [...folders, join(cache, 'usr/bin')]) {
    const found = { promtool: join(folder, 'promtool'), prometheus: join(folder, 'prometheus') };
    if ((await isProgram(found.promtool)) && (await isProgram(found.prometheus))) return found;
  }
  await unpackPackage(cache, searchPath);
  const bin = join(cache, 'usr/bin');
  return { promtool: join(bin, 'promtool'), prometheus: join(bin, 'prometheus') };
}

/** Unpacked, not installed: an installed package would start a server of its own. */
async function unpackPackage(cache: string, searchPath: string): Promise<void> {
  await mkdir(join(cache, '..'), { recursive: true });
  const folder = await mkdtemp(`${cache}-`);
  try {
    // The lists of packages may be missing or old; only root can renew them.
    try {
      await run('apt-get', ['download', 'prometheus'], { cwd: folder, searchPath });
    } catch {
      await run('apt-get', ['update'], { cwd: folder, searchPath });
      await run('apt-get', ['download', 'prometheus'], { cwd: folder, searchPath });
    }
    const [archive] = (await readdir(folder)).filter((name) => name.endsWith('.deb'));
    if (archive === undefined) throw new Error('apt-get downloaded nothing');
    const unpacked = join(folder, 'unpacked');
    await run('dpkg-deb', ['-x', archive, unpacked], { cwd: folder, searchPath });
    await access(join(unpacked, 'usr/bin/promtool'), constants.X_OK);
    // Another run may have been faster: then its folder is as good.
    await rename(unpacked, cache).catch(async (error: unknown) => {
      if (!(await isProgram(join(cache, 'usr/bin/promtool')))) throw error;
    });
  } catch (error) {
    const reason = textOf(error);
    throw new Error(`promtool and prometheus are missing and could not be unpacked (${reason}): ${remedy}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

export interface RunOptions {
  readonly cwd?: string;
  readonly input?: string;
  readonly searchPath?: string;
}

/**
 * Runs a program to its end.
 * @returns what it wrote
 * @throws Error with what it wrote, when it cannot be started or ends with another code than 0
 */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      // The message of the error names the fault; a colour or a translation would only hide it.
      env: { ...process.env, PATH: options.searchPath ?? process.env.PATH, LC_ALL: 'C', NO_COLOR: '1' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    // A program that ends without reading tells why by its code.
    child.stdin.on('error', () => {});
    child.on('error', reject);
    child.on('close', (code) => {
      const output = Buffer.concat(chunks).toString('utf8').trim();
      if (code === 0) resolve(output);
      else reject(new Error(`${program} ended with ${code}:\n${output}`));
    });
    child.stdin.end(options.input ?? '');
  });
}
