/** `pnpm docs:generate`: writes the reference pages from the code; with `--check` it only compares. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requireNode } from '../require-node.ts';
import { agentStatesPage } from './agent-states-page.ts';
import { callFlowsPage } from './call-flows-page.ts';
import { errorsPage } from './errors-page.ts';
import { metricsPage } from './metrics-page.ts';
import { observeServices } from './observe.ts';
import { settingsPage } from './settings-page.ts';

requireNode();

const reference = fileURLToPath(new URL('../../../docs/reference/', import.meta.url));
const isCheck = process.argv.includes('--check');
const observed = await observeServices();
const pages = new Map<string, string>([
  ['agent-states.md', agentStatesPage()],
  ['call-flows.md', callFlowsPage()],
  ['settings.md', settingsPage()],
  ['errors.md', errorsPage()],
  ['metrics.md', metricsPage(observed)],
  ...observed.map(({ service, openapi }): [string, string] => [
    `openapi/${service}.json`,
    `${JSON.stringify(openapi, undefined, 2)}\n`,
  ]),
]);

const stale: string[] = [];
for (const [name, text] of pages) {
  const file = join(reference, name);
  const present = await readFile(file, 'utf8').catch(() => undefined);
  if (present === text) continue;
  stale.push(name);
  if (isCheck) continue;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
if (!isCheck) {
  process.stdout.write(stale.length === 0 ? 'all pages are current\n' : `written: ${stale.join(', ')}\n`);
} else if (stale.length > 0) {
  process.stdout.write(`docs/reference is not current (${stale.join(', ')}): run "pnpm docs:generate"\n`);
  process.exitCode = 1;
}
