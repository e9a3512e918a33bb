/** What Stryker does not bring: it tries a sample of the mutants, and names at once each that no test notices. */
import { relative } from 'node:path';
import { type Checker, type CheckResult, CheckStatus } from '@stryker-mutator/api/check';
import type { MutantResult, StrykerOptions } from '@stryker-mutator/api/core';
import { commonTokens, declareFactoryPlugin, PluginKind, tokens } from '@stryker-mutator/api/plugin';
import type { Reporter } from '@stryker-mutator/api/report';
import { isDrawn, type Sample } from './sample.ts';

/** What a checker refuses is not run, and does not count. */
function sample(options: StrykerOptions): Checker {
  const drawn = options.sample as Sample;
  return {
    init: async () => undefined,
    check: async (mutants) =>
      Object.fromEntries(
        mutants.map((mutant): [string, CheckResult] => [
          mutant.id,
          isDrawn(drawn, mutant)
            ? { status: CheckStatus.Passed }
            : { status: CheckStatus.CompileError, reason: 'not in this sample' },
        ]),
      ),
    // All in one group: asking for each would take longer than trying them.
    group: async (mutants) => [mutants.map(({ id }) => id)],
  };
}
sample.inject = tokens(commonTokens.options);

function survivors(): Reporter {
  return {
    onMutantTested({ fileName, location, mutatorName, replacement, status }: Readonly<MutantResult>) {
      if (status !== 'Survived' && status !== 'NoCoverage') return;
      const { line, column } = location.start;
      const what = `${mutatorName} ${JSON.stringify((replacement ?? '').slice(0, 80))}`;
      process.stdout.write(`${status}  ${relative(process.cwd(), fileName)}:${line}:${column}  ${what}\n`);
    },
  };
}

export const strykerPlugins = [
  declareFactoryPlugin(PluginKind.Checker, 'sample', sample),
  declareFactoryPlugin(PluginKind.Reporter, 'survivors', survivors),
];
