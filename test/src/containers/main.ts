/** `pnpm test:containers`: images, compose and packages on a real container engine; closes with one line of counts. */
import { fileURLToPath } from 'node:url';
import { startVitest } from 'vitest/node';
import { closeWithCounts } from '../closing-counts.ts';
import { helpIfAsked } from '../help.ts';
import { requireNode } from '../require-node.ts';

requireNode();
helpIfAsked(
  'pnpm test:containers [part of a path ...]\nimages, compose and packages on a container engine of this machine',
);

const config = fileURLToPath(new URL('./vitest.config.ts', import.meta.url));
const root = fileURLToPath(new URL('../../../', import.meta.url));
const vitest = await startVitest('test', process.argv.slice(2), { watch: false, config, root });
await closeWithCounts(vitest, 'containers');
