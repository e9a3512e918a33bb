/** Small parts of pages: a word with a tone, a gauge, a plot, a list of facts. */
import type { ComponentChildren, JSX } from 'preact';
import { lineOf } from '../model/plot.ts';
import type { Tone } from '../model/sync.ts';

export function Pill({
  tone,
  children,
}: {
  readonly tone: Tone;
  readonly children: ComponentChildren;
}): JSX.Element {
  return <span class={`pill ${tone}`}>{children}</span>;
}

export function Facts({
  rows,
}: {
  readonly rows: readonly (readonly [string, ComponentChildren])[];
}): JSX.Element {
  return (
    <dl class="facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Gauge({
  label,
  part,
  text,
}: {
  readonly label: string;
  readonly part: number;
  readonly text: string;
}): JSX.Element {
  return (
    <div class="gauge">
      <progress aria-label={label} max={1} value={part} />
      <span>{text}</span>
    </div>
  );
}

const size = { width: 240, height: 48 };

export interface PlotLine {
  readonly name: string;
  readonly values: readonly (number | null)[];
}

/** Values of the last hour, oldest first; a table of them would say no more than their highest and their last. */
export function Plot({
  title,
  lines,
  least,
  text,
}: {
  readonly title: string;
  readonly lines: readonly PlotLine[];
  readonly least?: number;
  readonly text: (value: number | null) => string;
}): JSX.Element {
  const highest = Math.max(0, ...lines.flatMap(({ values }) => values.map((value) => value ?? 0)));
  const most = Math.max(least ?? 0, highest);
  const said = lines.map(({ name, values }) => `${name}: last ${text(values.at(-1) ?? null)}`).join(', ');
  return (
    <figure class="plot">
      <figcaption>
        {title} <span class="quiet">highest {text(highest === 0 ? null : highest)}</span>
      </figcaption>
      <svg
        viewBox={`0 -2 ${size.width} ${size.height + 4}`}
        role="img"
        aria-label={`${title}, last hour. ${said}`}
        preserveAspectRatio="none"
      >
        <line x1="0" y1={size.height} x2={size.width} y2={size.height} class="axis" />
        {lines.map(({ name, values }, index) => (
          <path key={name} d={lineOf(values, size, most).path} class={`line line-${index}`} />
        ))}
      </svg>
      <ul class="legend">
        {lines.map(({ name, values }, index) => (
          <li key={name}>
            <span class={`swatch line-${index}`} aria-hidden="true" /> {name} {text(values.at(-1) ?? null)}
          </li>
        ))}
      </ul>
    </figure>
  );
}
