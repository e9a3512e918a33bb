/** Which packages a bundle is made of: told by the files that went into it, not by what is installed. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX identifier or expression, as the package states it. */
  readonly license: string | undefined;
  /** SHA-512 of the published archive, hexadecimal, from the lock file. */
  readonly sha512: string | undefined;
  /** Names of what it depends on. */
  readonly dependencies: readonly string[];
  /** Below the root of the repository. */
  readonly folder: string;
}

const manifestSchema = z.looseObject({
  name: z.string(),
  version: z.string(),
  license: z.string().optional().catch(undefined),
  /** The form that npm has left behind. */
  licenses: z
    .array(z.object({ type: z.string() }))
    .optional()
    .catch(undefined),
  dependencies: z.record(z.string(), z.string()).default({}).catch({}),
});

/** `inputs`: files of the bundle, below `root`. Packages of the workspace itself are left out. */
export async function bundledPackages(root: string, inputs: readonly string[]): Promise<BundledPackage[]> {
  const integrity = integrityOf(await readFile(join(root, 'pnpm-lock.yaml'), 'utf8'));
  const found = new Map<string, BundledPackage>();
  const seen = new Set<string>();
  for (const input of inputs) {
    const folder = packageFolder(input);
    if (folder === undefined || seen.has(folder)) continue;
    seen.add(folder);
    const manifest = manifestSchema.parse(
      JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8')),
    );
    const id = `${manifest.name}@${manifest.version}`;
    found.set(id, {
      name: manifest.name,
      version: manifest.version,
      license: manifest.license ?? manifest.licenses?.map(({ type }) => type).join(' OR '),
      sha512: integrity.get(id),
      dependencies: Object.keys(manifest.dependencies),
      folder,
    });
  }
  return [...found.values()].sort((left, right) => compare(idOf(left), idOf(right)));
}

/** The folder of the package that a file belongs to: the part of its path up to the last package name. */
export function packageFolder(input: string): string | undefined {
  const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\/[^/].*$/.exec(input.replaceAll('\\', '/'));
  return found?.[1];
}

/** SHA-512 by `name@version`, as the lock file of pnpm (version 9) holds it. */
export function integrityOf(lockFile: string): Map<string, string> {
  const found = new Map<string, string>();
  const entry = /^ {2}'?(@?[^@'\s]+@[^:('\s]+)'?:\n {4}resolution: \{integrity: sha512-([A-Za-z0-9+/=]+)/gm;
  for (const [, id = '', digest = ''] of lockFile.matchAll(entry))
    found.set(id, Buffer.from(digest, 'base64').toString('hex'));
  return found;
}

export function idOf({ name, version }: { readonly name: string; readonly version: string }): string {
  return `${name}@${version}`;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
