/** `pnpm run docs`: builds the site into dist/docs; with `--serve` it shows what was built. */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build, serve } from 'vitepress';

const { values } = parseArgs({
  options: { serve: { type: 'boolean' }, port: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
});
if (values.help === true) {
  process.stdout.write(
    'pnpm run docs [--serve] [--port 4173]\nbuilds the site into dist/docs; --serve shows it\n',
  );
  process.exit(0);
}
const root = fileURLToPath(new URL('.', import.meta.url));

await build(root);
if (values.serve === true) await serve({ root, port: Number(values.port ?? 4173) });
