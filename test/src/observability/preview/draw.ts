/** Draws the inside of a panel from the answers of Prometheus. */
import type { ValuePanel } from '../dashboards/model.ts';
import type { Series } from '../prometheus/server.ts';
import type { Answered, Period } from './ask.ts';
import { colourOf, format, nameOf, palette } from './format.ts';
import { type Box, line, rectangle, round, text, textWidth } from './svg.ts';

interface Named {
  readonly name: string;
  readonly series: Series;
}

function named(answers: readonly Answered[]): Named[] {
  return answers.flatMap(({ query, series }) =>
    series.map((one) => ({ name: nameOf(query, one), series: one })),
  );
}

function last({ samples }: Series): number {
  return samples.at(-1)?.[1] ?? Number.NaN;
}

export function drawValues(panel: ValuePanel, answers: readonly Answered[], box: Box): string {
  const shown = named(answers).slice(0, 6);
  if (shown.length === 0) return noData(box);
  const width = box.width / shown.length;
  const isNamed = panel.queries.some(({ legend }) => legend.includes('{{'));
  return shown
    .map(({ name, series }, index) => {
      const value = last(series);
      const x = box.x + index * width;
      const middle = x + width / 2;
      return [
        rectangle({ ...box, x: x + 2, width: width - 4 }, colourOf(value, panel.thresholds)),
        text(middle, box.y + box.height / 2 + (isNamed ? 0 : 8), format(value, panel.unit), {
          size: 20,
          colour: '#ffffff',
          bold: true,
          anchor: 'middle',
          width,
        }),
        ...(isNamed
          ? [
              text(middle, box.y + box.height / 2 + 18, name, {
                colour: '#ffffff',
                anchor: 'middle',
                width: width - 8,
              }),
            ]
          : []),
      ].join('');
    })
    .join('');
}

export function drawTable(panel: ValuePanel, answers: readonly Answered[], box: Box): string {
  const columns = answers.map(({ query }) => query.legend);
  const rows = new Map<string, (number | undefined)[]>();
  for (const [index, { series }] of answers.entries())
    for (const one of series) {
      const key = Object.values(one.labels).join('  ');
      const row = rows.get(key) ?? columns.map(() => undefined);
      row[index] = last(one);
      rows.set(key, row);
    }
  const lineHeight = 17;
  const fitting = Math.max(1, Math.floor(box.height / lineHeight) - 1);
  const sorted = [...rows].sort(([, left], [, right]) => (right[0] ?? 0) - (left[0] ?? 0)).slice(0, fitting);
  const columnWidth = Math.min(80, box.width / 4);
  const right = (index: number) => box.x + box.width - (columns.length - 1 - index) * columnWidth - 6;
  const head = columns.map((name, index) =>
    text(right(index), box.y + 12, name, { bold: true, anchor: 'end', width: columnWidth }),
  );
  const body = sorted.flatMap(([key, values], number) => {
    const y = box.y + 12 + (number + 1) * lineHeight;
    return [
      text(box.x + 6, y, key, { width: box.width - columns.length * columnWidth - 12 }),
      ...values.map((value, index) =>
        text(right(index), y, value === undefined ? '–' : format(value, panel.unit), { anchor: 'end' }),
      ),
    ];
  });
  return sorted.length === 0 ? noData(box) : [...head, ...body].join('');
}

/** Lines that would not be told apart are left out: the largest are shown. */
const linesShown = 8;
const axisWidth = 56;
const legendLine = 14;

export function drawSeries(
  panel: ValuePanel,
  answers: readonly Answered[],
  box: Box,
  period: Period,
): string {
  const all = named(answers);
  if (all.length === 0) return noData(box);
  const peak = ({ series }: Named) => Math.max(0, ...finite(series).map(([, value]) => value));
  const shown = all.toSorted((left, right) => peak(right) - peak(left)).slice(0, linesShown);
  const { parts: legend, lines } = legendOf(shown, all.length, box);
  const plot: Box = {
    x: box.x + axisWidth,
    y: box.y + 6,
    width: box.width - axisWidth - 8,
    height: box.height - 22 - lines * legendLine,
  };
  const stacks = panel.stacked === true ? stacked(shown) : shown.map(({ series }) => finite(series));
  const top = Math.max(...stacks.flat().map(([, value]) => value), 0) || 1;
  const point = ([at, value]: readonly [number, number]): [number, number] => [
    plot.x + ((at - period.start) / Math.max(1, period.end - period.start)) * plot.width,
    plot.y + plot.height * (1 - Math.max(0, value) / top),
  ];
  const axis = [0, 0.5, 1].map((share) => {
    const y = plot.y + plot.height * (1 - share);
    return (
      line(
        [
          [plot.x, y],
          [plot.x + plot.width, y],
        ],
        '#d8dee4',
        1,
      ) +
      text(plot.x - 5, y + 4, format(top * share, panel.unit), { size: 10, colour: '#57606a', anchor: 'end' })
    );
  });
  const drawn = stacks.flatMap((samples, index) =>
    samples.length === 0 ? [] : [line(samples.map(point), palette[index % palette.length] ?? '#000')],
  );
  const span = `${Math.round(period.end - period.start)} s`;
  const ends = [
    text(plot.x, plot.y + plot.height + 13, '0 s', { size: 10, colour: '#57606a' }),
    text(plot.x + plot.width, plot.y + plot.height + 13, span, {
      size: 10,
      colour: '#57606a',
      anchor: 'end',
    }),
  ];
  return [...axis, ...drawn, ...ends, ...legend].join('');
}

function finite({ samples }: Series) {
  return samples.filter(([, value]) => Number.isFinite(value));
}

/** Each line on top of those before it. */
function stacked(shown: readonly Named[]): (readonly [number, number])[][] {
  const below = new Map<number, number>();
  return shown.map(({ series }) =>
    finite(series).map(([at, value]) => {
      const sum = (below.get(at) ?? 0) + value;
      below.set(at, sum);
      return [at, sum] as const;
    }),
  );
}

function legendOf(shown: readonly Named[], count: number, box: Box): { parts: string[]; lines: number } {
  const entries = [
    ...shown.map(({ name }, index) => ({
      name: name === '' ? 'all' : name,
      colour: palette[index % palette.length] ?? '#000',
    })),
    ...(count > shown.length ? [{ name: `and ${count - shown.length} more`, colour: '#8c959f' }] : []),
  ];
  const lines: { name: string; colour: string; x: number }[][] = [[]];
  let x = 0;
  for (const entry of entries) {
    const width = 18 + textWidth(entry.name, 10);
    if (x > 0 && x + width > box.width - 12) {
      lines.push([]);
      x = 0;
    }
    lines.at(-1)?.push({ ...entry, x });
    x += width;
  }
  const kept = lines.slice(0, 3);
  const parts = kept.flatMap((entriesOfLine, index) => {
    const y = box.y + box.height - (kept.length - 1 - index) * legendLine - 2;
    return entriesOfLine.flatMap(({ name, colour, x: offset }) => [
      `<rect x="${round(box.x + 8 + offset)}" y="${round(y - 7)}" width="9" height="3" fill="${colour}"/>`,
      text(box.x + 20 + offset, y, name, { size: 10, colour: '#57606a', width: box.width - 40 }),
    ]);
  });
  return { parts, lines: kept.length };
}

function noData(box: Box): string {
  return text(box.x + box.width / 2, box.y + box.height / 2, 'no data', {
    colour: '#8c959f',
    anchor: 'middle',
  });
}
