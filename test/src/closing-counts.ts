/** The end of a script that runs tests of one kind: one line of counts, and an exit code that no silence can make 0. */
import type { Vitest } from 'vitest/node';

/** What did not pass failed: a file that could not be loaded, and what was left out because an earlier step failed. */
export async function closeWithCounts(vitest: Vitest, kind: string): Promise<void> {
  let passed = 0;
  let failed = vitest.state.getUnhandledErrors().length;
  for (const module of vitest.state.getTestModules()) {
    if (module.errors().length > 0) failed++;
    for (const test of module.children.allTests())
      if (test.result().state === 'passed') passed++;
      else failed++;
  }
  await vitest.close();
  process.stdout.write(`\n${kind}: ${passed} passed, ${failed} failed\n`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}
