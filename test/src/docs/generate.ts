/** `pnpm docs:generate`: writes the reference pages from the code; with `--check` it only compares. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { linkJsonSchema } from '@exec/engage-link/wire';
import { scenarios } from '@exec/simulators/scenarios';
import { pageFiles } from '../bench/page/write-page.ts';
import { linesText, scenarioFiles } from '../bridge/scenario-files.ts';
import { helpIfAsked } from '../help.ts';
import { requireNode } from '../require-node.ts';
import { agentStatesPage } from './agent-states-page.ts';
import { bridgeMappingPage } from './bridge-mapping-page.ts';
import { bridgeMetrics } from './bridge-metrics.ts';
import { callFlowsPage } from './call-flows-page.ts';
import { commandsPage } from './commands-page.ts';
import { configDbPage } from './config-db-page.ts';
import { errorsPage } from './errors-page.ts';
import { faultsPage } from './faults-page.ts';
import { licencesPage } from './licences-page.ts';
import { metricsPage } from './metrics-page.ts';
import { observeServices } from './observe.ts';
import { restPage } from './rest-page.ts';
import { rulesPage } from './rules/rules-page.ts';
import { sampleFiles } from './sample-files.ts';
import { settingsPage } from './settings-page.ts';

requireNode();
helpIfAsked('pnpm docs:generate [--check]\nwrites the reference pages from the code; --check only compares');

const reference = fileURLToPath(new URL('../../../docs/reference/', import.meta.url));
const isCheck = process.argv.includes('--check');
/** Folders that hold nothing but what is generated, so that a scenario that is gone leaves no file. */
const ownFolders = ['frames', 'native'].map((kind) => `../../packages/bridge/scenarios/${kind}`);
const observed = await observeServices();
const pages = new Map<string, string>([
  ['agent-states.md', agentStatesPage()],
  ['call-flows.md', callFlowsPage()],
  ['settings.md', settingsPage()],
  ['commands.md', commandsPage()],
  ['config-db.md', configDbPage()],
  ['errors.md', errorsPage()],
  ['faults.md', await faultsPage()],
  ['rules.md', await rulesPage()],
  ['licences.md', await licencesPage()],
  ['../bridge/mapping.md', await bridgeMappingPage()],
  ['metrics.md', metricsPage(observed, await bridgeMetrics())],
  ...(await pageFiles()),
  ...sampleFiles(),
  ['engage-link.schema.json', `${JSON.stringify(linkJsonSchema(), undefined, 2)}\n`],
  ['../../packages/bridge/scenarios/index.txt', scenarios.map(({ name }) => `${name}\n`).join('')],
  ...scenarios.flatMap((scenario): [string, string][] => {
    const { frames, native } = scenarioFiles(scenario);
    return [
      [`../../packages/bridge/scenarios/frames/${scenario.name}.jsonl`, linesText(frames)],
      [`../../packages/bridge/scenarios/native/${scenario.name}.jsonl`, linesText(native)],
    ];
  }),
  ...observed.flatMap(({ service, openapi }): [string, string][] => [
    [`openapi/${service}.json`, `${JSON.stringify(openapi, undefined, 2)}\n`],
    [`rest/${service}.md`, restPage(service, openapi)],
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
for (const folder of ownFolders) {
  for (const file of await readdir(join(reference, folder)).catch(() => [])) {
    const name = `${folder}/${file}`;
    if (pages.has(name)) continue;
    stale.push(name);
    if (!isCheck) await rm(join(reference, name));
  }
}
if (!isCheck) {
  process.stdout.write(stale.length === 0 ? 'all pages are current\n' : `written: ${stale.join(', ')}\n`);
} else if (stale.length > 0) {
  process.stdout.write(`docs are not current (${stale.join(', ')}): run "pnpm docs:generate"\n`);
  process.exitCode = 1;
}
