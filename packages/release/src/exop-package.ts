/** The package of the bootstrap: EXOP in one file and a Node of its own, so that its VM needs nothing but SSH. */
import { createWriteStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { bundle, root } from './bundle.ts';
import { type Architecture, nodeRuntime } from './node-runtime.ts';
import { parts } from './parts.ts';
import { billOfMaterials } from './sbom.ts';
import { type TarEntry, tarOf } from './tar.ts';

/** Finds the Node for the machine it runs on. */
const launcher = `#!/bin/sh
# EXOP, with the Node that lies beside it.
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
exec "$node" "$here/dist/main.js" "$@"
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
    const { folder, packages } = await bundle(parts.exop, work);
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
      { path: `${name}/exop`, content: Buffer.from(launcher), mode: 0o755 },
      ...(await filesOf(folder, name)),
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

async function filesOf(folder: string, under: string): Promise<TarEntry[]> {
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
