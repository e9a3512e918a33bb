/** Runs benchmarks in rounds: each of them once, then each again, so that what changes on the machine meets all of them alike. */
import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Floors, measureFloors } from './floors.ts';
import { loadPerCore, type Result } from './measure.ts';
import type { Round } from './stored.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const suffix = '.bench.ts';

/** Names of the benchmarks whose files begin with one of these; all, if none is wished. */
export async function benchmarks(wanted: readonly string[]): Promise<string[]> {
  return (await readdir(folder))
    .filter((name) => name.endsWith(suffix))
    .filter((name) => wanted.length === 0 || wanted.some((part) => name.startsWith(part)))
    .map((name) => name.slice(0, -suffix.length))
    .sort();
}

/** The first sentence of its file, without the period. */
export async function aboutOf(name: string): Promise<string> {
  const text = await readFile(`${folder}${name}${suffix}`, 'utf8');
  const comment = /^\/\*\*([\s\S]*?)\*\//.exec(text)?.[1] ?? '';
  const words = comment.replaceAll(/\s*\n \*\s?/g, ' ').trim();
  return (/^(.*?)(?:\.(?:\s|$)|$)/.exec(words)?.[1] ?? '').trim();
}

export interface RoundsOptions {
  readonly names: readonly string[];
  readonly rounds: number;
  readonly short: boolean;
}

/** Rounds by benchmark, and the names of those that did not finish once. */
export async function runRounds(
  o: RoundsOptions,
): Promise<{ readonly rounds: ReadonlyMap<string, readonly Round[]>; readonly broken: readonly string[] }> {
  const rounds = new Map<string, Round[]>(o.names.map((name) => [name, []]));
  const broken = new Set<string>();
  for (let round = 1; round <= o.rounds; round++)
    for (const name of o.names) {
      process.stderr.write(`\n${name}${o.rounds === 1 ? '' : `, round ${round} of ${o.rounds}`}\n`);
      const load = loadPerCore();
      const before = await measureFloors();
      const { results, ok } = await run(name, o.short);
      const floors = mean(before, await measureFloors());
      if (ok) rounds.get(name)?.push({ results, floors, load });
      else broken.add(name);
    }
  return { rounds, broken: [...broken] };
}

function mean(one: Floors, other: Floors): Floors {
  return {
    roundTripMs: (one.roundTripMs + other.roundTripMs) / 2,
    workMs: (one.workMs + other.workMs) / 2,
    memoryMiB: (one.memoryMiB + other.memoryMiB) / 2,
  };
}

function run(name: string, short: boolean): Promise<{ readonly results: Result[]; readonly ok: boolean }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [`${folder}${name}${suffix}`, ...(short ? ['--short'] : [])], {
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
