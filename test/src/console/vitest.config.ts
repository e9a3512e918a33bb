/** The browser tests: apart from `pnpm test`, because they need a browser. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../../..', import.meta.url)),
    include: ['test/src/console/*.browser.ts'],
    // One world for all: each test goes on where the one before it ended.
    sequence: { concurrent: false },
    bail: 1,
    testTimeout: 600_000,
    hookTimeout: 300_000,
    passWithNoTests: false,
  },
});
