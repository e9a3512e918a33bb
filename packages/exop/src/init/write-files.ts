/** Writes the `.env` and the sample files. What is there already stays. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ExecError } from '@exec/common/errors';

/** Below the root of the repository, and of the unpacked package alike. */
const place = 'packages/exop';

/** The folder that holds `example.env` and `samples`, whether this runs from sources or from the package. */
export function shippedFiles(from: string = import.meta.dirname): string {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    const found = join(folder, place);
    if (existsSync(join(found, 'example.env'))) return found;
  }
  throw new ExecError(
    'exop.package-incomplete',
    `${place}/example.env is missing: the package is not complete`,
  );
}

export interface Written {
  readonly written: readonly string[];
  /** There before, and left as they were. */
  readonly kept: readonly string[];
}

/** @throws ExecError exop.file-not-written */
export function writeFiles(folder: string, shipped: string, envFile: string, env: string): Written {
  const written: string[] = [];
  const kept: string[] = [];
  const put = (path: string, write: () => void): void => {
    const name = relative(folder, path);
    try {
      mkdirSync(dirname(path), { recursive: true });
      write();
      written.push(name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') kept.push(name);
      else throw new ExecError('exop.file-not-written', `${path} cannot be written`, { cause: error });
    }
  };
  // It will hold secrets: for the owner alone from the start.
  put(envFile, () => writeFileSync(envFile, env, { mode: 0o600, flag: 'wx' }));
  for (const name of readdirSync(join(shipped, 'samples'), { recursive: true, encoding: 'utf8' }).sort()) {
    if (!name.endsWith('.json')) continue;
    const path = join(dirname(envFile), 'samples', name);
    put(path, () => writeFileSync(path, readFileSync(join(shipped, 'samples', name)), { flag: 'wx' }));
  }
  return { written, kept };
}
