/** What a dashboard consists of, apart from how Grafana writes it down. */

/** Unit IDs of Grafana. */
export type Unit = 'short' | 'bytes' | 's' | 'percentunit' | 'reqpm' | 'eps' | 'bool_yes_no';

export type Colour = 'green' | 'orange' | 'red' | 'blue';

export interface Query {
  readonly expr: string;
  /** Label template of Grafana, as `{{operation}}`. */
  readonly legend: string;
}

/** From this value on (and up to the next step) the colour holds; the first step has no value. */
export interface Threshold {
  readonly from?: number;
  readonly colour: Colour;
}

interface Framed {
  readonly title: string;
  /** What it shows and when to worry: the text behind the little `i`. */
  readonly description: string;
  /** Of 24 columns. */
  readonly width: number;
}

export interface ValuePanel extends Framed {
  readonly kind: 'stat' | 'series' | 'table';
  readonly unit: Unit;
  readonly queries: readonly Query[];
  readonly thresholds: readonly Threshold[];
  /** Areas on top of each other. */
  readonly stacked?: boolean;
}

export interface LogPanel extends Framed {
  readonly kind: 'logs';
  /** LogQL. */
  readonly query: string;
}

export interface TextPanel extends Framed {
  readonly kind: 'text';
  readonly markdown: string;
}

export interface AlertPanel extends Framed {
  readonly kind: 'alerts';
}

export type Panel = ValuePanel | LogPanel | TextPanel | AlertPanel;

export interface Row {
  readonly title: string;
  /** In units of Grafana, about 30 pixels each. */
  readonly height: number;
  readonly panels: readonly Panel[];
}

export interface Dashboard {
  /** Stable: links use it. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** Jobs whose instances the variable `instance` offers; none: the dashboard has no such variable. */
  readonly job?: string;
  readonly variables?: readonly ('job' | 'correlation_id' | 'logs')[];
  readonly rows: readonly Row[];
}

export function valuePanels(dashboard: Dashboard): ValuePanel[] {
  return dashboard.rows
    .flatMap(({ panels }) => panels)
    .filter((panel): panel is ValuePanel => 'queries' in panel);
}
