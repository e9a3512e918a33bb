/** Writes the page on performance and its plots, and removes plots that are no longer part of it. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSoak } from '../../soak/stored.ts';
import { readStored } from '../stored.ts';
import { performancePage } from './performance-page.ts';

const reference = fileURLToPath(new URL('../../../../docs/reference/', import.meta.url));

/** The files of the page by their path below docs/reference, as they should be. */
export async function pageFiles(): Promise<ReadonlyMap<string, string>> {
  return performancePage(await readStored(), await readSoak());
}

/** Answers the files that were not as they should be. */
export async function writePage(): Promise<string[]> {
  const files = await pageFiles();
  const changed: string[] = [];
  for (const [name, text] of files) {
    const file = `${reference}${name}`;
    if ((await readFile(file, 'utf8').catch(() => undefined)) === text) continue;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    changed.push(name);
  }
  for (const name of await readdir(`${reference}performance`).catch(() => []))
    if (name.endsWith('.svg') && !files.has(`performance/${name}`))
      await rm(`${reference}performance/${name}`);
  return changed;
}
