/** How benchmarks measure: ratios of a subject to a floor, in alternating rounds of the same run. */
import { readdir, readFile } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The value below which `share` of the values lie. `values` need not be sorted. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function spreadOf(values: readonly number[]): Spread {
  return { median: quantile(values, 0.5), min: Math.min(...values), max: Math.max(...values) };
}

/** One line of a benchmark's result. `gate`: what the ratio or figure must keep; absent for information. */
export interface Result {
  readonly bench: string;
  readonly value: number;
  readonly unit: string;
  readonly gate?: { readonly kind: 'at least' | 'at most'; readonly limit: number };
  /** The floor varied too much for a verdict. */
  readonly inconclusive?: boolean;
  /** Which way is better, where there is no gate that says it; see `betterOf`. */
  readonly better?: 'higher' | 'lower';
  /** The floor of the same run in the unit of the figure; without it the machine's own, see `floorOf`. */
  readonly atFloor?: number;
  /** Of a figure that grows with something: of what there was how much. Its name is the same at every size. */
  readonly size?: { readonly of: string; readonly count: number };
  readonly [detail: string]: unknown;
}

export function verdictOf({
  value,
  gate,
  inconclusive,
}: Pick<Result, 'value' | 'gate' | 'inconclusive'>): 'ok' | 'missed' | 'inconclusive' | '' {
  if (gate === undefined) return '';
  if (inconclusive === true) return 'inconclusive';
  return (gate.kind === 'at least' ? value >= gate.limit : value <= gate.limit) ? 'ok' : 'missed';
}

/** Writes a result for programs; the runner makes a table of all of them. */
export function report(result: Result): void {
  process.stdout.write(`${JSON.stringify({ ...result, verdict: verdictOf(result) })}\n`);
}

/** A round answers what was measured, in the same unit for subject and floor. */
export type Round = () => Promise<number>;

/**
 * Subject over floor, round by round, in alternating order after a warm-up. A floor that itself varies by more than
 * three says nothing.
 */
export async function ratio(
  subject: Round,
  floor: Round,
  rounds = 11,
): Promise<{
  readonly ratio: Spread;
  readonly subject: Spread;
  readonly floor: Spread;
  readonly inconclusive: boolean;
}> {
  await floor();
  await subject();
  const ratios: number[] = [];
  const subjects: number[] = [];
  const floors: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const pair: [number, number] =
      round % 2 === 0
        ? [await floor(), await subject()]
        : ([await subject(), await floor()].reverse() as [number, number]);
    floors.push(pair[0]);
    subjects.push(pair[1]);
    ratios.push(pair[1] / pair[0]);
  }
  const floorSpread = spreadOf(floors);
  return {
    ratio: spreadOf(ratios),
    subject: spreadOf(subjects),
    floor: floorSpread,
    inconclusive: floorSpread.max / floorSpread.min > 3,
  };
}

/** Load per core before the start; above 1 the machine is busy and times say little. */
export function loadPerCore(): number {
  return (loadavg()[0] ?? 0) / availableParallelism();
}

/** Whether the machine has other work to do: then times say little. To be asked before the start. */
export function isMachineBusy(): boolean {
  return loadPerCore() > 0.7;
}

/** Mebibytes of memory that a process holds. */
export async function rssOf(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

/** Milliseconds of processor time that a process has used. */
export async function cpuOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // Linux counts both in hundredths of a second.
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Microseconds of CPU time that a process has used, all of its threads together. */
export async function cpuTimeOf(pid: number | undefined): Promise<number> {
  const tasks = await readdir(`/proc/${pid}/task`);
  const times = await Promise.all(
    tasks.map(async (task) => {
      const text = await readFile(`/proc/${pid}/task/${task}/schedstat`, 'utf8');
      return Number(text.split(' ', 1)[0]) / 1_000;
    }),
  );
  return times.reduce((sum, time) => sum + time, 0);
}

/** For a schedule that does not drift: resolves at `start + index * everyMs` of `performance.now()`. */
export async function onSchedule(start: number, index: number, everyMs: number): Promise<void> {
  const wait = start + index * everyMs - performance.now();
  if (wait > 1) await delay(wait);
}
