/** A folder for programs that are fetched once: kept between runs, shared by the checkouts of one user. */
import { lstat, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isPassable, type ServerUser } from './unprivileged-user.ts';

const NAME = 'ex-engage-connector';

/**
 * Full path of the finished entry of this name; `fill` makes what is in it, in a folder of its own that becomes the entry
 * only when `fill` is done. Two processes at the same moment may both fill one; the first that is done wins.
 * @throws Error when no folder is to be had, or the error of `fill`; nothing is kept then.
 */
export async function cached(
  name: string,
  user: ServerUser | undefined,
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  const base = await cacheFolder(user);
  const entry = join(base, name);
  if (await isThere(entry)) return entry;
  const draft = await mkdtemp(join(base, `.${name}-`));
  try {
    const content = join(draft, 'content');
    await mkdir(content);
    await fill(content);
    await rename(content, entry).catch(async (error: unknown) => {
      if (!(await isThere(entry))) throw error;
    });
    return entry;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Root's own cache folder is closed to the user that servers run as, so there is one beside it. */
async function cacheFolder(user: ServerUser | undefined): Promise<string> {
  const own = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const candidates = [join(own, NAME), join('/var/tmp', `${NAME}-${process.getuid?.() ?? 'cache'}`)];
  for (const folder of candidates) {
    await mkdir(folder, { recursive: true, mode: 0o755 }).catch(() => {});
    if ((await isOurs(folder)) && (await isPassable(folder, user))) return folder;
  }
  throw new Error(
    `no cache folder can be made that the server's user can reach; tried ${candidates.join(', ')}`,
  );
}

/** Programs are run from it: nobody else may have made it or be able to write there. */
async function isOurs(folder: string): Promise<boolean> {
  try {
    const found = await lstat(folder);
    return found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
  } catch {
    return false;
  }
}

async function isThere(path: string): Promise<boolean> {
  return await lstat(path).then(
    () => true,
    () => false,
  );
}
