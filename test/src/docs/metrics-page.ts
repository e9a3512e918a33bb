/** docs/reference/metrics.md: every metric of every service, from their registries. */
import type { BridgeMetric } from './bridge-metrics.ts';
import { code, generated, table } from './markdown.ts';
import type { ObservedService } from './observe.ts';

interface MetricFacts {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labelNames: readonly string[];
}

/** prom-client keeps label names on the metric, which its types do not show. */
function metricsOf({ registry }: ObservedService): MetricFacts[] {
  const metrics = registry.getMetricsAsArray() as unknown as (Omit<MetricFacts, 'type'> & {
    readonly constructor: { readonly name: string };
  })[];
  return metrics
    .map((metric) => ({
      name: metric.name,
      help: metric.help,
      type: metric.constructor.name.toLowerCase(),
      labelNames: metric.labelNames,
    }))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}

const ofTheRuntime = /^(process|nodejs)_/;

export function metricsPage(
  observed: readonly ObservedService[],
  bridge: readonly BridgeMetric[] = [],
): string {
  const all = observed.map((service) => ({ ...service, metrics: metricsOf(service) }));
  const users = Map.groupBy(
    all.flatMap(({ service, metrics }) => metrics.map((metric) => ({ service, metric }))),
    ({ metric }) => metric.name,
  );
  const row = ({ name, type, labelNames, help }: MetricFacts) => [
    code(name),
    type,
    labelNames.map(code).join(', '),
    help,
  ];
  const header = ['metric', 'type', 'labels', 'meaning'];
  const common =
    all.length === 0
      ? []
      : (all[0]?.metrics ?? []).filter(({ name }) => users.get(name)?.length === all.length);
  const sections = all.map(({ title, metrics }) => {
    const own = metrics.filter(
      ({ name }) => !common.some((shared) => shared.name === name) && !ofTheRuntime.test(name),
    );
    return `## ${title}\n\n${table(header, own.map(row))}`;
  });
  const shared = common.filter(({ name }) => !ofTheRuntime.test(name));
  return [
    '# Metrics',
    `${generated} Every service answers \`GET /metrics\` in the Prometheus text format; names follow the Prometheus rules (base units, \`_total\` for counters), and no label has an unbounded set of values. The process and runtime metrics of prom-client (\`process_…\`, \`nodejs_…\`) come on top.`,
    ...(observed.length > 1 ? [`## All services\n\n${table(header, shared.map(row))}`] : []),
    ...sections,
    ...(bridge.length === 0 ? [] : [`## The bridge\n\n${table(header, bridge.map(row))}`]),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}
