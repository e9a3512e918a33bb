/** Part of `pnpm check`: no name in the sources has a banned word. */
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findBanned } from './find-banned.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const lines: string[] = [];
for await (const file of glob('packages/*/src/**/*.ts', { cwd: root })) {
  for (const { name, line, instead } of findBanned(file, await readFile(join(root, file), 'utf8')))
    lines.push(`${file}:${line}: ${name} (say ${instead})`);
}
if (lines.length > 0) {
  process.stdout.write(
    `${lines.sort().join('\n')}\n${lines.length} names with words of test/src/names/banned-words.ts\n`,
  );
  process.exitCode = 1;
}
