/** The reference page has each reason with the same remedy as the REST interface and `exop sync conflicts`. */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { conflictRemedies } from './conflict-remedies.ts';

const page = await readFile(new URL('../../../../docs/reference/mapping.md', import.meta.url), 'utf8');
const rows = page.split('\n').map((line) => line.split(' | '));

it.each(Object.entries(conflictRemedies))('%s is in the page of the mapping rules', (reason, remedy) => {
  const row = rows.find(([first]) => first === `| \`${reason}\``);
  expect(row?.[2]?.replaceAll('`', '')).toBe(`${remedy} |`);
});
