/** One test run over all packages; servers that tests share are started once, by the global set-up. */
import { defineConfig } from 'vitest/config';

/** What starts several processes, or measures out whole deployments: one file at a time, with the machine to itself. */
const whole = ['test/src/{e2e,observability,containers}/**/*.test.ts', 'packages/exop/src/**/*.test.ts'];

export default defineConfig({
  test: {
    globalSetup: ['packages/testing/src/vitest/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    passWithNoTests: false,
    allowOnly: false,
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['packages/*/src/**/*.test.ts', 'test/src/**/*.test.ts'],
          exclude: whole,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'whole',
          include: whole,
          maxWorkers: 1,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
