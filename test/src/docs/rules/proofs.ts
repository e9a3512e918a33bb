/** Looks up what rules name as their proofs, and says which of them do not exist. */
import { dirname, join, normalize } from 'node:path/posix';
import type { Rule, TestReference } from './read-rules.ts';

/** What a proof can be: known before a rule is judged. */
export interface Known {
  readonly scenarios: ReadonlySet<string>;
  /** Test files by path below the root of the repository, with their text. */
  readonly tests: ReadonlyMap<string, string>;
  /** Pages by path below the root of the repository, with their text. */
  readonly pages: ReadonlyMap<string, string>;
}

/** One line for each proof that does not exist and each rule without any. */
export function faultsOf(rule: Rule, known: Known): readonly string[] {
  const where = `${rule.file} ${rule.name}`;
  const faults: string[] = [];
  if (rule.sentence === '') faults.push(`${where}: @rule has no sentence`);
  if (rule.scenarios.length + rule.tests.length + rule.pages.length === 0)
    faults.push(`${where}: names no proof (@scenario, @test or @page)`);
  for (const name of rule.scenarios)
    if (!known.scenarios.has(name)) faults.push(`${where}: there is no scenario ${name}`);
  for (const test of rule.tests)
    if (testFile(rule, test, known) === undefined)
      faults.push(`${where}: there is no test ${[test.file, test.title].filter(Boolean).join(': ')}`);
  for (const page of rule.pages) if (!hasPage(page, known)) faults.push(`${where}: there is no page ${page}`);
  return faults;
}

/** The file of a test: named from the rule's folder, its package's `src`, or the root; or found by its title. */
export function testFile(rule: Rule, { file, title }: TestReference, known: Known): string | undefined {
  const source = /^packages\/[^/]+\/src\//.exec(rule.file)?.[0] ?? '';
  const candidates =
    file === undefined
      ? [...known.tests.keys()].sort(
          (left, right) => Number(right.startsWith(source)) - Number(left.startsWith(source)),
        )
      : [join(dirname(rule.file), file), join(source, file), file].map(normalize);
  return candidates.find((path) => {
    const text = known.tests.get(path);
    return text !== undefined && (title === undefined || hasTitle(text, title));
  });
}

/** Whether the title stands in the file as a string, however it is quoted. */
export function hasTitle(text: string, title: string): boolean {
  return [`'${title.replaceAll("'", "\\'")}'`, `"${title}"`, `\`${title}\``].some((quoted) =>
    text.includes(quoted),
  );
}

function hasPage(page: string, known: Known): boolean {
  if (page.startsWith('https://')) return true;
  const [path = '', anchor] = page.split('#');
  const text = known.pages.get(path);
  return text !== undefined && (anchor === undefined || anchorsOf(text).has(anchor));
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(markdown: string): ReadonlySet<string> {
  const headings = markdown.match(/^#{1,6} .+$/gm) ?? [];
  return new Set(
    headings.map((heading) =>
      heading
        .replace(/^#+ /, '')
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  );
}
