/** Gives an image pnpm and as much of its store as the image build installs, so that it installs without a network. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { FileTree } from './file-tree.ts';
import { need } from './run.ts';

const storeAt = '/store';

interface Listed {
  /** Name under which it is published; the key may be an alias. */
  readonly from?: string;
  readonly version?: string;
  readonly path?: string;
  readonly dependencies?: Readonly<Record<string, Listed>>;
  readonly optionalDependencies?: Readonly<Record<string, Listed>>;
}

const indexSchema = z.looseObject({
  files: z.record(z.string(), z.looseObject({ integrity: z.string(), mode: z.number() })),
});

export async function addPnpm(tree: FileTree, root: string): Promise<void> {
  const program = await pnpmProgram();
  await tree.copy(dirname(dirname(program)), '/pnpm');
  await tree.write('/usr/local/bin/pnpm', '#!/bin/sh\nexec node /pnpm/bin/pnpm.cjs "$@"\n', 0o755);
  await tree.write('/root/.npmrc', `store-dir=${storeAt}\noffline=true\n`);
  const pnpm = (args: readonly string[]) => need(process.execPath, [program, ...args], { cwd: root });
  const store = await pnpm(['store', 'path']);
  const tail = store.split('/').at(-1) ?? '';
  const listed = JSON.parse(
    await pnpm(['list', '--json', '--prod', '--depth', 'Infinity', '--filter-prod', '@exec/release...']),
  ) as Listed[];
  const wanted = new Set<string>();
  for (const project of listed) collect(project, wanted);
  const missing = new Set(wanted);
  for (const folder of await readdir(join(store, 'index'))) {
    for (const file of await readdir(join(store, 'index', folder))) {
      const id = file.slice(file.indexOf('-') + 1, -'.json'.length);
      if (!wanted.has(id)) continue;
      missing.delete(id);
      const path = join('index', folder, file);
      await tree.copy(join(store, path), join(storeAt, tail, path));
      const index = indexSchema.parse(JSON.parse(await readFile(join(store, path), 'utf8')));
      for (const { integrity, mode } of Object.values(index.files)) {
        const name = contentPath(integrity, mode);
        await tree.copy(join(store, name), join(storeAt, tail, name));
      }
    }
  }
  if (missing.size > 0)
    throw new Error(`the store of pnpm lacks ${[...missing].join(', ')}; run "pnpm install" first`);
}

/** Where version 10 of the store keeps a file: by its SHA-512, marked when it is executable. */
function contentPath(integrity: string, mode: number): string {
  const digest = Buffer.from(integrity.slice(integrity.indexOf('-') + 1), 'base64').toString('hex');
  const executable = (mode & 0o111) === 0 ? '' : '-exec';
  return join('files', digest.slice(0, 2), `${digest.slice(2)}${executable}`);
}

function collect(of: Listed, into: Set<string>): void {
  for (const group of [of.dependencies, of.optionalDependencies]) {
    for (const [name, one] of Object.entries(group ?? {})) {
      const { from = name, version = '', path = '' } = one;
      // Parts for other platforms are listed, but neither here nor needed.
      if (/^\d/.test(version) && existsSync(path)) into.add(`${from.replaceAll('/', '+')}@${version}`);
      collect(one, into);
    }
  }
}

/** The pnpm that runs us, else the one that npx brings. */
async function pnpmProgram(): Promise<string> {
  const given = process.env.npm_execpath ?? '';
  if (/pnpm\.c?js$/.test(given)) return join(dirname(dirname(given)), 'bin/pnpm.cjs');
  const said = await need('npx', ['-y', 'pnpm@10.34.9', 'exec', 'sh', '-c', 'command -v pnpm']);
  const link = said.trim().split('\n').at(-1) ?? '';
  return join(dirname(dirname(link)), 'pnpm/bin/pnpm.cjs');
}
