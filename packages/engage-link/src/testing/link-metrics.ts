/** Metrics of a registry of their own, with a way to read them. */
import { createRegistry } from '@exec/common/metrics';
import { type EngageLinkMetrics, engageLinkMetrics } from '../metrics.ts';

export interface ReadableMetrics {
  readonly metrics: EngageLinkMetrics;
  /** Value of the series with exactly these labels; undefined when there is none. */
  read(name: string, labels?: Readonly<Record<string, string>>): Promise<number | undefined>;
}

export function readableMetrics(): ReadableMetrics {
  const registry = createRegistry({ service: 'test', version: '0', processMetrics: false });
  const metrics = engageLinkMetrics(registry);
  return {
    metrics,
    async read(name, labels = {}) {
      const found = await registry.getSingleMetric(name)?.get();
      const wanted = Object.entries(labels);
      return found?.values.find(
        (series) =>
          wanted.every(([label, value]) => series.labels[label] === value) &&
          Object.keys(series.labels).length === wanted.length,
      )?.value;
    },
  };
}
