/** Finds programs in the search path. */
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Full path of a program in the search path or in one of the further folders; none when it is nowhere. */
export async function findProgram(
  name: string,
  furtherFolders: readonly string[] = [],
): Promise<string | undefined> {
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== ''),
    ...furtherFolders,
  ];
  for (const folder of folders) {
    const path = join(folder, name);
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
