/**
 * `pnpm test:console`: the console in a real browser, before the services of a demo. `--shots` writes the pictures of
 * docs/guide/console.md as well.
 */
import { fileURLToPath } from 'node:url';
import { startVitest } from 'vitest/node';
import { closeWithCounts } from '../closing-counts.ts';
import { helpIfAsked } from '../help.ts';
import { requireNode } from '../require-node.ts';
import { chromium } from './browser.ts';

requireNode();
helpIfAsked(
  'pnpm test:console [--shots]\nthe console in Chromium; --shots also writes the pictures of docs/guide/console.md',
);

if (chromium() === undefined) {
  process.stdout.write(
    'The console tests did not run: there is no chromium on this machine (Debian: apt-get install chromium).\n',
  );
  // A gate that lacks it proves nothing.
  process.exit(process.env.CI === undefined ? 0 : 1);
}
if (process.argv.includes('--shots')) process.env.EXEC_CONSOLE_SHOTS = '1';

const config = fileURLToPath(new URL('vitest.config.ts', import.meta.url));
await closeWithCounts(await startVitest('test', [], { watch: false, config }), 'console');
