/**
 * `pnpm test:console`: the console in a real browser, before the services of a demo. `--shots` writes the pictures of
 * docs/guide/console.md as well.
 */
import { fileURLToPath } from 'node:url';
import { startVitest } from 'vitest/node';
import { requireNode } from '../require-node.ts';
import { chromium } from './browser.ts';

requireNode();

if (chromium() === undefined) {
  process.stdout.write(
    'The console tests did not run: there is no chromium on this machine (Debian: apt-get install chromium).\n',
  );
  // A gate that lacks it proves nothing.
  process.exit(process.env.CI === undefined ? 0 : 1);
}
if (process.argv.includes('--shots')) process.env.EXEC_CONSOLE_SHOTS = '1';

const config = fileURLToPath(new URL('vitest.config.ts', import.meta.url));
const vitest = await startVitest('test', [], { watch: false, config });
const tests = vitest.state.getTestModules().flatMap((module) => [...module.children.allTests()]);
const passed = tests.filter((test) => test.result().state === 'passed').length;
const unhandled = vitest.state.getUnhandledErrors().length;
await vitest.close();
process.stdout.write(`\nconsole: ${passed} passed, ${tests.length - passed + unhandled} failed\n`);
process.exitCode = passed === 0 || passed < tests.length || unhandled > 0 ? 1 : 0;
