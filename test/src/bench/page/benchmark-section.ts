/** What the page says of one benchmark: a table of its figures, a plot of their ratios, a plot of what grows. */
import { table } from '../../docs/markdown.ts';
import { isSeen } from '../compare.ts';
import { spreadOf, verdictOf } from '../measure.ts';
import { ratiosOf, type StoredBenchmark, type StoredFigure } from '../stored.ts';
import { digits, linePlot, type Range, rangePlot } from './svg.ts';

/** A part of the page: its text, and its plots by file name. */
export interface Section {
  readonly text: string;
  readonly plots: ReadonlyMap<string, string>;
}

export function benchmarkSection(benchmark: StoredBenchmark): Section {
  const { name, about, figures, short } = benchmark;
  const plots = new Map<string, string>();
  const images: string[] = [];
  const add = (file: string, alt: string, svg: string) => {
    plots.set(file, svg);
    images.push(`![${alt}](performance/${file})`);
  };
  const ranges = figures.filter(({ size }) => size === undefined).flatMap(rangeOf);
  if (ranges.length > 0) {
    const described = ranges.map(
      (one) => `${one.name}: ${digits(one.median)}, from ${digits(one.low)} to ${digits(one.high)}`,
    );
    const title = `${name}: ratios to the floor of the same run`;
    const description = `Of each figure the median over all rounds as a dot, the lowest and the highest as a line. ${described.join('. ')}.`;
    add(
      `${name}.svg`,
      `${title}. The figures stand in the table`,
      rangePlot({ title, description, xLabel: 'times the floor; a red stroke is the gate', ranges }),
    );
  }
  for (const [index, group] of growing(figures).entries())
    add(`${name}-${index + 1}.svg`, ...growthPlot(name, group));
  return {
    text: [
      `### ${name}`,
      `${about}.${short ? ' These are short runs.' : ''} ${ranOn(benchmark)}`,
      ...images,
      figuresTable(figures),
    ].join('\n\n'),
    plots,
  };
}

function ranOn({ date, load, figures }: StoredBenchmark): string {
  const rounds = load.length;
  const { median, max } = spreadOf(load);
  const busy =
    median > 0.7 ? ' The machine was busy: times without a floor of the same kind say little.' : '';
  return `${rounds} ${rounds === 1 ? 'round' : 'rounds'}, ${figures.length} figures, ended on ${date.slice(0, 10)}; load per core before a round ${median.toFixed(1)}, at most ${max.toFixed(1)}.${busy}`;
}

function figuresTable(figures: readonly StoredFigure[]): string {
  return table(
    ['figure', 'median', 'lowest to highest', 'over its floor', 'gate', 'a fifth would be seen'],
    figures.map((figure) => {
      const { values, unit, floors, gate, size } = figure;
      const { median, min, max } = spreadOf(values);
      const isRatio = floors !== undefined || unit === 'x' || unit === 'ratio';
      return [
        size === undefined ? figure.bench : `${figure.bench}, ${digits(size.count)} ${size.of}`,
        `${digits(median)} ${unit}`,
        values.length === 1 ? 'once' : min === max ? 'always' : `${digits(min)} to ${digits(max)}`,
        isRatio ? digits(spreadOf(ratiosOf(figure)).median) : 'a count',
        gate === undefined ? '' : `${gate.kind} ${digits(gate.limit)}: ${verdictOfFigure(figure)}`,
        isSeen(ratiosOf(figure), Math.max(7, values.length)) ? 'yes' : 'no',
      ];
    }),
  );
}

function verdictOfFigure({ values, gate, inconclusive }: StoredFigure): string {
  const value = spreadOf(values).median;
  return verdictOf({
    value,
    inconclusive: inconclusive > values.length / 2,
    ...(gate === undefined ? {} : { gate }),
  });
}

function rangeOf(figure: StoredFigure): Range[] {
  const { bench, floors, unit, gate } = figure;
  if (floors === undefined && unit !== 'x' && unit !== 'ratio') return [];
  const { median, min, max } = spreadOf(ratiosOf(figure));
  if (!(median > 0)) return [];
  const limit =
    gate === undefined || gate.limit === 0
      ? {}
      : { limit: floors === undefined ? gate.limit : gate.limit / spreadOf(floors).median };
  return [{ name: bench, low: min, median, high: max, ...limit }];
}

/** Figures of several sizes, those that share unit and what there is more of in one plot. */
function growing(figures: readonly StoredFigure[]): StoredFigure[][] {
  const sized = figures.filter(({ size }) => size !== undefined);
  return [...Map.groupBy(sized, ({ size, unit }) => `${size?.of} ${unit}`).values()];
}

function growthPlot(name: string, figures: readonly StoredFigure[]): [alt: string, svg: string] {
  const of = figures[0]?.size?.of ?? '';
  const unit = figures[0]?.unit ?? '';
  const lines = [...Map.groupBy(figures, ({ bench }) => bench)].map(([bench, group]) => ({
    name: bench,
    points: group
      .map(({ size, values }) => ({ x: size?.count ?? 0, y: spreadOf(values).median }))
      .toSorted((left, right) => left.x - right.x),
  }));
  const said = lines.map(
    (line) => `${line.name}: ${line.points.map(({ x, y }) => `${digits(y)} at ${digits(x)}`).join(', ')}`,
  );
  const title = `${name}: ${unit} by ${of}`;
  const svg = linePlot({
    ...{
      title,
      description: `${said.join('. ')}.`,
      lines,
      hasDots: true,
      isLogarithmic: lines.every(({ points }) => points.every(({ x }) => x > 0)),
    },
    ...{ xLabel: of, yLabel: unit },
  });
  return [`${title}. ${said.join('. ')}`, svg];
}
