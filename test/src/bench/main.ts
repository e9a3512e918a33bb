/** `pnpm bench [name …]`: runs the benchmarks in rounds, ends with a table of their results; stores or compares them. */
import { availableParallelism, cpus } from 'node:os';
import { table } from '../demo/screen.ts';
import { requireNode } from '../require-node.ts';
import { type BenchOptions, benchCli } from './bench-cli.ts';
import { compare } from './compare.ts';
import { thisMachine } from './machine.ts';
import { loadPerCore, spreadOf, verdictOf } from './measure.ts';
import { writePage } from './page/write-page.ts';
import { aboutOf, benchmarks, runRounds } from './rounds.ts';
import {
  betterOf,
  figuresOf,
  keyOf,
  type Round,
  ratiosOf,
  readStored,
  type StoredBenchmark,
  type StoredFigure,
  store,
} from './stored.ts';

requireNode();

const read = await benchCli().read<BenchOptions>(process.argv.slice(2));
if ('code' in read) process.exit(read.code);
const { short = false, page = false, compare: isCompared = false } = read.options;
const rounds = read.options.rounds ?? (page || isCompared ? 7 : 1);

function shown(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2);
}

function percent(change: number): string {
  return Number.isFinite(change) ? `${change > 0 ? '+' : ''}${(change * 100).toFixed(1)} %` : 'from 0';
}

function verdictOfFigure({ bench, unit, values, gate, inconclusive }: StoredFigure) {
  const value = spreadOf(values).median;
  return verdictOf({
    ...{ bench, unit, value, inconclusive: inconclusive > values.length / 2 },
    ...(gate === undefined ? {} : { gate }),
  });
}

/** Answers whether every gate is kept. */
function printFigures(figures: readonly StoredFigure[]): boolean {
  const rows = figures.map((figure) => [
    keyOf(figure),
    shown(spreadOf(figure.values).median),
    figure.unit,
    figure.gate === undefined ? '' : `${figure.gate.kind} ${figure.gate.limit}`,
    verdictOfFigure(figure),
  ]);
  process.stderr.write(`\n${table(['benchmark', 'value', 'unit', 'gate', ''], rows)}\n`);
  return figures.every((figure) => verdictOfFigure(figure) !== 'missed');
}

async function storedOf(all: ReadonlyMap<string, readonly Round[]>): Promise<StoredBenchmark[]> {
  const [date, machine] = [new Date().toISOString(), thisMachine()];
  return await Promise.all(
    [...all].flatMap(([name, of]) => {
      if (of.length === 0) return [];
      const load = of.map((round) => round.load);
      return [
        aboutOf(name).then((about) => ({ name, about, date, machine, load, short, figures: figuresOf(of) })),
      ];
    }),
  );
}

interface Compared {
  readonly name: string;
  readonly before: StoredFigure;
  readonly after: StoredFigure;
}

/** Figures that both have, and of which it is known which way is better. */
function pairsOf(then: readonly StoredBenchmark[], now: ReadonlyMap<string, readonly Round[]>): Compared[] {
  return then.flatMap(({ name, figures }) => {
    const fresh = new Map(figuresOf(now.get(name) ?? []).map((figure) => [keyOf(figure), figure]));
    return figures.flatMap((figure) => {
      const other = fresh.get(keyOf(figure));
      return other === undefined || betterOf(figure) === undefined
        ? []
        : [{ name, before: figure, after: other }];
    });
  });
}

function comparisonOf({ before, after }: Compared) {
  return compare(ratiosOf(before), ratiosOf(after), betterOf(before) ?? 'lower');
}

/** Runs the suspects once more; answers whether nothing has become worse. */
async function compareWithStored(names: readonly string[], first: Map<string, Round[]>): Promise<boolean> {
  const then = (await readStored()).filter((one) => names.includes(one.name) && one.short === short);
  for (const name of names)
    if (then.every((one) => one.name !== name))
      process.stderr.write(`${name}: no ${short ? 'short ' : ''}run of it is stored\n`);
  const suspects = [
    ...new Set(pairsOf(then, first).flatMap((pair) => (comparisonOf(pair).isSuspect ? [pair.name] : []))),
  ];
  if (suspects.length > 0) {
    process.stderr.write(`\nmeasured once more: ${suspects.join(', ')}\n`);
    const again = await runRounds({ names: suspects, rounds, short });
    for (const [name, more] of again.rounds) first.set(name, [...(first.get(name) ?? []), ...more]);
  }
  const pairs = pairsOf(then, first);
  const rows = pairs.map((pair) => {
    const { change, byChance, verdict } = comparisonOf(pair);
    const [before, after] = [pair.before, pair.after].map((figure) =>
      shown(spreadOf(ratiosOf(figure)).median),
    );
    return [keyOf(pair.before), before ?? '', after ?? '', percent(change), byChance.toFixed(4), verdict];
  });
  process.stderr.write(
    `\n${table(['figure, over its floor', 'then', 'now', 'change', 'by chance', ''], rows)}\n`,
  );
  const worse = pairs.filter((pair) => comparisonOf(pair).verdict === 'worse');
  for (const { before: figure } of worse) process.stderr.write(`worse: ${keyOf(figure)}\n`);
  if (worse.length === 0) process.stderr.write('nothing has become worse\n');
  return worse.length === 0;
}

process.stderr.write(
  `Node ${process.versions.node}, ${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'}), load ${loadPerCore().toFixed(2)} per core\n`,
);
const names = await benchmarks(read.args);
const { rounds: all, broken } = await runRounds({ names, rounds, short });
const stored = await storedOf(all);
const isKept = printFigures(stored.flatMap(({ figures }) => figures));
for (const name of broken) process.stderr.write(`${name} did not finish\n`);
let isGood = isKept && broken.length === 0;
if (isCompared)
  isGood = (await compareWithStored(names, new Map([...all].map(([name, of]) => [name, [...of]])))) && isGood;
if (page) {
  await store(stored);
  process.stderr.write(`written: ${(await writePage()).join(', ')}\n`);
}
process.exitCode = isGood ? 0 : 1;
