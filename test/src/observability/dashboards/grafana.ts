/** Writes a dashboard as Grafana reads it (schema of Grafana 9 and later). */
import type { Dashboard, LogPanel, Panel, Row, ValuePanel } from './model.ts';

const prometheus = { type: 'prometheus', uid: '$datasource' };
const loki = { type: 'loki', uid: '$logs' };
const columns = 24;

export function grafanaJson(dashboard: Dashboard): object {
  return {
    uid: dashboard.uid,
    title: dashboard.title,
    description: dashboard.description,
    tags: ['exec'],
    schemaVersion: 38,
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    timezone: 'browser',
    links: [
      {
        title: 'EXEC',
        type: 'dashboards',
        tags: ['exec'],
        asDropdown: false,
        includeVars: true,
        keepTime: true,
        icon: 'external link',
        targetBlank: false,
      },
    ],
    annotations: {
      list: [
        {
          name: 'Alerts',
          datasource: prometheus,
          enable: true,
          iconColor: 'red',
          expr: 'ALERTS{deployment=~"$deployment", alertstate="firing"}',
          titleFormat: '{{alertname}}',
          step: '60s',
        },
      ],
    },
    templating: { list: variablesOf(dashboard) },
    panels: layOut(dashboard.rows),
  };
}

function variablesOf({ job, variables = [] }: Dashboard): object[] {
  const chosen = {
    includeAll: true,
    multi: true,
    allValue: '.*',
    current: { text: ['All'], value: ['$__all'] },
  };
  const query = (name: string, label: string, definition: string) => ({
    type: 'query',
    name,
    label,
    datasource: prometheus,
    definition,
    query: { query: definition, refId: name },
    refresh: 2,
    sort: 1,
    ...chosen,
  });
  const list: object[] = [
    { type: 'datasource', name: 'datasource', label: 'Prometheus', query: 'prometheus', refresh: 1 },
    query('deployment', 'Deployment', 'label_values(exec_build_info, deployment)'),
  ];
  if (job !== undefined) {
    const instances = `label_values(up{deployment=~"$deployment", job="${job}"}, instance)`;
    list.push(query('instance', 'Instance', instances));
  }
  if (variables.includes('job')) {
    list.push({
      type: 'custom',
      name: 'job',
      label: 'Service',
      query: 'excs,exas,excp',
      ...chosen,
      allValue: 'excs|exas|excp',
    });
  }
  if (variables.includes('correlation_id')) {
    list.push({ type: 'textbox', name: 'correlation_id', label: 'Correlation ID', query: '' });
  }
  if (variables.includes('logs')) {
    list.push({ type: 'datasource', name: 'logs', label: 'Loki', query: 'loki', refresh: 1 });
  }
  return list;
}

/** Rows below each other, their panels side by side. */
function layOut(rows: readonly Row[]): object[] {
  const panels: object[] = [];
  let y = 0;
  for (const row of rows) {
    panels.push({
      id: panels.length + 1,
      type: 'row',
      title: row.title,
      collapsed: false,
      gridPos: { h: 1, w: columns, x: 0, y },
      panels: [],
    });
    y += 1;
    let x = 0;
    for (const panel of row.panels) {
      if (x + panel.width > columns) throw new Error(`row "${row.title}" is wider than ${columns} columns`);
      panels.push({
        id: panels.length + 1,
        gridPos: { h: row.height, w: panel.width, x, y },
        ...content(panel),
      });
      x += panel.width;
    }
    y += row.height;
  }
  return panels;
}

function content(panel: Panel): object {
  const { title, description } = panel;
  switch (panel.kind) {
    case 'stat':
    case 'series':
    case 'table':
      return { title, description, datasource: prometheus, ...values(panel) };
    case 'logs':
      return { title, description, datasource: loki, ...logs(panel) };
    case 'text':
      return { title, description, type: 'text', options: { mode: 'markdown', content: panel.markdown } };
    case 'alerts':
      return {
        title,
        description,
        type: 'alertlist',
        options: {
          viewMode: 'list',
          groupMode: 'default',
          maxItems: 50,
          sortOrder: 3,
          alertInstanceLabelFilter: '{deployment=~"$deployment"}',
          stateFilter: { firing: true, pending: true, noData: false, normal: false, error: true },
        },
      };
  }
}

function logs({ query }: LogPanel): object {
  return {
    type: 'logs',
    options: { showTime: true, wrapLogMessage: true, enableLogDetails: true, sortOrder: 'Descending' },
    targets: [{ refId: 'A', datasource: loki, expr: query, queryType: 'range' }],
  };
}

function values(panel: ValuePanel): object {
  const thresholds = {
    mode: 'absolute',
    steps: panel.thresholds.map(({ from, colour }) => ({ color: colour, value: from ?? null })),
  };
  const mappings =
    panel.unit === 'bool_yes_no'
      ? [{ type: 'value', options: { 0: { text: 'no' }, 1: { text: 'yes' } } }]
      : [];
  const targets = panel.queries.map(({ expr, legend }, index) => ({
    refId: String.fromCharCode(65 + index),
    datasource: prometheus,
    expr,
    legendFormat: legend,
    ...(panel.kind === 'series' ? { range: true } : { instant: true, range: false }),
    ...(panel.kind === 'table' ? { format: 'table' } : {}),
  }));
  const unit = panel.unit;
  switch (panel.kind) {
    case 'stat':
      return {
        type: 'stat',
        targets,
        fieldConfig: {
          defaults: { unit, thresholds, mappings, color: { mode: 'thresholds' } },
          overrides: [],
        },
        options: {
          colorMode: 'background',
          graphMode: 'none',
          textMode: panel.queries.some(({ legend }) => legend.includes('{{')) ? 'value_and_name' : 'value',
          reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
        },
      };
    case 'series':
      return {
        type: 'timeseries',
        targets,
        fieldConfig: {
          defaults: {
            unit,
            min: 0,
            thresholds,
            color: { mode: 'palette-classic' },
            custom: {
              fillOpacity: panel.stacked === true ? 30 : 5,
              showPoints: 'never',
              stacking: { mode: panel.stacked === true ? 'normal' : 'none', group: 'A' },
              thresholdsStyle: { mode: panel.thresholds.length > 1 && isScale(unit) ? 'line' : 'off' },
            },
          },
          overrides: [],
        },
        options: {
          legend: { displayMode: 'list', placement: 'bottom' },
          tooltip: { mode: 'multi', sort: 'desc' },
        },
      };
    case 'table':
      return {
        type: 'table',
        targets,
        fieldConfig: {
          defaults: { unit, thresholds, mappings, color: { mode: 'thresholds' } },
          overrides: [],
        },
        options: { showHeader: true, sortBy: [{ displayName: 'Value', desc: true }] },
        transformations: [
          { id: 'merge', options: {} },
          {
            id: 'organize',
            options: {
              excludeByName: { Time: true },
              renameByName: Object.fromEntries(
                panel.queries.map(({ legend }, index) =>
                  panel.queries.length === 1
                    ? ['Value', legend]
                    : [`Value #${String.fromCharCode(65 + index)}`, legend],
                ),
              ),
            },
          },
        ],
      };
  }
}

/** A threshold line makes sense where the axis shows a quantity that grows, not yes or no. */
function isScale(unit: string): boolean {
  return unit === 's';
}
