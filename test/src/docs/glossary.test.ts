/** The glossary explains words that are used, each once, and has at most thirty of our own. */
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const glossary = await readFile(join(root, 'docs/glossary.md'), 'utf8');

/** A row may explain several terms; each stands in bold in its first column. */
function termsOf(markdown: string): readonly string[] {
  return markdown
    .split('\n')
    .filter((line) => line.startsWith('| **'))
    .flatMap((line) =>
      [...(line.split('|')[1] ?? '').matchAll(/\*\*([^*]+)\*\*/g)].map(([, term = '']) => term),
    );
}

/** `serial key` is `serialKey` in code. */
function folded(text: string): string {
  return text.toLowerCase().replaceAll(/[\s_-]+/g, '');
}

async function sources(): Promise<string> {
  const texts: string[] = [];
  for (const pattern of ['packages/*/src/**/*.ts', 'docs/**/*.md'])
    for await (const file of glob(pattern, { cwd: root }))
      if (file !== 'docs/glossary.md') texts.push(folded(await readFile(join(root, file), 'utf8')));
  return texts.join('\n');
}

it('has no term that occurs nowhere else', async () => {
  const text = await sources();
  const terms = termsOf(glossary);
  expect(terms.length).toBeGreaterThan(50);
  expect(terms.filter((term) => !text.includes(folded(term)))).toEqual([]);
});

it('explains each term once', () => {
  const terms = termsOf(glossary);
  expect(terms.filter((term, index) => terms.indexOf(term) !== index)).toEqual([]);
});

it('has at most thirty words of our own', () => {
  const own = glossary.slice(glossary.indexOf('\n## Ours'));
  expect(own).not.toBe('');
  expect(termsOf(own).length).toBeLessThanOrEqual(30);
});
