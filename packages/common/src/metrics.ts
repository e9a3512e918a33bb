/** The Prometheus registry of a service, and gauges whose value is asked for at each scrape. */
import { Counter, collectDefaultMetrics, Gauge, type Metric, Registry } from 'prom-client';

export { Counter, Gauge, type Registry } from 'prom-client';

/** Names that promtool objects to: gauges that end in `_total`. Their counterparts without `_total` stay. */
const misnamed = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/** What prom-client keeps on a metric but does not declare. */
interface Collecting {
  readonly name: string;
  readonly labelNames: readonly string[];
  collect?: () => void | Promise<void>;
}

/** A collector that throws loses its own values, not the whole scrape: prom-client rejects as a whole. */
class TolerantRegistry extends Registry {
  /** Made after the base class is, which registers nothing by itself. */
  readonly #failures = new Counter({
    name: 'exec_metrics_collect_failures_total',
    help: 'Scrapes in which the value of a metric could not be determined.',
    labelNames: ['metric'],
    registers: [this],
  });

  override registerMetric<T extends string>(metric: Metric<T>): void {
    super.registerMetric(metric);
    const collecting = metric as unknown as Collecting;
    const collect = collecting.collect;
    if (collect === undefined) return;
    collecting.collect = async () => {
      try {
        await collect.call(metric);
      } catch {
        this.#failures.inc({ metric: collecting.name });
        // An old value would pass for a fresh one.
        if (metric instanceof Gauge) {
          metric.reset();
          // Without labels `reset` leaves a zero.
          if (collecting.labelNames.length === 0) metric.remove();
        }
      }
    };
  }
}

export interface RegistryOptions {
  readonly service: string;
  readonly version: string;
  /** Process and Node metrics; default true. Tests with many registries leave them out. */
  readonly processMetrics?: boolean;
}

/** A registry in which a collector that throws costs its own metric only. */
export function createRegistry(options: RegistryOptions): Registry {
  const registry = new TolerantRegistry();
  if (options.processMetrics !== false) {
    collectDefaultMetrics({ register: registry });
    for (const name of misnamed) registry.removeSingleMetric(name);
  }
  new Gauge({
    name: 'exec_build_info',
    help: 'Always 1; the labels say which service and version runs.',
    labelNames: ['service', 'version'],
    registers: [registry],
  }).set({ service: options.service, version: options.version }, 1);
  return registry;
}

export interface GaugeFromOptions<L extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly L[];
}

/** One value, or one per set of labels. */
export type GaugeValues<L extends string> =
  | number
  | Iterable<{ readonly labels: Readonly<Record<L, string>>; readonly value: number }>;

/** A gauge that asks `value` at each scrape; series that `value` no longer names are gone. */
export function gaugeFrom<const L extends string = never>(
  registry: Registry,
  options: GaugeFromOptions<L>,
  value: () => GaugeValues<L>,
): Gauge<L> {
  return new Gauge<L>({
    name: options.name,
    help: options.help,
    labelNames: [...(options.labelNames ?? [])],
    registers: [registry],
    collect() {
      const values = value();
      this.reset();
      if (typeof values === 'number') this.set(values);
      else
        for (const entry of values) this.set(entry.labels as Parameters<typeof this.labels>[0], entry.value);
    },
  });
}
