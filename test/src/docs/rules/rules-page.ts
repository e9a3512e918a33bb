/** docs/reference/rules.md: every rule of the services with the function that holds it and what proves it. */
import { glob, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scenarios } from '@exec/simulators/scenarios';
import { code, generated, table } from '../markdown.ts';
import { faultsOf, type Known, testFile } from './proofs.ts';
import { type Rule, readRules } from './read-rules.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const own = 'docs/reference/rules.md';

/** Folders in the order in which data goes through them; the others follow by name. */
const parts: ReadonlyArray<{
  readonly title: string;
  readonly name: string;
  readonly flow: readonly string[];
}> = [
  {
    title: 'EXCS',
    name: 'excs',
    flow: ['engage', 'desired', 'plan', 'organization', 'apply', 'sync', 'api'],
  },
  { title: 'EXAS', name: 'exas', flow: ['agents', 'statistics', 'state', 'outbox', 'api'] },
  {
    title: 'EXCP',
    name: 'excp',
    flow: ['events', 'intake', 'registry', 'conversation', 'translate', 'outbox', 'processor', 'recovery'],
  },
  { title: 'Shared by the services', name: 'common', flow: [] },
  { title: 'Links to Engage', name: 'engage-link', flow: [] },
];

/** @throws Error that names each proof that does not exist and each rule without any. */
export async function rulesPage(): Promise<string> {
  const rules = await allRules();
  const known = await whatIsKnown();
  const faults = rules.flatMap((rule) => faultsOf(rule, known));
  if (faults.length > 0) throw new Error(`${own}:\n  ${faults.join('\n  ')}`);
  const sections = parts.flatMap(({ title, name, flow }) => {
    const source = `packages/${name}/src/`;
    const byFolder = Map.groupBy(
      rules.filter(({ file }) => file.startsWith(source)),
      ({ file }) =>
        file.slice(source.length).includes('/') ? (file.slice(source.length).split('/')[0] ?? '') : '',
    );
    const place = (folder: string) => (flow.includes(folder) ? flow.indexOf(folder) : flow.length);
    return [...byFolder]
      .sort(([left], [right]) => place(left) - place(right) || (left < right ? -1 : 1))
      .map(([folder, all]) => {
        const rows = all.map((rule) => [rule.sentence, holderOf(rule), proofsOf(rule, known)]);
        const heading = folder === '' ? title : `${title}: ${folder}/`;
        return `## ${heading}\n\n${table(['rule', 'function', 'proof'], rows)}`;
      });
  });
  return [
    '# Rules',
    `${generated} Every rule stands in the doc comment of the function that holds it (\`@rule\`), beside what proves it: scenarios of the simulators ([call flows](call-flows.md)), tests, pages. \`pnpm check\` refuses a rule without a proof and a proof that does not exist. [How to write one](../guide/development.md#rules).`,
    ...sections,
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

async function allRules(): Promise<readonly Rule[]> {
  const rules: Rule[] = [];
  for (const { name } of parts)
    for (const file of await filesIn(`packages/${name}/src/**/*.ts`))
      if (!file.endsWith('.test.ts')) rules.push(...readRules(file, await textOf(file)));
  return rules;
}

async function whatIsKnown(): Promise<Known> {
  const texts = async (pattern: string) =>
    Promise.all(
      (await filesIn(pattern)).map(async (file): Promise<[string, string]> => [file, await textOf(file)]),
    );
  return {
    scenarios: new Set(scenarios.map(({ name }) => name)),
    tests: new Map([
      ...(await texts('packages/*/src/**/*.test.ts')),
      ...(await texts('test/src/**/*.test.ts')),
    ]),
    pages: new Map([...(await texts('docs/**/*.md')), ...(await texts('packages/*/README.md'))]),
  };
}

async function filesIn(pattern: string): Promise<readonly string[]> {
  const files: string[] = [];
  for await (const file of glob(pattern, { cwd: root })) files.push(file);
  return files.sort();
}

function textOf(file: string): Promise<string> {
  return readFile(join(root, file), 'utf8');
}

function holderOf({ file, name }: Rule): string {
  return `[${code(name)}](${linkTo(file)})`;
}

/** Scenarios, then test files with the titles that are named of them, then pages. */
function proofsOf(rule: Rule, known: Known): string {
  const byFile = Map.groupBy(rule.tests, (test) => testFile(rule, test, known) ?? '');
  const tests = [...byFile].map(([file, all]) => {
    const titles = all.flatMap(({ title }) =>
      title === undefined ? [] : [`"${title.replaceAll('<', '&lt;')}"`],
    );
    const link = `[${file.replace(/^packages\/[^/]+\/src\//, '')}](${linkTo(file)})`;
    return titles.length === 0 ? link : `${link}: ${titles.join(', ')}`;
  });
  const pages = rule.pages.map((page) =>
    page.startsWith('https://')
      ? `[published](${page})`
      : `[${page.replace(/^docs\//, '')}](${linkTo(page)})`,
  );
  return [...rule.scenarios.map((name) => `[${name}](call-flows.md#${name})`), ...tests, ...pages].join('; ');
}

function linkTo(path: string): string {
  return relative(dirname(own), path);
}
