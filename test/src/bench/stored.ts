/** The results that stand in the repository: what the page on performance shows, and what later runs are compared with. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Better } from './compare.ts';
import { type Floors, floorOf } from './floors.ts';
import type { Machine } from './machine.ts';
import type { Result } from './measure.ts';

const folder = new URL('../../../docs/reference/performance/', import.meta.url);
const file = fileURLToPath(new URL('benchmarks.generated.json', folder));

/** A figure over all rounds of a run. */
export interface StoredFigure {
  readonly bench: string;
  readonly unit: string;
  readonly size?: Result['size'];
  readonly gate?: Result['gate'];
  readonly better?: Better;
  /** Of each round. */
  readonly values: readonly number[];
  /** Of each round, in the figure's unit; absent where a count is its own floor, or the figure is a ratio already. */
  readonly floors?: readonly number[];
  /** In how many rounds the benchmark gave no verdict. */
  readonly inconclusive: number;
}

/** One benchmark: a file of this folder. */
export interface StoredBenchmark {
  readonly name: string;
  /** First sentence of the file. */
  readonly about: string;
  readonly date: string;
  readonly machine: Machine;
  /** Load per core before each round: what else the machine had to do. */
  readonly load: readonly number[];
  readonly short: boolean;
  readonly figures: readonly StoredFigure[];
}

/** What one round of one benchmark gave. */
export interface Round {
  readonly results: readonly Result[];
  readonly floors: Floors;
  readonly load: number;
}

export async function readStored(): Promise<StoredBenchmark[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '[]';
    throw error;
  });
  return JSON.parse(text) as StoredBenchmark[];
}

/** Takes the place of what is stored of the same benchmarks; the others stay, in the order of their names. */
export async function store(fresh: readonly StoredBenchmark[]): Promise<void> {
  const kept = (await readStored()).filter(({ name }) => fresh.every((one) => one.name !== name));
  const all = [...kept, ...fresh].toSorted((left, right) => (left.name < right.name ? -1 : 1));
  await mkdir(folder, { recursive: true });
  await writeFile(file, `${JSON.stringify(all, rounded, 1)}\n`);
}

/** Five digits are more than any figure is worth. */
function rounded(_: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(5)) : value;
}

export function keyOf({ bench, size }: Pick<StoredFigure, 'bench' | 'size'>): string {
  return size === undefined ? bench : `${bench}, ${size.count} ${size.of}`;
}

/** The figures of some rounds, in the order of the first one that has them. */
export function figuresOf(rounds: readonly Round[]): StoredFigure[] {
  const all = rounds.flatMap(({ results, floors }) => results.map((result) => ({ result, floors })));
  return [...Map.groupBy(all, ({ result }) => keyOf(result)).values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { bench, unit, size, gate, better } = first.result;
    const floors = group.flatMap(({ result, floors: of }) => result.atFloor ?? floorOf(result, of) ?? []);
    return [
      {
        ...{ bench, unit },
        ...(size === undefined ? {} : { size }),
        ...(gate === undefined ? {} : { gate }),
        ...(better === undefined ? {} : { better }),
        values: group.map(({ result }) => result.value),
        ...(floors.length === group.length ? { floors } : {}),
        inconclusive: group.filter(({ result }) => result.inconclusive === true).length,
      },
    ];
  });
}

/** What is compared: each value over its floor of the same round. */
export function ratiosOf({ values, floors }: Pick<StoredFigure, 'values' | 'floors'>): number[] {
  return floors === undefined
    ? [...values]
    : values.map((value, index) => value / (floors[index] ?? Number.NaN));
}

/** Which way is better: what the benchmark says, or its gate, or the unit. Undefined: nobody can tell. */
export function betterOf({
  better,
  gate,
  unit,
}: Pick<StoredFigure, 'better' | 'gate' | 'unit'>): Better | undefined {
  if (better !== undefined) return better;
  if (gate !== undefined) return gate.kind === 'at least' ? 'higher' : 'lower';
  if (unit === '/s') return 'higher';
  return unit === 'ratio' || unit === 'x' ? undefined : 'lower';
}
