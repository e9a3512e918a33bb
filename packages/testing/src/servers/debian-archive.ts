/**
 * Unpacks packages of any Debian release into a folder, with the machine's own apt, mirror and keys, but a state of its
 * own: nothing is installed, nothing of the machine's package lists changes, and no root is needed.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from './find-program.ts';

const run = promisify(execFile);
const LIMIT_MS = 300_000;
/** Where the package debian-archive-keyring keeps the keys of all releases together. */
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
/** A target of the main archive is known by the release; others (security, updates) have a suffix. */
const RELEASES = /^(?:buster|bullseye|bookworm|trixie|forky|duke|sid|unstable|testing|(?:old){0,2}stable)$/;

/**
 * Unpacks one package and the libraries that it needs, of exactly this release, below `folder`. apt proves the signature
 * of the release and through it the checksum of every file.
 * @throws Error in words for a person: no apt, no Debian mirror configured, or apt's own last line.
 */
export async function unpackFromDebian(suite: string, packageName: string, folder: string): Promise<void> {
  if (process.platform !== 'linux') throw new Error('packages of Debian run on Linux only');
  for (const program of ['apt-get', 'dpkg-deb']) {
    if ((await findProgram(program, ['/usr/bin'])) === undefined)
      throw new Error(`no ${program} on this machine`);
  }
  const state = `${folder}.apt`;
  try {
    const apt = await privateApt(suite, state);
    await apt(['update']);
    const { stdout } = await apt([
      '--print-uris',
      '-qq',
      '-y',
      '--no-install-recommends',
      'install',
      packageName,
    ]);
    const names = neededPackages(stdout, packageName);
    const downloads = join(state, 'packages');
    await mkdir(downloads);
    await apt(['download', ...names], downloads);
    for (const file of await readdir(downloads)) {
      await run('dpkg-deb', ['--extract', join(downloads, file), folder], { timeout: LIMIT_MS });
    }
  } catch (error) {
    throw new Error(`fetching ${packageName} of Debian ${suite}: ${lastLine(error)}`);
  } finally {
    await rm(state, { recursive: true, force: true });
  }
}

/** Libraries and the parts of the product itself; what a package needs only while it is installed stays out. */
function neededPackages(printedUris: string, packageName: string): readonly string[] {
  const product = packageName.split('-')[0] ?? packageName;
  const files = [...printedUris.matchAll(/^'[^']*' (\S+)_[^_]+_[^_]+\.deb /gm)].map(
    (match) => match[1] ?? '',
  );
  return files.filter(
    (name) => name.startsWith('lib') || name.startsWith('lua-') || name.startsWith(product),
  );
}

type Apt = (args: readonly string[], cwd?: string) => Promise<{ stdout: string }>;

/** How apt is called with a state of its own below `folder`; its transport settings stay those of the machine. */
async function privateApt(suite: string, folder: string): Promise<Apt> {
  await mkdir(join(folder, 'state', 'lists', 'partial'), { recursive: true });
  await mkdir(join(folder, 'cache', 'archives', 'partial'), { recursive: true });
  const signedBy = existsSync(KEYRING) ? ` [signed-by=${KEYRING}]` : '';
  const settings = await transportSettings();
  await writeFile(join(folder, 'status'), '');
  await writeFile(join(folder, 'sources.list'), `deb${signedBy} ${await mirror()} ${suite} main\n`);
  await writeFile(
    join(folder, 'apt.conf'),
    [
      ...settings,
      'Dir::Etc::Main "/dev/null";',
      'Dir::Etc::Parts "/dev/null";',
      'Dir::Etc::Preferences "/dev/null";',
      'Dir::Etc::PreferencesParts "/dev/null";',
      `Dir::Etc::SourceList "${join(folder, 'sources.list')}";`,
      'Dir::Etc::SourceParts "/dev/null";',
      `Dir::State "${join(folder, 'state')}";`,
      // As if nothing were installed: the release's own C library comes along, whatever the machine has.
      `Dir::State::status "${join(folder, 'status')}";`,
      `Dir::Cache "${join(folder, 'cache')}";`,
      'Acquire::Languages "none";',
      'APT::Sandbox::User "";',
      '',
    ].join('\n'),
  );
  const env = { ...process.env, APT_CONFIG: join(folder, 'apt.conf'), LC_ALL: 'C' };
  return async (args, cwd = folder) =>
    await run('apt-get', ['-q', ...args], { cwd, env, timeout: LIMIT_MS, maxBuffer: 64 * 1024 * 1024 });
}

/** Proxies, time limits and the like; not the hooks, which would touch what is the machine's. */
async function transportSettings(): Promise<readonly string[]> {
  const { stdout } = await run('apt-config', ['dump'], {
    env: { ...process.env, LC_ALL: 'C' },
    timeout: LIMIT_MS,
  });
  return stdout
    .split('\n')
    .filter((line) => /^(?:Acquire::(?!IndexTargets|Languages|Changelogs)|APT::Architecture )/.test(line));
}

/** Address of the archive that the machine's own sources name. */
async function mirror(): Promise<string> {
  const { stdout } = await run(
    'apt-get',
    ['indextargets', '--format', '$(RELEASE) $(REPO_URI)', 'Created-By: Packages'],
    {
      env: { ...process.env, LC_ALL: 'C' },
      timeout: LIMIT_MS,
    },
  );
  const found = stdout
    .split('\n')
    .map((line) => line.split(' '))
    .find(([release = '']) => RELEASES.test(release))?.[1];
  if (found === undefined) throw new Error("this machine's apt has no archive of Debian among its sources");
  return found;
}

function lastLine(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr || message).trim().split('\n').at(-1) ?? '';
}
