/** The order of test files: what takes longest begins first, so that no file runs on alone when all others are done. */
import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take more than some ten seconds, the longest first. */
const longest = [
  'test/src/chaos/chaos.test.ts',
  'packages/exop/src/pages.test.ts',
  'packages/exop/src/rotate.test.ts',
  'packages/exop/src/exop.test.ts',
  'test/src/e2e/demo.test.ts',
  'test/src/e2e/dependencies.test.ts',
  'packages/exop/src/operator.test.ts',
  'packages/exop/src/faults.test.ts',
  'packages/exop/src/bridges.test.ts',
  'packages/exop/src/ssh/session.test.ts',
  'packages/exop/src/rollback.test.ts',
  'packages/excp/src/kills.test.ts',
  'packages/excp/src/redis-full.test.ts',
  'packages/excp/src/clock-jumps.test.ts',
  'packages/exas/src/exas.model.test.ts',
  'packages/exas/src/standstill.test.ts',
  'packages/excs/src/standstill.test.ts',
  'packages/excp/src/bursts.test.ts',
  'packages/excp/src/upgrade.test.ts',
  'packages/excp/src/takeover.test.ts',
  'packages/excp/src/redis-restart.test.ts',
  'packages/excp/src/recovery.test.ts',
  'packages/excp/src/switch-over.test.ts',
  'packages/excp/src/bridge-restart.test.ts',
  'packages/exas/src/rude-redis.test.ts',
  'packages/excs/src/sync/convergence.test.ts',
  'packages/excs/src/apply/faults.test.ts',
  'packages/excs/src/review.test.ts',
  'packages/excs/src/service.test.ts',
  'packages/excs/src/sync/safety.test.ts',
  'packages/excs/src/sync/hung-database.test.ts',
  'packages/excp/src/redis-clock.test.ts',
  'packages/excp/src/releases.test.ts',
  'packages/excp/src/dead-letters.test.ts',
  'packages/excp/src/quarantine.test.ts',
  'packages/excp/src/excp.test.ts',
  'packages/exas/src/exas.test.ts',
  'packages/common/src/service/service-process.test.ts',
  'packages/release/src/exop-package.test.ts',
  'packages/release/src/bundle.test.ts',
];
const places = new Map(longest.map((file, place) => [file, place]));

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) =>
      places.get(relative(this.ctx.config.root, moduleId)) ?? places.size;
    const group = ({ project }: TestSpecification) => project.config.sequence.groupOrder;
    const sorted = await super.sort(files);
    return sorted.toSorted((left, right) => group(left) - group(right) || place(left) - place(right));
  }
}
