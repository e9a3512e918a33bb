/** All files of a folder, as they go into an archive. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TarEntry } from '@exec/common/tar';

/** `under`: the folder of the archive that they lie in. */
export async function filesOf(folder: string, under: string): Promise<TarEntry[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
  return Promise.all(
    files.map(async (file) => ({
      path: `${under}/${file}`,
      content: await readFile(join(folder, file)),
      mode: 0o644,
    })),
  );
}
