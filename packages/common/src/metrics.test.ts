/** The registry: build information, process metrics without the misnamed ones, scrapes that survive a bad collector. */
import { Counter, Gauge, Histogram } from 'prom-client';
import { beforeEach, describe, expect, it } from 'vitest';
import { createRegistry, gaugeFrom, type Registry } from './metrics.ts';

let registry: Registry;
beforeEach(() => {
  registry = createRegistry({ service: 'excp', version: '1.2.3', processMetrics: false });
});

/** Sample lines of one metric. */
async function samples(name: string): Promise<string[]> {
  const text = await registry.metrics();
  return text.split('\n').filter((line) => line.startsWith(name) && !line.startsWith('#'));
}

describe('createRegistry', () => {
  it('tells service and version', async () => {
    expect(await samples('exec_build_info')).toEqual(['exec_build_info{service="excp",version="1.2.3"} 1']);
  });

  it('has the process metrics, but no gauge that ends in _total', async () => {
    const whole = createRegistry({ service: 'excp', version: '1' });
    const metrics = await whole.getMetricsAsJSON();
    const names = metrics.map((metric) => metric.name);
    expect(names).toContain('process_cpu_seconds_total');
    expect(names).toContain('nodejs_eventloop_lag_seconds');
    const misnamed = metrics.filter(
      (metric) => String(metric.type) === 'gauge' && metric.name.endsWith('_total'),
    );
    expect(misnamed).toEqual([]);
  });

  it('keeps the scrape when collectors throw or reject, and counts that', async () => {
    const bad = (name: string, collect: () => void | Promise<void>) =>
      new Gauge({ name, help: 'Bad.', registers: [registry], collect });
    bad('bad_a', () => {
      throw new Error('no');
    });
    bad('bad_b', () => Promise.reject(new Error('no')));
    new Histogram({
      name: 'bad_c',
      help: 'Bad.',
      registers: [registry],
      collect: () => {
        throw new Error('no');
      },
    });
    new Counter({ name: 'good_total', help: 'Good.', registers: [registry] }).inc(3);
    expect(await samples('good_total')).toEqual(['good_total 3']);
    await registry.metrics();
    const failures = await samples('exec_metrics_collect_failures_total');
    const counted = failures.map((line) => /metric="(.*)"} [2-9]$/.exec(line)?.[1]);
    expect(counted.sort()).toEqual(['bad_a', 'bad_b', 'bad_c']);
  });

  it('shows no old value of a gauge that can no longer be determined', async () => {
    let works = true;
    const value = () => {
      if (works) return 7;
      throw new Error('no');
    };
    gaugeFrom(registry, { name: 'plain', help: 'Plain.' }, value);
    gaugeFrom(registry, { name: 'labelled', help: 'Labelled.', labelNames: ['kind'] }, () => [
      { labels: { kind: 'a' }, value: value() },
    ]);
    expect(await samples('plain')).toEqual(['plain 7']);
    expect(await samples('labelled')).toEqual(['labelled{kind="a"} 7']);
    works = false;
    expect(await samples('plain')).toEqual([]);
    expect(await samples('labelled')).toEqual([]);
    works = true;
    expect(await samples('plain')).toEqual(['plain 7']);
  });
});

describe('gaugeFrom', () => {
  it('asks at each scrape and drops series that are gone', async () => {
    const values = new Map([
      ['a', 1],
      ['b', 2],
    ]);
    gaugeFrom(registry, { name: 'things', help: 'Things.', labelNames: ['kind'] }, () =>
      [...values].map(([kind, value]) => ({ labels: { kind }, value })),
    );
    expect(await samples('things')).toEqual(['things{kind="a"} 1', 'things{kind="b"} 2']);
    values.delete('a');
    values.set('b', 5);
    expect(await samples('things')).toEqual(['things{kind="b"} 5']);
  });
});
