/** What promtool says of the configuration, the alerts, their tests, the dashboards and the metrics themselves. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { observeServices } from '../docs/observe.ts';
import { dashboards } from './dashboards/index.ts';
import { valuePanels } from './dashboards/model.ts';
import { prometheusFolder } from './paths.ts';
import { prometheusPrograms, run } from './prometheus/programs.ts';
import { alertsFile, alertTestFiles, readAlertCases, readAlerts } from './rules.ts';
import { withoutVariables } from './variables.ts';

let promtool = '';
let folder = '';

beforeAll(async () => {
  ({ promtool } = await prometheusPrograms());
  folder = await mkdtemp(join(tmpdir(), 'exec-promtool-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('the configuration and the alerts are valid', async () => {
  await expect(
    run(promtool, ['check', 'config', 'prometheus.yml'], { cwd: prometheusFolder }),
  ).resolves.toContain('SUCCESS');
  const alerts = await readAlerts();
  await expect(run(promtool, ['check', 'rules', join(prometheusFolder, 'rules.yml')])).resolves.toContain(
    'SUCCESS',
  );
  await expect(run(promtool, ['check', 'rules', alertsFile])).resolves.toContain(
    `${alerts.length} rules found`,
  );
});

test('the cases of the alerts hold', async () => {
  await expect(run(promtool, ['test', 'rules', ...(await alertTestFiles())])).resolves.not.toContain(
    'FAILED',
  );
});

test('every alert has a case that fires and one that does not', async () => {
  const cases = await readAlertCases();
  for (const { name } of await readAlerts()) {
    const fires = cases.filter(({ alert }) => alert === name).map((one) => one.fires);
    expect(fires, name).toEqual(expect.arrayContaining(name === 'Watchdog' ? [true] : [true, false]));
  }
});

test('a case that does not hold is noticed', async () => {
  const file = join(folder, 'wrong.test.yml');
  await writeFile(
    file,
    `rule_files: [${alertsFile}]\ntests:\n  - interval: 1m\n    input_series:\n      - { series: exec_redis_up, values: 0x10 }\n    alert_rule_test:\n      - { eval_time: 5m, alertname: RedisDown, exp_alerts: [] }\n`,
  );
  await expect(run(promtool, ['test', 'rules', file])).rejects.toThrow('RedisDown');
});

test('every expression of a dashboard parses', async () => {
  const rules = Object.entries(dashboards).flatMap(([name, dashboard]) =>
    valuePanels(dashboard).flatMap(({ queries }) =>
      queries.map(
        ({ expr }, index) =>
          `      - { record: '${name}:${index}', expr: ${JSON.stringify(withoutVariables(expr))} }`,
      ),
    ),
  );
  const file = join(folder, 'dashboards.yml');
  await writeFile(file, `groups:\n  - name: dashboards\n    rules:\n${rules.join('\n')}\n`);
  await expect(run(promtool, ['check', 'rules', '--lint=none', file])).resolves.toContain(
    `${rules.length} rules found`,
  );
});

describe('metrics follow the naming rules', () => {
  test('of every service', async () => {
    for (const { service, registry } of await observeServices()) {
      const output = await run(promtool, ['check', 'metrics'], { input: await registry.metrics() });
      expect(output, service).toBe('');
    }
  });
});
