/** Values as people read them, and series by the names that a panel gives them. */
import type { Colour, Query, Threshold, Unit } from '../dashboards/model.ts';
import type { Series } from '../prometheus/server.ts';

export function format(value: number, unit: Unit): string {
  if (!Number.isFinite(value)) return '–';
  switch (unit) {
    case 'bool_yes_no':
      return value === 0 ? 'no' : 'yes';
    case 's':
      return seconds(value);
    case 'percentunit':
      return `${plain(value * 100)} %`;
    case 'reqpm':
      return `${plain(value)}/min`;
    case 'eps':
      return `${plain(value)}/s`;
    case 'bytes':
      return `${plain(value / 1e6)} MB`;
    case 'short':
      return plain(value);
  }
}

function seconds(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return '0 s';
  if (size < 1) return `${plain(value * 1000)} ms`;
  if (size < 120) return `${plain(value)} s`;
  if (size < 7200) return `${plain(value / 60)} min`;
  if (size < 172_800) return `${plain(value / 3600)} h`;
  return `${plain(value / 86_400)} d`;
}

function plain(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${(value / 1e6).toFixed(1)}M`;
  if (size >= 1e4) return `${(value / 1e3).toFixed(1)}k`;
  if (size >= 100 || Number.isInteger(value)) return value.toFixed(0);
  return Number(value.toPrecision(2)).toString();
}

/** Fills the template of a legend, `{{label}}` by its value. */
export function nameOf({ legend }: Query, { labels }: Series): string {
  return legend.replaceAll(/\{\{(\w+)\}\}/g, (_all, label: string) => labels[label] ?? '').trim();
}

const colours: Readonly<Record<Colour, string>> = {
  green: '#2da44e',
  orange: '#d4850b',
  red: '#cf222e',
  blue: '#3b6fb6',
};

export function colourOf(value: number, thresholds: readonly Threshold[]): string {
  const step = thresholds.findLast(({ from }) => from === undefined || value >= from);
  return colours[step?.colour ?? 'blue'];
}

/** In which lines of a panel are drawn. */
export const palette = [
  '#3b6fb6',
  '#d4850b',
  '#2da44e',
  '#8250df',
  '#cf222e',
  '#1b7c83',
  '#9a6700',
  '#bf3989',
];
