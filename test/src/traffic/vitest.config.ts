/** The traffic of a deployment: apart from `pnpm test`, because it needs the right to capture. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../../..', import.meta.url)),
    include: ['test/src/traffic/*.capture.ts'],
    globalSetup: ['packages/testing/src/vitest/global-setup.ts'],
    setupFiles: ['packages/testing/src/vitest/each-file.ts'],
    provide: { testRedisVersion: 'any' },
    testTimeout: 1_200_000,
    hookTimeout: 300_000,
    passWithNoTests: false,
  },
});
