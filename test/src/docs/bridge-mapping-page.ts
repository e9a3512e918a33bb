/** docs/bridge/mapping.md: the tables by which the bridge maps native attributes and names, with how sure each row is. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { code, table } from './markdown.ts';

const resources = fileURLToPath(
  new URL('../../../packages/bridge/bridge/src/main/resources/exec/bridge/', import.meta.url),
);

const confidences: Readonly<Record<string, string>> = {
  A: 'published by the vendor, or seen in two independent programs',
  B: 'seen in one program that works with real servers',
  C: 'inferred from names that are published',
  '?': 'unknown: a guess that only your jars or servers can settle',
};

/** The lines of a table without its comments, each cut at its tabulators. */
async function lines(file: string): Promise<string[][]> {
  const text = await readFile(`${resources}${file}`, 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split('\t'));
}

/** @throws Error when a row has a confidence that is none, so that no row can go without */
function confidence(of: string | undefined, row: readonly string[]): string {
  if (of === undefined || !(of in confidences))
    throw new Error(`bridge mapping: no confidence in the row "${row.join(' ')}"`);
  return of;
}

const codes = (list: string, separator: string) =>
  list
    .split(separator)
    .filter((one) => one !== '')
    .map(code)
    .join(', ');

export async function bridgeMappingPage(): Promise<string> {
  const attributes = await lines('attributes.tsv');
  const groups = attributes.filter(([first]) => first === '@group');
  const rows = attributes.filter(([first]) => first !== '@group');
  const names = await lines('names.tsv');
  const counts = Object.keys(confidences).map((level) => [
    level,
    confidences[level] ?? '',
    String(rows.filter((row) => row[4] === level).length),
    String(names.filter((row) => row[4] === level).length),
  ]);
  return [
    '# Mapping of the bridge',
    "Generated from `attributes.tsv` and `names.tsv` of the bridge by `pnpm docs:generate`; do not edit. The bridge reads the same two files when it runs. None of it was seen at a real server: the confidence says how sure each row is, and `bridge describe` compares the attributes with your own SDK's.",
    table(['confidence', 'meaning', 'attributes', 'names'], counts),
    '## Attributes',
    'Of the native spellings the first one that a message has counts. An attribute without a row is not passed on.',
    table(
      ['messages', 'Engage Link', 'native spellings', 'type', 'confidence', 'note'],
      rows.map((row) => {
        const [messages = '', link = '', spellings = '', type = '', level, note = ''] = row;
        return [
          messages === '*' ? 'all' : codes(messages, ','),
          codes(link, ','),
          codes(spellings, '|'),
          type,
          confidence(level, row),
          note,
        ];
      }),
    ),
    table(
      ['group', 'messages'],
      groups.map(([, name = '', messages = '']) => [code(name), codes(messages, ',')]),
    ),
    '## Names of enumerations',
    'A native name is also found with the name of its enumeration in front (`CallTypeInbound`). Any other is passed on as `Unknown(<text>)`, logged once and counted (`bridge_unknown_names_total`).',
    table(
      ['enumeration', 'Engage Link', 'further native names', 'native number', 'confidence'],
      names.map((row) => {
        const [enumeration = '', link = '', further = '', number = '', level] = row;
        return [enumeration, code(link), codes(further, '|'), number, confidence(level, row)];
      }),
    ),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}
