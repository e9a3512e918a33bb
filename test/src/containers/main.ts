/** `pnpm test:containers`: images, compose and packages on a real container engine; closes with one line of counts. */
import { fileURLToPath } from 'node:url';
import { startVitest } from 'vitest/node';
import { requireNode } from '../require-node.ts';

requireNode();

const config = fileURLToPath(new URL('./vitest.config.ts', import.meta.url));
const root = fileURLToPath(new URL('../../../', import.meta.url));
const vitest = await startVitest('test', process.argv.slice(2), { watch: false, config, root });

let passed = 0;
let failed = 0;
for (const module of vitest.state.getTestModules()) {
  failed += module.errors().length > 0 ? 1 : 0;
  for (const test of module.children.allTests()) {
    if (test.result().state === 'passed') passed += 1;
    // What was left out because an earlier step failed has not been proved either.
    else failed += 1;
  }
}
failed += vitest.state.getUnhandledErrors().length;
await vitest.close();
process.stdout.write(`\ncontainers: ${passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
