/** `pnpm test`: runs every test of the repository and closes with one line of counts. */
import { fileURLToPath } from 'node:url';
import { compileOnce, useCompileCache } from '@exec/testing/compile-cache';
import { startVitest } from 'vitest/node';
import { helpIfAsked } from './help.ts';
import { requireNode } from './require-node.ts';

requireNode();
helpIfAsked(
  'pnpm test [part of a path ...]\nevery test of the repository, or of these files; closes with one line of counts',
);

const root = fileURLToPath(new URL('../../', import.meta.url));
useCompileCache(root);
await compileOnce(
  root,
  ['excs', 'exas', 'excp', 'exop'].map((part) => `packages/${part}/src/main.ts`),
);

const vitest = await startVitest('test', process.argv.slice(2), { watch: false });

let passed = 0;
let failed = 0;
let skipped = 0;
for (const module of vitest.state.getTestModules()) {
  // A module that could not be loaded ran none of its tests: that is a failure of its own.
  if (module.errors().length > 0) failed += 1;
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    if (state === 'passed') passed += 1;
    else if (state === 'failed') failed += 1;
    else skipped += 1;
  }
}
const unhandled = vitest.state.getUnhandledErrors().length;
await vitest.close();

process.stdout.write(
  '\nNot run here: images and compose on a container engine ("pnpm test:containers"), the captured traffic of a deployment ("pnpm test:traffic"). Each takes some minutes.\n',
);
process.stdout.write(
  `\n${passed} passed, ${failed + unhandled} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`,
);
process.exitCode = failed + unhandled > 0 || passed === 0 ? 1 : 0;
