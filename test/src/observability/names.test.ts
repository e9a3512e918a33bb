/** Dashboards and alerts ask only for metrics and labels that the services have, and the docs explain each of them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { bridgeMetrics } from '../docs/bridge-metrics.ts';
import { observeServices } from '../docs/observe.ts';
import { dashboardFiles } from './dashboards/files.ts';
import { dashboards } from './dashboards/index.ts';
import { valuePanels } from './dashboards/model.ts';
import { dashboardFolder, docsFolder, prometheusFolder } from './paths.ts';
import { namesIn } from './promql-names.ts';
import { readAlerts } from './rules.ts';

/** Labels that Prometheus adds to every series by its configuration. */
const ofTheTarget = ['job', 'instance', 'deployment'];

interface Registered {
  readonly name: string;
  readonly labelNames: readonly string[];
  readonly constructor: { readonly name: string };
}

/** Series name → labels. */
const known = new Map<string, Set<string>>();
const registered = new Set<string>();

beforeAll(async () => {
  known.set('up', new Set(ofTheTarget));
  known.set('ALERTS', new Set([...ofTheTarget, 'alertname', 'alertstate', 'severity']));
  for (const { registry } of await observeServices()) {
    for (const metric of registry.getMetricsAsArray() as unknown as Registered[]) {
      registered.add(metric.name);
      const labels = [...metric.labelNames, ...ofTheTarget];
      const isHistogram = metric.constructor.name === 'Histogram';
      const series = isHistogram
        ? ['_bucket', '_sum', '_count'].map((suffix) => `${metric.name}${suffix}`)
        : [metric.name];
      for (const name of series) known.set(name, new Set([...labels, ...(isHistogram ? ['le'] : [])]));
    }
  }
  for (const { name, labelNames } of await bridgeMetrics()) {
    registered.add(name);
    known.set(name, new Set([...labelNames, ...ofTheTarget]));
  }
});

/** What is wrong with the names in an expression. */
function faultsOf(expr: string): string[] {
  const { metrics, grouped, made } = namesIn(expr);
  if (metrics.length === 0) return [`no metric in ${expr}`];
  const labels = new Set(made);
  const faults: string[] = [];
  for (const { metric, selected } of metrics) {
    const own = known.get(metric);
    if (own === undefined) faults.push(`no service has ${metric}`);
    for (const label of own ?? []) labels.add(label);
    for (const label of selected)
      if (own?.has(label) === false) faults.push(`${metric} has no label ${label}`);
  }
  for (const label of grouped)
    if (!labels.has(label)) faults.push(`nothing in ${expr} has the label ${label}`);
  return faults;
}

test('a wrong metric and a wrong label are noticed', () => {
  expect(faultsOf('sum by (colour) (exec_redis_up{size="1"}) + exas_no_such_thing')).toHaveLength(3);
});

test.for(Object.keys(dashboards))('dashboard %s asks for what exists', (name) => {
  const dashboard = dashboards[name];
  const panels = dashboard === undefined ? [] : valuePanels(dashboard);
  expect(panels.length).toBeGreaterThan(0);
  for (const { title, queries } of panels)
    for (const { expr, legend } of queries) {
      expect(faultsOf(expr), title).toEqual([]);
      const shown = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label);
      const { metrics } = namesIn(expr);
      for (const label of shown)
        expect(
          metrics.some(({ metric }) => known.get(metric)?.has(label ?? '')),
          `${title}: ${label}`,
        ).toBe(true);
    }
});

test('every alert asks for what exists', async () => {
  const alerts = await readAlerts();
  expect(alerts.length).toBeGreaterThan(20);
  for (const { name, expr } of alerts) if (name !== 'Watchdog') expect(faultsOf(expr), name).toEqual([]);
});

test('every alert says how bad it is, what it means and what to do', async () => {
  for (const alert of await readAlerts()) {
    expect(alert.name).toMatch(/^([A-Z][a-z]+)+$/);
    // Watchdog always fires; it is to be noticed when it does not.
    expect(alert.severity, alert.name).toMatch(alert.name === 'Watchdog' ? /^none$/ : /^(critical|warning)$/);
    expect(alert.summary?.length, alert.name).toBeGreaterThan(10);
    expect(alert.description?.length, alert.name).toBeGreaterThan(40);
    const path = /^\{\{ \$externalLabels\.exec_docs \}\}\/(.+\.md)$/.exec(alert.runbookUrl ?? '')?.[1] ?? '';
    const page = await readFile(join(docsFolder, path), 'utf8');
    expect(page.startsWith(`# ${alert.name}\n`), path).toBe(true);
    for (const part of ['What it means', 'Impact', 'Look', 'Do', 'Over when', 'Escalate'])
      expect(page, path).toContain(`\n## ${part}\n`);
  }
});

test('the routes of the Alertmanager name alerts that exist', async () => {
  const names = new Set((await readAlerts()).map(({ name }) => name));
  const routes = await readFile(join(prometheusFolder, 'alertmanager.yml'), 'utf8');
  const mentioned = [...routes.matchAll(/alertname =~? "([\w|]+)"/g)].flatMap(([, list = '']) =>
    list.split('|'),
  );
  expect(mentioned.length).toBeGreaterThan(20);
  for (const name of mentioned) expect(names, name).toContain(name);
});

describe('files', () => {
  test('the dashboards of Grafana are those of the code', async () => {
    for (const [name, text] of dashboardFiles())
      expect(await readFile(join(dashboardFolder, name), 'utf8'), `${name}: run dashboards/main.ts`).toBe(
        text,
      );
  });

  test('the mixin has every dashboard', async () => {
    const mixin = await readFile(join(prometheusFolder, '../mixin/mixin.libsonnet'), 'utf8');
    for (const [name] of dashboardFiles()) expect(mixin).toContain(`dashboards/${name}'`);
  });

  test('panels are explained and have thresholds; identifiers are unique', () => {
    const all = Object.values(dashboards);
    expect(new Set(all.map(({ uid }) => uid)).size).toBe(all.length);
    for (const dashboard of all) {
      const panels = dashboard.rows.flatMap((row) => row.panels);
      for (const panel of panels) expect(panel.description.length, panel.title).toBeGreaterThan(10);
      for (const panel of valuePanels(dashboard)) expect(panel.thresholds, panel.title).not.toEqual([]);
      const titles = panels.map(({ title, kind }) => `${kind} ${title}`);
      expect(new Set(titles).size, dashboard.title).toBe(titles.length);
    }
  });

  test('every metric is in the reference', async () => {
    const page = await readFile(join(docsFolder, 'reference/metrics.md'), 'utf8');
    for (const name of registered)
      if (!/^(process|nodejs)_/.test(name)) expect(page, name).toContain(`\`${name}\``);
  });
});
