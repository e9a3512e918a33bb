/**
 * The package of the bootstrap: EXOP and the tools of the link, each in one file, a Node of their own, so that its VM
 * needs nothing but SSH, and all files that the pages name: the pages themselves, samples, monitoring, the bridge.
 */
import { createWriteStream } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type TarEntry, tarOf } from '@exec/common/tar';
import { bundle, root } from './bundle.ts';
import type { BundledPackage } from './bundled-packages.ts';
import { filesOf } from './files-of.ts';
import { licencesOf } from './licences.ts';
import { type Architecture, nodeRuntime } from './node-runtime.ts';
import { parts } from './parts.ts';
import { billOfMaterials } from './sbom.ts';
import { shippedFiles } from './shipped-files.ts';

/** Finds the Node for the machine it runs on. `program`: below `dist`. */
const launcher = (program: string) => `#!/bin/sh
# Runs with the Node that lies beside it.
here=$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "$0")")" && pwd)
case $(uname -m) in
  x86_64 | amd64) node=$here/node/x64/node ;;
  aarch64 | arm64) node=$here/node/arm64/node ;;
  *) node= ;;
esac
if [ ! -x "$node" ]; then
  echo "This package brings no Node for $(uname -m)." >&2
  exit 1
fi
exec "$node" "$here/dist/${program}" "$@"
`;

/** Answers the files that were written into `out`. */
export async function packageExop(o: {
  readonly out: string;
  readonly version: string;
  readonly architectures: readonly Architecture[];
}): Promise<string[]> {
  const name = `exop-${o.version}`;
  const work = await mkdtemp(join(tmpdir(), 'exec-exop-'));
  try {
    const { folder, packages: ofExop } = await bundle(parts.exop, work);
    const link = await bundle(parts.link, work);
    await cp(join(link.folder, 'dist/main.js'), join(folder, 'dist/link.js'));
    const packages = union(ofExop, link.packages);
    await writeFile(join(folder, 'LICENSES.txt'), await licencesOf(root, packages));
    const runtimes = await Promise.all(
      o.architectures.map(async (architecture) => ({
        architecture,
        ...(await nodeRuntime(root, architecture)),
      })),
    );
    const further = runtimes.map(({ described }) => described);
    const bom = billOfMaterials({ name: 'exop', version: o.version, packages, further });
    const bomText = `${JSON.stringify(bom, null, 2)}\n`;
    await writeFile(join(folder, 'sbom.cdx.json'), bomText);
    // It answers for a container of a service; there is none here.
    await rm(join(folder, 'health-check.js'));
    const entries: TarEntry[] = [
      { path: `${name}/exop`, content: Buffer.from(launcher('main.js')), mode: 0o755 },
      { path: `${name}/link`, content: Buffer.from(launcher('link.js')), mode: 0o755 },
      ...(await filesOf(folder, name)),
      ...(await shippedFiles(root, name)),
      ...runtimes.flatMap(({ architecture, program, licence }) => [
        { path: `${name}/node/${architecture}/node`, content: program, mode: 0o755 },
        { path: `${name}/node/${architecture}/LICENSE`, content: licence, mode: 0o644 },
      ]),
    ];
    await pipeline(
      Readable.from(tarOf(entries)),
      createGzip({ level: 9 }),
      createWriteStream(join(o.out, `${name}.tgz`)),
    );
    await writeFile(join(o.out, `${name}.cdx.json`), bomText);
    return [`${name}.tgz`, `${name}.cdx.json`];
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function union(...lists: readonly (readonly BundledPackage[])[]): BundledPackage[] {
  const all = new Map(lists.flat().map((one) => [`${one.name}@${one.version}`, one]));
  return [...all.values()].toSorted(
    (a, b) => a.name.localeCompare(b.name) || a.version.localeCompare(b.version),
  );
}
