/** `node test/src/observability/dashboards/main.ts`: writes docker/grafana/dashboards; with `--check` it only compares. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { helpIfAsked } from '../../help.ts';
import { requireNode } from '../../require-node.ts';
import { dashboardFolder } from '../paths.ts';
import { dashboardFiles } from './files.ts';

requireNode();
helpIfAsked('pnpm dashboards:generate [--check]\nwrites docker/grafana/dashboards; --check only compares');

const isCheck = process.argv.includes('--check');
const stale: string[] = [];
for (const [name, text] of dashboardFiles()) {
  const file = join(dashboardFolder, name);
  if ((await readFile(file, 'utf8').catch(() => undefined)) === text) continue;
  stale.push(name);
  if (isCheck) continue;
  await mkdir(dashboardFolder, { recursive: true });
  await writeFile(file, text);
}
if (!isCheck) {
  process.stdout.write(
    stale.length === 0 ? 'all dashboards are current\n' : `written: ${stale.join(', ')}\n`,
  );
} else if (stale.length > 0) {
  process.stdout.write(
    `docker/grafana/dashboards is not current (${stale.join(', ')}): run "node test/src/observability/dashboards/main.ts"\n`,
  );
  process.exitCode = 1;
}
