/** One program of a package of another Debian release, for tests that need that very version. */
import { join } from 'node:path';
import { unpackFromDebian } from './debian-archive.ts';
import { cached } from './program-cache.ts';

export interface DebianProgram {
  /** Code name of the release: `trixie`. */
  readonly suite: string;
  readonly package: string;
  /** Below the root folder of the package, without a leading slash. */
  readonly path: string;
}

/**
 * Full path of the program, fetched on first use. It runs with the libraries of this machine.
 * @throws Error in words for a person when it cannot be had here
 */
export async function debianProgram(wanted: DebianProgram): Promise<string> {
  const name = `${wanted.package}-${wanted.suite}-${process.arch}`;
  const folder = await cached(name, undefined, (draft) =>
    unpackFromDebian(wanted.suite, wanted.package, draft),
  );
  return join(folder, wanted.path);
}
