/** Another clock for one process: libfaketime of the machine, or of Debian's package, unpacked without being installed. */
import { execFile } from 'node:child_process';
import { access, chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const limitMs = 120_000;
/** Unpacked once for all runs of this machine. */
const cache = join(tmpdir(), 'exec-libfaketime');

async function inTree(root: string): Promise<string | undefined> {
  const libraries = join(root, 'usr/lib');
  const folders = await readdir(libraries).catch(() => []);
  for (const folder of folders) {
    const file = join(libraries, folder, 'faketime/libfaketimeMT.so.1');
    if (
      await access(file).then(
        () => true,
        () => false,
      )
    )
      return file;
  }
  return undefined;
}

/** @throws Error that says why the library is neither there nor to be had. */
async function library(): Promise<string> {
  const found = (await inTree('/')) ?? (await inTree(cache));
  if (found !== undefined) return found;
  const folder = await mkdtemp(`${cache}-`);
  try {
    await run('apt-get', ['-q', 'download', 'libfaketime'], { cwd: folder, timeout: limitMs });
    const [file = ''] = (await readdir(folder)).filter((name) => name.endsWith('.deb'));
    await run('dpkg-deb', ['-x', join(folder, file), folder], { timeout: limitMs });
    await chmod(folder, 0o755);
    // Somebody else may have been faster; then that one is as good.
    await rename(folder, cache).catch(() => undefined);
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    throw new Error(
      `libfaketime is not installed and could not be fetched (${(stderr || message).trim().split('\n').at(-1)}). ` +
        'Remedy: apt-get install libfaketime',
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const unpacked = await inTree(cache);
  if (unpacked === undefined) throw new Error('the package libfaketime brought no library');
  return unpacked;
}

export class OtherClock {
  /** What a process needs in its environment; its monotonic clock stays as it is. */
  readonly env: Readonly<Record<string, string>>;
  readonly #file: string;

  private constructor(library_: string, file: string) {
    this.#file = file;
    this.env = {
      // Redis brings an allocator that asks for the time before the library is ready, and waits for ever: libc's stands first.
      LD_PRELOAD: `${library_}:libc.so.6`,
      FAKETIME_TIMESTAMP_FILE: file,
      // Read anew every second.
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    };
  }

  /**
   * A clock that goes right until it is told otherwise. `folder`: where its file lies.
   * @throws Error when libfaketime is nowhere.
   */
  static async create(folder: string, name: string): Promise<OtherClock> {
    const library_ = await library();
    await mkdir(folder, { recursive: true });
    const clock = new OtherClock(library_, join(folder, `${name}.time`));
    await clock.set(0);
    return clock;
  }

  /** How far it is ahead of the machine's clock, in seconds; negative: behind. The process sees it within a second or two. */
  async set(seconds: number): Promise<void> {
    await writeFile(this.#file, `${seconds < 0 ? '' : '+'}${seconds}\n`);
  }
}
