/** What must never get into the tree with the bridge: the vendor's jars, classes and texts; and what must not be missing. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** What is or would be committed; of an unpacked archive, which has no .git, all but what building makes. */
function tree(): string[] {
  const at = (file: string) => join(root, file);
  if (existsSync(at('.git')))
    return execFileSync(
      'git',
      ['-c', 'safe.directory=*', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'],
      { cwd: root, encoding: 'utf8', maxBuffer: 1e8 },
    )
      .split('\0')
      .filter((file) => file !== '' && existsSync(at(file)));
  const made = /(?:^|\/)(?:node_modules|dist|target)(?:\/|$)/;
  return readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (file) => !made.test(file) && statSync(at(file)).isFile(),
  );
}

const files = tree();
const standIns = /^packages\/bridge\/sdk-(?:stubs|double)\/src\/main\/java\//;
const vendorPackage = /^\s*package\s+com\.genesys/m;
// A letter in brackets, so that this file is not found itself.
const vendorText = /copyr[i]ght[^\n]{0,80}genesys|genesys[^\n]{0,80}all r[i]ghts reserved/i;

const textOf = (file: string) => readFileSync(join(root, file), 'latin1');

describe('the tree of the bridge', () => {
  it('finds what it is looking for', () => {
    expect(files.length).toBeGreaterThan(500);
    expect(vendorPackage.test('package com.genesyslab.platform.commons;')).toBe(true);
    expect(vendorText.test(['Copyr', 'ight (c) 2010 Genesys Telecommunications'].join(''))).toBe(true);
    expect(vendorText.test(['Genesys Laboratories. All r', 'ights reserved.'].join(''))).toBe(true);
  });

  it('holds no jar and no compiled class', () => {
    expect(files.filter((file) => /\.(?:jar|war|class|jmod)$/i.test(file))).toEqual([]);
  });

  it('holds the vendor’s package names only in the stubs and in the double', () => {
    const declaring = files.filter((file) => /\.(?:java|kt)$/.test(file) && vendorPackage.test(textOf(file)));
    expect(declaring.length).toBeGreaterThan(30);
    expect(declaring.filter((file) => !standIns.test(file))).toEqual([]);
  });

  it('holds no copyright text of the vendor', () => {
    expect(files.filter((file) => vendorText.test(textOf(file)))).toEqual([]);
  });

  it('holds every class of the bridge that another one imports', () => {
    const sources = files.filter((file) =>
      file.startsWith('packages/bridge/bridge/src/main/java/exec/bridge/'),
    );
    const imported = new Set(
      sources.flatMap((file) =>
        [...textOf(file).matchAll(/^import (?:static )?(exec\.bridge(?:\.[a-z]+)*\.[A-Z]\w*)/gm)].map(
          ([, name = '']) => `packages/bridge/bridge/src/main/java/${name.replaceAll('.', '/')}.java`,
        ),
      ),
    );
    expect(imported.size).toBeGreaterThan(10);
    expect([...imported].filter((file) => !sources.includes(file))).toEqual([]);
  });
});
