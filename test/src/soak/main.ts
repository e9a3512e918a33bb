/** `pnpm soak`: the whole at work for an hour, with restarts; says whether anything grows. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { writePage } from '../bench/page/write-page.ts';
import { table } from '../demo/screen.ts';
import { requireNode } from '../require-node.ts';
import { stopSignal } from '../stop-signal.ts';
import { type SoakOptions, soakCli } from './options.ts';
import { findingsOf, type SoakResult } from './result.ts';
import { soak } from './run.ts';
import { storeSoak } from './stored.ts';

requireNode();

const read = await soakCli().read<SoakOptions>(process.argv.slice(2));
if ('code' in read) process.exit(read.code);
const { options } = read;
// Servers and services end with this process.
const stop = stopSignal(() => process.exit(1));

const began = performance.now();
let last = '';
/** Lines with the time since the begin; the same one twice is said once. */
function say(text: string): void {
  if (text === last) return;
  last = text;
  process.stdout.write(`${((performance.now() - began) / 60_000).toFixed(1).padStart(6)} min  ${text}\n`);
}

function print(result: SoakResult): void {
  const number = (value: number) => (Number.isFinite(value) ? value.toFixed(1) : '');
  const rows = result.figures.map(({ name, unit, growth }) => [
    name,
    unit,
    number(growth?.level ?? Number.NaN),
    number(growth?.perHour ?? Number.NaN),
    growth === undefined ? '' : `${number(growth.low)} to ${number(growth.high)}`,
    growth === undefined
      ? 'not judged'
      : growth.grows === undefined
        ? 'too short'
        : growth.grows
          ? 'GROWS'
          : 'level',
  ]);
  process.stdout.write(
    `\n${table(['figure', 'unit', 'level', 'an hour', 'as likely as 95 %', ''], rows)}\n\n`,
  );
  const { calls, stateChanges, configChanges, events, answers429, cores, lateByMs } = result;
  process.stdout.write(
    `${calls} calls, ${stateChanges} state changes, ${configChanges} changes of the Config DB, ${events.accepted} of ${events.due} voice events accepted, ${events.refused} refused, ${events.repeated} repeated, ${answers429} answers 429\n`,
  );
  process.stdout.write(
    `on average ${number(cores.own)} cores of the soak, ${number(cores.others)} of other programs; the load was late by at most ${number(lateByMs)} ms\n`,
  );
}

const folder =
  options.keep === undefined ? await mkdtemp(join(tmpdir(), 'exec-soak-')) : resolve(options.keep);
let good = false;
try {
  const result = await soak({ ...options, folder, say, signal: stop });
  print(result);
  if (options.page === true) {
    await storeSoak(result);
    say(`written: ${(await writePage()).join(', ')}`);
  }
  if (options.keep !== undefined) await writeFile(join(folder, 'soak.json'), JSON.stringify(result));
  const findings = findingsOf(result);
  for (const finding of findings) process.stdout.write(`${finding}\n`);
  process.stdout.write(findings.length === 0 ? 'nothing grows, nothing is lost\n' : '');
  good = findings.length === 0;
} catch (error) {
  process.stdout.write(`the soak broke off: ${error instanceof Error ? error.stack : String(error)}\n`);
}
if (good && options.keep === undefined) await rm(folder, { recursive: true, force: true });
else process.stdout.write(`logs: ${folder}\n`);
// A soak that broke off may have left waits behind.
process.exit(good ? 0 : 1);
