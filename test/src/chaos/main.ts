/** `pnpm chaos`: random faults on real processes, judged from their history. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { table } from '../demo/screen.ts';
import { requireNode } from '../require-node.ts';
import { stopSignal } from '../stop-signal.ts';
import { faults } from './faults/index.ts';
import { type ChaosOptions, readOptions } from './options.ts';
import { run } from './run.ts';
import { seeds } from './seeds.ts';

requireNode();

const read = await readOptions(process.argv.slice(2));
if ('code' in read) process.exit(read.code);
const { options } = read;
// Servers and services end with this process.
const stop = stopSignal(() => process.exit(1));

const shownFindings = 40;

/** Plays one run and prints its verdict; answers whether it is good. */
async function play({ minutes, seed, only, keep, redis }: ChaosOptions): Promise<boolean> {
  process.stdout.write(
    `seed ${seed}, ${only === undefined ? `${minutes} minutes` : only.map(({ name }) => name).join(', ')}\n`,
  );
  const folder = keep === undefined ? await mkdtemp(join(tmpdir(), `exec-chaos-${seed}-`)) : resolve(keep);
  try {
    const { verdict, faults: played } = await run({
      ...{ seed, minutes, redis, folder, say: sayer(), signal: stop },
      faults: only ?? faults,
      once: only !== undefined,
    });
    const { figures, findings, ok } = verdict;
    const rows = [...played].toSorted(([left], [right]) => (left < right ? -1 : 1));
    process.stdout.write(`\n${table(['fault', 'played'], rows)}\n`);
    process.stdout.write(`\n${table(['', 'number'], Object.entries(figures))}\n\n`);
    for (const { kind, invariant, about, text } of findings.slice(0, shownFindings))
      process.stdout.write(`${kind}  ${invariant}  ${about}: ${text}\n`);
    if (findings.length > shownFindings)
      process.stdout.write(`… and ${findings.length - shownFindings} more\n`);
    if (ok && keep === undefined) await rm(folder, { recursive: true, force: true });
    else process.stdout.write(`history and logs: ${folder}\n`);
    process.stdout.write(
      `seed ${seed}: lost ${figures.lost}, double ${figures.double}, wrong ${figures.wrong}\n`,
    );
    return ok;
  } catch (error) {
    const how = error instanceof Error ? error.stack : String(error);
    process.stdout.write(`the run broke off: ${how}\nhistory and logs: ${folder}\n`);
    return false;
  }
}

/** Lines with the time since the begin; the same one twice is said once. */
function sayer(): (text: string) => void {
  const began = performance.now();
  let last = '';
  return (text) => {
    if (text === last) return;
    last = text;
    process.stdout.write(`${((performance.now() - began) / 1000).toFixed(1).padStart(7)} s  ${text}\n`);
  };
}

const runs: readonly ChaosOptions[] = options.found
  ? seeds.map(({ seed, only: names, minutes = options.minutes }) => ({
      ...{ ...options, seed, minutes },
      only: names === undefined ? undefined : faults.filter(({ name }) => names.includes(name)),
    }))
  : [options];
let good = true;
for (const one of runs) if (!stop.aborted) good = (await play(one)) && good;
// A run that broke off may have left waits behind.
process.exit(good && !stop.aborted ? 0 : 1);
