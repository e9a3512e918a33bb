/** The tests of containers, apart from all others: they take minutes and need root or a container engine. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/src/containers/**/*.spec.ts'],
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 600_000,
    bail: 1,
    passWithNoTests: false,
    allowOnly: false,
  },
});
