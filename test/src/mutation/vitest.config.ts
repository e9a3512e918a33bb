/**
 * What tells mutants: the tests beside the pure folders, without a server, so that a mutant costs seconds. The random
 * ones are cut short; those that cannot be are left out: they would find more, at minutes for each mutant.
 */
import { defineConfig } from 'vitest/config';
import { NearestFirst } from './nearest-first.ts';

/** The packages that are changed; all by default. */
const packages = (process.env.MUTATED_PACKAGES ?? 'excs exas excp').split(' ');

export default defineConfig({
  test: {
    include: [
      'packages/excs/src/{plan,apply,desired}/*.test.ts',
      'packages/excs/src/sync/convergence.property.test.ts',
      'packages/exas/src/state/*.test.ts',
      'packages/exas/src/outbox/{choose,outbox,roster,waiting}.test.ts',
      'packages/excp/src/{events,conversation,registry,translate,outbox}/*.test.ts',
      'packages/excp/src/processor/model.test.ts',
    ].filter((files) => packages.some((name) => files.startsWith(`packages/${name}/`))),
    exclude: [
      'packages/excs/src/apply/faults.test.ts',
      // Reads a page, which is not copied for the mutants.
      'packages/excs/src/desired/conflict-remedies.test.ts',
      'packages/excp/src/outbox/outbox-script.test.ts',
      'packages/excp/src/conversation/{interleavings,invariants,shuffled}.test.ts',
    ],
    setupFiles: ['packages/testing/src/vitest/each-file.ts', 'test/src/mutation/coverage-per-file.ts'],
    // A new process for each mutant, which all its test files share: a process a file took most of a run.
    isolate: false,
    sequence: { sequencer: NearestFirst },
    env: { CONVERGENCE_RUNS: '30', OUTBOX_RUNS: '30' },
    testTimeout: 90_000,
    provide: { testRedisVersion: 'none' },
  },
});
