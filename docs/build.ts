/** `pnpm run docs`: builds the site into dist/docs; with `--serve` it shows what was built. */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build, serve } from 'vitepress';

const { values } = parseArgs({ options: { serve: { type: 'boolean' }, port: { type: 'string' } } });
const root = fileURLToPath(new URL('.', import.meta.url));

await build(root);
if (values.serve === true) await serve({ root, port: Number(values.port ?? 4173) });
