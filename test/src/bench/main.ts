/** `pnpm bench [name …]`: runs the benchmarks one after another and ends with a table of their results. */
import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { table } from '../demo/screen.ts';
import { requireNode } from '../require-node.ts';
import { benchCli } from './bench-cli.ts';
import { loadPerCore, type Result, verdictOf } from './measure.ts';

requireNode();

const folder = fileURLToPath(new URL('.', import.meta.url));
const read = await benchCli().read<{ readonly short?: boolean }>(process.argv.slice(2));
if ('code' in read) process.exit(read.code);
const wanted = read.args;
const flags = read.options.short === true ? ['--short'] : [];
const files = (await readdir(folder))
  .filter((name) => name.endsWith('.bench.ts'))
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.startsWith(part)))
  .sort();

process.stderr.write(
  `Node ${process.versions.node}, ${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'}), load ${loadPerCore().toFixed(2)} per core\n`,
);

function run(file: string): Promise<{ readonly results: Result[]; readonly ok: boolean }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [`${folder}${file}`, ...flags], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      process.stdout.write(chunk);
    });
    child.on('close', (code) => {
      const lines = text.split('\n').filter((line) => line.startsWith('{'));
      resolve({ results: lines.map((line) => JSON.parse(line) as Result), ok: code === 0 });
    });
  });
}

const results: Result[] = [];
const broken: string[] = [];
for (const file of files) {
  process.stderr.write(`\n${file}\n`);
  const outcome = await run(file);
  results.push(...outcome.results);
  if (!outcome.ok) broken.push(file);
}

const rows = results.map((result) => [
  result.bench,
  Math.abs(result.value) >= 100 ? result.value.toFixed(0) : result.value.toFixed(2),
  result.unit,
  result.gate === undefined ? '' : `${result.gate.kind} ${result.gate.limit}`,
  verdictOf(result),
]);
process.stderr.write(`\n${table(['benchmark', 'value', 'unit', 'gate', ''], rows)}\n`);
for (const file of broken) process.stderr.write(`${file} did not finish\n`);
process.exitCode = broken.length > 0 || results.some((result) => verdictOf(result) === 'missed') ? 1 : 0;
