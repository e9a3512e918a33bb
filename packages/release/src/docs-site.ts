/** The documentation as a site: built anew, and packed for any web server. */
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { tarOf } from '@exec/common/tar';
import { root } from './bundle.ts';
import { command } from './command.ts';
import { filesOf } from './files-of.ts';

/** Answers the file that was written into `out`. A dead link of a page refuses it. */
export async function packageDocs(o: { readonly out: string; readonly version: string }): Promise<string[]> {
  await command(process.execPath, [join(root, 'docs/build.ts')], { cwd: root, quiet: true });
  const name = `docs-${o.version}`;
  await pipeline(
    Readable.from(tarOf(await filesOf(join(root, 'dist/docs'), name))),
    createGzip({ level: 9 }),
    createWriteStream(join(o.out, `${name}.tgz`)),
  );
  return [`${name}.tgz`];
}
