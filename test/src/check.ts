/** `pnpm check`: format and lint, types, unused code, layers, words and pages. Runs all of them, then says which failed. */
import { spawn } from 'node:child_process';
import { helpIfAsked } from './help.ts';
import { requireNode } from './require-node.ts';

requireNode();
helpIfAsked(
  'pnpm check\nformat and lint, types, unused code, layers, words, spelling, prose and pages; runs all, then says which failed',
);

const checks: ReadonlyArray<{ readonly name: string; readonly command: readonly string[] }> = [
  { name: 'format and lint', command: ['biome', 'check', '--error-on-warnings', '.'] },
  { name: 'types', command: ['tsc', '-b'] },
  { name: 'words of names', command: ['node', 'test/src/names/main.ts'] },
  { name: 'unused files, exports, dependencies', command: ['knip', '--no-progress'] },
  {
    name: 'layers',
    command: ['depcruise', '--config', '.dependency-cruiser.mjs', 'packages', 'test'],
  },
  { name: 'spelling', command: ['cspell', '--no-progress', '--no-summary', '--gitignore'] },
  {
    name: 'prose',
    command: ['textlint', 'README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'SUPPORT.md', 'docs/guide/**/*.md'],
  },
  { name: 'REST descriptions', command: ['redocly', 'lint', '--format=stylish', '--max-problems=50'] },
  { name: 'generated pages are current', command: ['node', 'test/src/docs/generate.ts', '--check'] },
];

function run([program = '', ...args]: readonly string[]): Promise<{ ok: boolean; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', (error) => resolve({ ok: false, output: `${program}: ${error.message}\n` }));
    child.on('close', (code) => resolve({ ok: code === 0, output: Buffer.concat(chunks).toString('utf8') }));
  });
}

const failed: string[] = [];
for (const { name, command } of checks) {
  const started = performance.now();
  const { ok, output } = await run(command);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${ok ? 'ok  ' : 'FAIL'}  ${name} (${seconds} s)\n`);
  if (!ok) {
    failed.push(name);
    process.stdout.write(`${output}\n`);
  }
}
if (failed.length > 0) {
  process.stdout.write(`\n${failed.length} of ${checks.length} checks failed: ${failed.join('; ')}\n`);
  process.exitCode = 1;
} else {
  process.stdout.write(`\nall ${checks.length} checks passed\n`);
}
