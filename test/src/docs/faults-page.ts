/** docs/reference/faults.md: what can fail, what is seen and lost, which alarm, which test; from the tests themselves. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listedFaults } from '../chaos/fault-list/index.ts';
import type { ListedFault } from '../chaos/fault-list/listed-fault.ts';
import type { FaultKind } from '../chaos/faults/fault.ts';
import { faults } from '../chaos/faults/index.ts';
import { readAlerts } from '../observability/rules.ts';
import { code, generated, table } from './markdown.ts';
import { hasTitle } from './rules/proofs.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const runbook = '../guide/operate/README.md';

const titles: Readonly<Record<FaultKind, string>> = {
  process: 'Processes',
  log: 'Logs',
  redis: 'Redis',
  cloud: 'Genesys Cloud',
  link: 'Links of Engage',
  database: 'Config DB',
  clock: 'Clocks',
};
const header = ['fault', 'what is seen', 'what is lost', 'alarm', 'test'];

/** @throws Error that names each test and each alert that does not exist. */
export async function faultsPage(): Promise<string> {
  await refuseUnknownNames();
  const played = Map.groupBy(faults, ({ kind }) => kind);
  const alarm = (name: string | undefined) => (name === undefined ? '' : code(name));
  return [
    '# Faults',
    `${generated} What can fail, what somebody sees who runs the connector, what is lost, which alarm fires when it lasts, and which test proves it.`,
    'The faults of the first part are played on real processes while calls go on, alone and in pairs, by `pnpm chaos`; a judge that knows nothing of the services compares what the links said with what the cloud accepted. The name of a fault is what `pnpm chaos --only` takes. "Nothing" is meant literally: every call accepted exactly once and equal to its script, every agent in the last state.',
    ...[...played].map(([kind, all]) => {
      const rows = all.map(({ name, happens, sees, lost, alarm: alert }) => [
        ...[happens, sees, lost],
        alarm(alert),
        code(name),
      ]);
      return `## ${titles[kind]}\n\n${table(header, rows)}`;
    }),
    ...Object.entries(listedFaults).map(([area, all]) => {
      const rows = all.map(({ fault, sees, lost, alarm: alert, test }) => [
        ...[fault, sees, lost],
        alarm(alert),
        `${test.title} (${code(test.file)})`,
      ]);
      return `## In the small: ${area}\n\n${table(header, rows)}`;
    }),
    `What to do when an alarm fires: [alerts](${runbook}).`,
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

async function refuseUnknownNames(): Promise<void> {
  const alerts = new Set((await readAlerts()).map(({ name }) => name));
  const listed = Object.values(listedFaults).flat();
  const wrong = [...faults, ...listed]
    .filter(({ alarm }) => alarm !== undefined && !alerts.has(alarm))
    .map(({ alarm }) => `there is no alert ${alarm}`);
  for (const { test } of listed)
    if (!(await hasTest(test))) wrong.push(`${test.file} has no test "${test.title}"`);
  if (wrong.length > 0) throw new Error(`docs/reference/faults.md: ${wrong.join('; ')}`);
}

async function hasTest({ file, title }: ListedFault['test']): Promise<boolean> {
  const text = await readFile(join(root, file), 'utf8').catch(() => '');
  return hasTitle(text, title);
}
