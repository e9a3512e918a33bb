/** `pnpm mutate`: changes the pure folders in small ways and says which changes no test beside them notices. */
import { globSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { MutantResult, PartialStrykerOptions } from '@stryker-mutator/api/core';
import { Stryker } from '@stryker-mutator/core';
import { table } from '../demo/screen.ts';
import { requireNode } from '../require-node.ts';

requireNode();

const root = fileURLToPath(new URL('../../..', import.meta.url));
const folders = [
  ...['desired', 'plan', 'apply'].map((folder) => `packages/excs/src/${folder}`),
  ...['state', 'outbox'].map((folder) => `packages/exas/src/${folder}`),
  ...['events', 'registry', 'conversation', 'translate', 'outbox'].map(
    (folder) => `packages/excp/src/${folder}`,
  ),
];
/** What does I/O among them, or asks a clock: its tests need servers, or minutes. */
const others = [
  'packages/exas/src/outbox/{ledger,presence-ids,sender}.ts',
  'packages/excp/src/outbox/{outbox-script,sender,writer}.ts',
];

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    share: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const share = Number(values.share);
const files = folders
  .flatMap((folder) =>
    globSync(`${folder}/**/*.ts`, { cwd: root, exclude: ['**/*.test.ts', ...others] }).toSorted(),
  )
  .filter((file) => values.only.length === 0 || values.only.some((part) => file.includes(part)));
const chosen = folders.filter((folder) => files.some((file) => file.startsWith(`${folder}/`)));
if (values.help || files.length === 0 || !(share > 0 && share <= 1)) {
  (values.help ? process.stdout : process.stderr).write(
    `pnpm mutate [--only PART-OF-PATH]… [--share 0.1] [--seed 1] [--workers 2]\nfolders: ${folders.join(' ')}\n`,
  );
  process.exit(values.help ? 0 : 2);
}

const options: PartialStrykerOptions = {
  packageManager: 'pnpm',
  testRunner: 'vitest',
  vitest: { configFile: 'test/src/mutation/vitest.config.ts' },
  plugins: [
    import.meta.resolve('@stryker-mutator/vitest-runner'),
    fileURLToPath(new URL('plugins.ts', import.meta.url)),
  ],
  checkers: ['sample'],
  sample: { share, seed: Number(values.seed) },
  warnings: { unknownOptions: false, preprocessorErrors: true, unserializableOptions: true, slow: false },
  mutate: files,
  ignorePatterns: ['**/dist', 'packages/bridge', 'docs', 'docker'],
  coverageAnalysis: 'perTest',
  concurrency: Number(values.workers),
  // A machine that has other work as well is no endless loop.
  dryRunTimeoutMinutes: 60,
  timeoutMS: 60_000,
  timeoutFactor: 4,
  tempDirName: '.stryker-tmp',
  // It would be rewritten through the compiler's API, which TypeScript 7 does not have; no test reads it.
  tsconfigFile: 'no-tsconfig.json',
  reporters: ['survivors'],
  allowConsoleColors: false,
};

process.chdir(root);
// Tests of the other packages would only be run in vain.
process.env.MUTATED_PACKAGES = chosen.map((folder) => folder.split('/')[1]).join(' ');
const results = await new Stryker(options).runMutationTest();

const isTried = ({ status }: MutantResult) => status !== 'CompileError' && status !== 'Ignored';
const isFound = ({ status }: MutantResult) => status === 'Killed' || status === 'Timeout';
const tried = results.filter(isTried);
const rowOf = (name: string, mutants: readonly MutantResult[]) => {
  const found = mutants.filter(isFound).length;
  const score = mutants.length === 0 ? '–' : `${((100 * found) / mutants.length).toFixed(1)} %`;
  return [name, String(mutants.length), String(found), score];
};
const rows = chosen.map((folder) =>
  rowOf(
    folder,
    tried.filter(({ fileName }) => relative(root, fileName).startsWith(`${folder}/`)),
  ),
);
process.stdout.write(`\n${table(['folder', 'mutants', 'found', 'score'], [...rows, rowOf('all', tried)])}\n`);
