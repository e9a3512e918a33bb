/** The order of test files for one mutant: what lies beside it most likely tells it, and ends the run; whole calls come last. */
import { basename, dirname } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

export class NearestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // Stryker sets the one file that it changed; all files that may be changed in the run before the mutants.
    const [mutated = ''] = this.ctx.config.related ?? [];
    const distance = ({ moduleId }: TestSpecification) => {
      if (moduleId === mutated.replace(/\.ts$/, '.test.ts')) return 0;
      if (/scenarios|property|model/.test(basename(moduleId))) return 3;
      return dirname(moduleId) === dirname(mutated) ? 1 : 2;
    };
    return files.toSorted((left, right) => distance(left) - distance(right));
  }
}
