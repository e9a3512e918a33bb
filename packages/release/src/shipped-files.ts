/** What goes with the bootstrap besides programs: all files that its pages name, at the places where they name them. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { TarEntry } from '@exec/common/tar';

/** Below the root of the repository; the package has the same layout, so that the links of the pages hold. */
const shipped = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'SUPPORT.md',
  'LICENSE',
  'compose.yaml',
  'docker/services.yaml',
  'docker/prometheus',
  'docker/grafana',
  'docs',
  'packages/bridge',
  'packages/exop/example.env',
  'packages/exop/samples',
] as const;

/** What a build or an editor leaves in these folders. */
const left = /(?:^|\/)(?:node_modules|target|dist|cache)(?:\/|$)|\.test\.yml$/;

export async function shippedFiles(root: string, under: string): Promise<TarEntry[]> {
  const files = (await Promise.all(shipped.map((path) => filesBelow(root, path)))).flat();
  return Promise.all(
    files
      .filter((file) => !left.test(file))
      .sort()
      .map(async (file) => ({
        path: `${under}/${file}`,
        content: await readFile(join(root, file)),
        mode: ((await stat(join(root, file))).mode & 0o100) === 0 ? 0o644 : 0o755,
      })),
  );
}

async function filesBelow(root: string, path: string): Promise<string[]> {
  const found = await stat(join(root, path)).catch(() => undefined);
  if (found === undefined) return [];
  if (found.isFile()) return [path];
  const entries = await readdir(join(root, path), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(root, '/').length));
}
