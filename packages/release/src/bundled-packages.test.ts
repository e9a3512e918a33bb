/** Which package a file belongs to, and the checksums of the lock file. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './bundle.ts';
import { integrityOf, packageFolder } from './bundled-packages.ts';

describe('the package of a file', () => {
  it.each([
    [
      'node_modules/.pnpm/zod@4.0.0/node_modules/zod/v4/index.js',
      'node_modules/.pnpm/zod@4.0.0/node_modules/zod',
    ],
    [
      'node_modules/.pnpm/@a+b@1.0.0/node_modules/@a/b/lib/index.js',
      'node_modules/.pnpm/@a+b@1.0.0/node_modules/@a/b',
    ],
    ['node_modules/a/node_modules/b/c.js', 'node_modules/a/node_modules/b'],
    ['packages/excs/src/main.ts', undefined],
  ])('%s', (input, folder) => {
    expect(packageFolder(input)).toBe(folder);
  });
});

describe('checksums', () => {
  it('are read with and without scope', () => {
    const lock = [
      'packages:',
      '',
      "  '@a/b@1.2.3':",
      '    resolution: {integrity: sha512-AQID}',
      '    engines: {node: 1}',
      '',
      '  c@4.5.6-beta.1:',
      '    resolution: {integrity: sha512-BAUG}',
      '',
      'snapshots:',
      '',
      '  c@4.5.6-beta.1: {}',
    ].join('\n');
    expect([...integrityOf(lock)]).toEqual([
      ['@a/b@1.2.3', '010203'],
      ['c@4.5.6-beta.1', '040506'],
    ]);
  });

  it('are found for every package of our own lock file', async () => {
    const lock = await readFile(join(root, 'pnpm-lock.yaml'), 'utf8');
    const named = lock.match(/^ {4}resolution: \{integrity: /gm)?.length;
    expect(integrityOf(lock).size).toBe(named);
  });
});
