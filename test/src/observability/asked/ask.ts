/** Puts the queries of a dashboard to a Prometheus, as Grafana would. */
import type { Dashboard, Panel, Query, ValuePanel } from '../dashboards/model.ts';
import type { Prometheus, Series } from '../prometheus/server.ts';
import { withoutVariables } from '../variables.ts';

export interface Answered {
  readonly query: Query;
  readonly series: readonly Series[];
}

export interface AskedPanel {
  readonly panel: Panel;
  readonly answers: readonly Answered[];
}

export interface AskedRow {
  readonly title: string;
  readonly height: number;
  readonly panels: readonly AskedPanel[];
}

/** Seconds since 1970. */
export interface Period {
  readonly start: number;
  readonly end: number;
}

/** Points of a line: enough for a picture. */
const points = 60;

export async function ask(prometheus: Prometheus, dashboard: Dashboard, period: Period): Promise<AskedRow[]> {
  const rows: AskedRow[] = [];
  for (const { title, height, panels } of dashboard.rows) {
    const asked: AskedPanel[] = [];
    for (const panel of panels) {
      const answers: Answered[] = [];
      for (const query of 'queries' in panel ? panel.queries : [])
        answers.push({ query, series: await answerTo(prometheus, query, panel as ValuePanel, period) });
      asked.push({ panel, answers });
    }
    rows.push({ title, height, panels: asked });
  }
  return rows;
}

/** Queries to which Prometheus had nothing to say. */
export function unanswered(rows: readonly AskedRow[]): string[] {
  return rows.flatMap(({ panels }) =>
    panels.flatMap(({ panel, answers }) =>
      answers.filter(({ series }) => series.length === 0).map(({ query }) => `${panel.title}: ${query.expr}`),
    ),
  );
}

async function answerTo(
  prometheus: Prometheus,
  { expr }: Query,
  { kind }: ValuePanel,
  { start, end }: Period,
): Promise<Series[]> {
  const range = `${Math.max(1, Math.round(end - start))}s`;
  const query = withoutVariables(expr, { window: '10s', range });
  if (kind !== 'series') return prometheus.instant(query);
  return prometheus.range(query, { start, end, step: Math.max(1, (end - start) / points) });
}
