/** Every package of others that is inside what is shipped, and in which parts: told by what a bundle is made of. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildConsole } from '@exec/console';
import { build } from 'esbuild';
import { partOptions, root } from './bundle.ts';
import { bundledPackages, idOf } from './bundled-packages.ts';
import { architectures, runtimeVersion } from './node-runtime.ts';
import { parts } from './parts.ts';

export interface ShippedPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX identifier or expression, as the package states it. */
  readonly license: string | undefined;
  /** Names of parts, and `console`. */
  readonly in: readonly string[];
}

/** In the order of their names. */
export async function shippedPackages(): Promise<readonly ShippedPackage[]> {
  const found = new Map<string, ShippedPackage>();
  for (const [part, inputs] of await inputsOfParts())
    for (const { name, version, license } of await bundledPackages(root, inputs)) {
      const id = idOf({ name, version });
      found.set(id, { name, version, license, in: [...(found.get(id)?.in ?? []), part] });
    }
  const lock = await readFile(join(root, 'pnpm-lock.yaml'), 'utf8');
  for (const architecture of architectures) {
    const name = `node-linux-${architecture}`;
    found.set(name, { name, version: runtimeVersion(lock, architecture), license: 'MIT', in: ['exop'] });
  }
  return [...found.values()].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
}

async function inputsOfParts(): Promise<ReadonlyMap<string, readonly string[]>> {
  const { simulators: _, ...shipped } = parts;
  const { metafile } = await build({
    ...partOptions,
    entryPoints: Object.fromEntries(Object.values(shipped).map(({ name, entry }) => [name, entry])),
    outdir: join(root, 'dist/unwritten'),
    write: false,
  });
  const inputs = new Map<string, readonly string[]>();
  for (const { entryPoint, inputs: of } of Object.values(metafile.outputs)) {
    const part = Object.values(shipped).find(({ entry }) => entry === entryPoint);
    if (part !== undefined) inputs.set(part.name, Object.keys(of));
  }
  const folder = await mkdtemp(join(tmpdir(), 'exec-console-'));
  try {
    inputs.set('console', (await buildConsole(folder, { workingFolder: root })).inputs);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return inputs;
}
