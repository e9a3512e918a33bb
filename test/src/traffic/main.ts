/** `pnpm test:traffic`: captures what goes between the hosts of a deployment; closes with one line of counts. */
import { fileURLToPath } from 'node:url';
import { startVitest } from 'vitest/node';
import { closeWithCounts } from '../closing-counts.ts';
import { helpIfAsked } from '../help.ts';
import { requireNode } from '../require-node.ts';
import { captureVersion } from './capture.ts';

requireNode();
helpIfAsked(
  'pnpm test:traffic\ncaptures what goes between the hosts of a deployment and searches it for secrets and persons',
);

const version = captureVersion();
if (version === undefined) {
  process.stdout.write(
    'The traffic tests did not run: dumpcap is missing or may not capture on loopback (Debian, as root: apt-get install tshark).\n',
  );
  // A gate that lacks it proves nothing.
  process.exit(process.env.CI === undefined ? 0 : 1);
}
process.stdout.write(`${version}\n`);

const config = fileURLToPath(new URL('vitest.config.ts', import.meta.url));
await closeWithCounts(await startVitest('test', [], { watch: false, config }), 'traffic');
