/** Part of `pnpm check`: no name in the sources has a banned word, and rules depend on their input alone. */
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findBanned } from './find-banned.ts';
import { findImpure } from './find-impure.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const lines: string[] = [];
for await (const file of glob(['packages/*/src/**/*.ts', 'test/src/**/*.ts'], { cwd: root })) {
  const text = await readFile(join(root, file), 'utf8');
  for (const { name, line, instead } of findBanned(file, text))
    lines.push(`${file}:${line}: ${name} (a word of test/src/names/banned-words.ts; say ${instead})`);
  for (const { what, line } of findImpure(file, text))
    lines.push(`${file}:${line}: ${what} in a rule: let it come with the input`);
}
if (lines.length > 0) {
  process.stdout.write(`${lines.sort().join('\n')}\n`);
  process.exitCode = 1;
}
