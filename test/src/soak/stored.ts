/** The result of the long run that stands in the repository, for the page on performance. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { quantile } from '../bench/measure.ts';
import type { Point } from './growth.ts';
import type { SoakResult } from './result.ts';

const folder = new URL('../../../docs/reference/performance/', import.meta.url);
const file = fileURLToPath(new URL('soak.generated.json', folder));
/** More points than a plot has room for. */
const most = 240;

export async function readSoak(): Promise<SoakResult | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : (JSON.parse(text) as SoakResult);
}

/** Keeps the result, each figure with so many points as a plot can show, one figure a line. */
export async function storeSoak(result: SoakResult): Promise<void> {
  const { figures, ...rest } = result;
  const lines = figures.map((figure) =>
    JSON.stringify({ ...figure, points: thinned(figure.points) }, rounded),
  );
  const head = JSON.stringify(rest, rounded, 1).slice(0, -2);
  await mkdir(folder, { recursive: true });
  await writeFile(file, `${head},\n "figures": [\n${lines.join(',\n')}\n ]\n}\n`);
}

/** The median of each group of neighbours. */
function thinned(points: readonly Point[]): Point[] {
  const size = Math.ceil(points.length / most);
  return Array.from({ length: Math.ceil(points.length / Math.max(1, size)) }, (_, index) => {
    const group = points.slice(index * size, (index + 1) * size);
    return {
      at: group[0]?.at ?? 0,
      value: quantile(
        group.map(({ value }) => value),
        0.5,
      ),
    };
  });
}

function rounded(_: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(5)) : value;
}
