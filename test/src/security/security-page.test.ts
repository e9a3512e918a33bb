/** The page on security names only tests that exist; no requirement without a test or a reason. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const page = readFileSync(`${root}docs/reference/security.md`, 'utf8');
const rows = page
  .slice(page.indexOf('## Requirements'))
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.endsWith('| proof |'))
  .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));

it('has rows', () => expect(rows.length).toBeGreaterThan(20));

it.each(rows)('%s: %s is proven, or has a reason', (...[, , proof = '']) => {
  if (/^reason: .{20,}/.test(proof)) return;
  const parts = /^`([^`]+)`(?:: (.+))?$/.exec(proof);
  expect(parts, proof).not.toBeNull();
  const [, file = '', name] = parts ?? [];
  expect(existsSync(`${root}${file}`), file).toBe(true);
  // The start of a title: words that merely occur in the file name no test.
  const text = readFileSync(`${root}${file}`, 'utf8');
  if (name !== undefined)
    expect(
      ["'", '"', '`'].some((quote) => text.includes(quote + name)),
      name,
    ).toBe(true);
});
