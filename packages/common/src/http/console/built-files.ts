/** The files of the console, read once into memory: no path of a request ever becomes a path of the file system. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

export interface BuiltFile {
  readonly type: string;
  readonly content: Buffer;
  readonly zipped: Buffer;
  readonly tag: string;
}

export interface BuiltConsole {
  readonly index: BuiltFile;
  /** By name; a name holds the hash of its content. */
  readonly assets: ReadonlyMap<string, BuiltFile>;
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

/** Beside the one file of a bundle, and in the package of the console for services that run from the sources. */
const folders = ['./console/', '../../../../console/dist/app/'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);

/** Undefined when it was not built. */
export function readConsole(candidates: readonly string[] = folders): BuiltConsole | undefined {
  const folder = candidates.find((path) => existsSync(join(path, 'index.html')));
  if (folder === undefined) return undefined;
  const assets = join(folder, 'assets');
  const names = existsSync(assets) ? readdirSync(assets).filter((name) => extname(name) in types) : [];
  return {
    index: readFile(join(folder, 'index.html')),
    assets: new Map(names.map((name) => [name, readFile(join(assets, name))])),
  };
}

function readFile(path: string): BuiltFile {
  const content = readFileSync(path);
  return {
    type: types[extname(path)] ?? 'application/octet-stream',
    content,
    zipped: gzipSync(content, { level: 9 }),
    tag: `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`,
  };
}
