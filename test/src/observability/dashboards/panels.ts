/** Short forms in which the dashboards are written, so that equal things look equal everywhere. */
import type { Panel, Query, Row, Threshold, Unit, ValuePanel } from './model.ts';

type Options = Partial<Pick<ValuePanel, 'thresholds' | 'width' | 'stacked'>>;

const neutral: readonly Threshold[] = [{ colour: 'blue' }];

/** Green below, then worse. */
export function worseFrom(orange: number, red: number): readonly Threshold[] {
  return [{ colour: 'green' }, { from: orange, colour: 'orange' }, { from: red, colour: 'red' }];
}

/** A share that should be near 1. */
export function lowIsBad(red: number, orange: number): readonly Threshold[] {
  return [{ colour: 'red' }, { from: red, colour: 'orange' }, { from: orange, colour: 'green' }];
}

export const zeroIsGood = worseFrom(1, 1e9);
export const anyIsBad: readonly Threshold[] = [{ colour: 'green' }, { from: 1, colour: 'red' }];
export const oneIsGood: readonly Threshold[] = [{ colour: 'red' }, { from: 1, colour: 'green' }];

function values(kind: ValuePanel['kind'], defaultWidth: number) {
  return (
    title: string,
    description: string,
    unit: Unit,
    queries: readonly Query[] | string,
    options: Options = {},
  ): ValuePanel => ({
    kind,
    title,
    description,
    unit,
    queries: typeof queries === 'string' ? [{ expr: queries, legend: title }] : queries,
    thresholds: neutral,
    width: defaultWidth,
    ...options,
  });
}

export const stat = values('stat', 4);
export const series = values('series', 12);
export const table = values('table', 12);

export function row(title: string, height: number, ...panels: readonly Panel[]): Row {
  return { title, height, panels };
}

/** Quantiles of a histogram without labels of its own. */
export function quantiles(histogram: string, selector: string): Query[] {
  return [0.5, 0.95, 0.99].map((quantile) => ({
    expr: `histogram_quantile(${quantile}, sum by (le) (rate(${histogram}_bucket{${selector}}[$__rate_interval])))`,
    legend: `p${quantile * 100}`,
  }));
}

/** Seconds that the oldest thing has waited; 0 when nothing waits. */
export function ageOfOldest(metric: string, selector: string): string {
  return `time() - max(${metric}{${selector}} > 0) or vector(0)`;
}
