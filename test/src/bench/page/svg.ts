/**
 * Plots as SVG, made of text alone. Each carries its own ground and colours for light and dark, so that it can be read on
 * any page, and says in its title and description what it shows; lines differ by dashes as well as by colour.
 */

export interface Line {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface LinePlot {
  readonly title: string;
  readonly description: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** On a logarithmic axis every size has the same room. */
  readonly isLogarithmic?: boolean;
  /** Whether each point is drawn: for a few measured ones. */
  readonly hasDots?: boolean;
  readonly lines: readonly Line[];
  /** Moments that are marked on the x axis, with a word each. */
  readonly marks?: readonly { readonly x: number; readonly text: string }[];
}

export interface Range {
  readonly name: string;
  readonly low: number;
  readonly median: number;
  readonly high: number;
  /** What it must keep to. */
  readonly limit?: number;
}

export interface RangePlot {
  readonly title: string;
  readonly description: string;
  readonly xLabel: string;
  readonly ranges: readonly Range[];
}

const width = 760;
const colours = [
  ['#0b62a4', '#6db6f2'],
  ['#b84a00', '#ff9d57'],
  ['#00715a', '#45d3ae'],
  ['#9c3f83', '#ef9fd8'],
  ['#6d5a00', '#e0c545'],
  ['#4b4b4b', '#c9c9c9'],
] as const;
const dashes = ['', '7 3', '2 3', '9 3 2 3', '12 4', '4 2'];

const style = `
text { font: 12px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600; font-size: 13px }
.ground { fill: #ffffff; stroke: #d0d7de }
.grid { stroke: #d0d7de; stroke-width: 1 }
.mark { stroke: #8c959f; stroke-width: 1; stroke-dasharray: 2 4 }
.limit { stroke: #b00020; stroke-width: 2 }
.soft { fill: #57606a }
${colours.map(([light], index) => `.c${index} { stroke: ${light} } .f${index} { fill: ${light} }`).join('\n')}
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.ground { fill: #161b22; stroke: #444c56 }
.grid { stroke: #30363d }
.mark { stroke: #8b949e }
.limit { stroke: #ff7b86 }
.soft { fill: #a8b1bb }
${colours.map(([, dark], index) => `.c${index} { stroke: ${dark} } .f${index} { fill: ${dark} }`).join('\n')}
}`;

/** A number for people: three digits that count. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-GB');
  return String(Number(value.toPrecision(3)));
}

export function linePlot(o: LinePlot): string {
  const [left, right, top, bottom] = [64, 46, 40 + 18 * Math.ceil(o.lines.length / 3), 44];
  const height = top + bottom + 190;
  const xs = o.lines.flatMap(({ points }) => points.map(({ x }) => x));
  const ys = o.lines.flatMap(({ points }) => points.map(({ y }) => y));
  const yTicks = ticks(0, Math.max(...ys, 1e-9));
  const yMost = yTicks.at(-1) ?? 1;
  const toX = scale(Math.min(...xs), Math.max(...xs), left, width - right, o.isLogarithmic === true);
  const toY = (y: number) => height - bottom - (y / yMost) * (height - top - bottom);
  const xTicks =
    o.isLogarithmic === true
      ? [...new Set(xs)].toSorted((one, other) => one - other)
      : ticks(Math.min(...xs), Math.max(...xs));
  const parts = [
    ...yTicks.map((y) => {
      const at = fixed(toY(y));
      return `<line class="grid" x1="${left}" x2="${width - right}" y1="${at}" y2="${at}"/><text x="${left - 8}" y="${at}" text-anchor="end" dominant-baseline="middle">${digits(y)}</text>`;
    }),
    ...xTicks
      .filter((x) => x <= Math.max(...xs))
      .map(
        (x) =>
          `<text x="${fixed(toX(x))}" y="${height - bottom + 18}" text-anchor="middle">${digits(x)}</text>`,
      ),
    `<text class="soft" x="${(left + width - right) / 2}" y="${height - 8}" text-anchor="middle">${escaped(o.xLabel)}</text>`,
    `<text class="soft" transform="translate(16 ${(top + height - bottom) / 2}) rotate(-90)" text-anchor="middle">${escaped(o.yLabel)}</text>`,
    ...(o.marks ?? []).map(({ x, text }) => {
      const at = fixed(toX(x));
      return `<line class="mark" x1="${at}" x2="${at}" y1="${top}" y2="${height - bottom}"><title>${escaped(text)}</title></line>`;
    }),
    ...o.lines.flatMap(({ name, points }, index) => {
      const of = index % colours.length;
      const path = points.map(({ x, y }) => `${fixed(toX(x))},${fixed(toY(y))}`).join(' ');
      const dots =
        o.hasDots === true
          ? points.map(
              ({ x, y }) => `<circle class="f${of}" r="3.5" cx="${fixed(toX(x))}" cy="${fixed(toY(y))}"/>`,
            )
          : [];
      const [lx, ly] = [left + (index % 3) * 220, 44 + 18 * Math.floor(index / 3)];
      return [
        `<polyline class="c${of}" fill="none" stroke-width="1.8" stroke-dasharray="${dashes[of]}" points="${path}"/>`,
        ...dots,
        `<line class="c${of}" stroke-width="2.5" stroke-dasharray="${dashes[of]}" x1="${lx}" x2="${lx + 26}" y1="${ly}" y2="${ly}"/><text x="${lx + 32}" y="${ly}" dominant-baseline="middle">${escaped(name)}</text>`,
      ];
    }),
  ];
  return drawing(o, height, parts);
}

export function rangePlot(o: RangePlot): string {
  const [left, right, top, bottom, row] = [24, 24, 36, 40, 34];
  const height = top + bottom + row * o.ranges.length;
  const values = o.ranges.flatMap(({ low, high, limit }) => [
    low,
    high,
    ...(limit === undefined ? [] : [limit]),
  ]);
  const decades = decadesOf(values.filter((value) => value > 0));
  const [least, most] = [decades[0] ?? 0.1, decades.at(-1) ?? 10];
  const place = scale(least, most, left, width - right, true);
  const toX = (value: number) => fixed(place(Math.max(least, value)));
  const parts = [
    ...decades.map(
      (value) =>
        `<line class="grid" x1="${toX(value)}" x2="${toX(value)}" y1="${top}" y2="${height - bottom}"/><text x="${toX(value)}" y="${height - bottom + 16}" text-anchor="middle">${digits(value)}</text>`,
    ),
    `<text class="soft" x="${width / 2}" y="${height - 8}" text-anchor="middle">${escaped(o.xLabel)}</text>`,
    ...o.ranges.flatMap(({ name, low, median, high, limit }, index) => {
      const y = top + index * row + 24;
      return [
        `<text x="${left}" y="${y - 11}">${escaped(name)}: ${digits(median)}</text>`,
        `<line class="c0" stroke-width="2" x1="${toX(low)}" x2="${toX(high)}" y1="${y}" y2="${y}"/>`,
        `<circle class="f0" r="4" cx="${toX(median)}" cy="${y}"/>`,
        ...(limit === undefined
          ? []
          : [
              `<line class="limit" x1="${toX(limit)}" x2="${toX(limit)}" y1="${y - 7}" y2="${y + 7}"><title>gate: ${digits(limit)}</title></line>`,
            ]),
      ];
    }),
  ];
  return drawing(o, height, parts);
}

function drawing(
  o: { readonly title: string; readonly description: string },
  height: number,
  parts: readonly string[],
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escaped(o.title)}</title>`,
    `<desc id="description">${escaped(o.description)}</desc>`,
    `<style>${style}</style>`,
    `<rect class="ground" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="6"/>`,
    `<text class="title" x="16" y="22">${escaped(o.title)}</text>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function scale(
  from: number,
  to: number,
  left: number,
  right: number,
  isLogarithmic: boolean,
): (value: number) => number {
  const at = isLogarithmic ? Math.log : (value: number) => value;
  const span = at(to) - at(from);
  return (value) =>
    span === 0 ? (left + right) / 2 : left + ((at(value) - at(from)) / span) * (right - left);
}

/** Round numbers over a span, its end included. */
function ticks(from: number, to: number): number[] {
  const rough = (to - from) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough) ?? rough;
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.ceil(to / step) - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

/** The powers of ten around all values, at least two. */
function decadesOf(values: readonly number[]): number[] {
  const from = Math.floor(Math.log10(Math.min(...values)));
  const to = Math.max(from + 1, Math.ceil(Math.log10(Math.max(...values))));
  return Array.from({ length: to - from + 1 }, (_, index) => Number((10 ** (from + index)).toPrecision(12)));
}

function fixed(value: number): string {
  return String(Number(value.toFixed(1)));
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
