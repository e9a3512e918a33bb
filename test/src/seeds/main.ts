/** `pnpm test:seeds`: plays whatever draws its cases with other seeds than the gate, round after round. */

import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startVitest } from 'vitest/node';
import { helpIfAsked } from '../help.ts';
import { requireNode } from '../require-node.ts';
import { drawsCases, seedOfRound } from './rounds.ts';

requireNode();
helpIfAsked(
  'pnpm test:seeds [--rounds 4] [--seed 1]\nplays whatever draws its cases with other seeds than the gate, round after round',
);

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '4' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000_000)) },
  },
});
const [rounds, seed] = [Number(values.rounds), Number(values.seed)];
if (!Number.isInteger(rounds) || rounds < 1 || !Number.isInteger(seed)) {
  process.stderr.write('pnpm test:seeds [--rounds 4] [--seed 1]\n');
  process.exit(2);
}

const root = fileURLToPath(new URL('../../..', import.meta.url));
process.chdir(root);
const files: string[] = [];
for (const file of globSync(['packages/*/src/**/*.test.ts', 'test/src/**/*.test.ts']))
  if (drawsCases(await readFile(file, 'utf8'))) files.push(file);

let failed = 0;
for (let round = 0; round < rounds && failed === 0; round++) {
  const drawn = seedOfRound(seed, round);
  process.stdout.write(`\nround ${round + 1} of ${rounds}: PROPERTY_SEED=${drawn}\n`);
  process.env.PROPERTY_SEED = String(drawn);
  const vitest = await startVitest('test', files, { watch: false });
  failed =
    vitest.state.getCountOfFailedTests() +
    vitest.state.getUnhandledErrors().length +
    vitest.state.getTestModules().filter((module) => module.errors().length > 0).length;
  await vitest.close();
  if (failed > 0) process.stdout.write(`\nAgain: pnpm test:seeds --rounds 1 --seed ${drawn}\n`);
}
process.exitCode = failed > 0 ? 1 : 0;
