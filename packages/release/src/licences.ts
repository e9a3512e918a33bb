/** The licence texts of what is inside a bundle: most licences ask that they go with the copy. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BundledPackage, idOf } from './bundled-packages.ts';

const line = '-'.repeat(80);

export async function licencesOf(root: string, packages: readonly BundledPackage[]): Promise<string> {
  const own = await readFile(join(root, 'LICENSE'), 'utf8');
  const texts = [`EX Engage Connector\n\n${own.trim()}`];
  for (const one of packages) {
    const folder = join(root, one.folder);
    const name = (await readdir(folder)).sort().find((file) => /^(licen[cs]e|copying)/i.test(file));
    const text =
      name === undefined
        ? 'The package states it without a text.'
        : await readFile(join(folder, name), 'utf8');
    texts.push(`${idOf(one)} (${one.license ?? 'no licence stated'})\n\n${text.trim()}`);
  }
  return `${texts.join(`\n\n${line}\n`)}\n`;
}
