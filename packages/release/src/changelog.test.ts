/** The version of the sources stands in one place after another: they agree. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './bundle.ts';
import { newestVersion } from './changelog.ts';

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const versionOf = (path: string) => (JSON.parse(read(path)) as { version: string }).version;
const version = versionOf('package.json');

describe('the version', () => {
  it('is that of every package', () => {
    const manifests = [
      'test/package.json',
      ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}/package.json`),
    ].filter((path) => path !== 'packages/bridge/package.json');
    for (const manifest of manifests) expect(versionOf(manifest), manifest).toBe(version);
  });

  it('is the newest of the changelog', () => {
    expect(newestVersion(read('CHANGELOG.md'))?.version).toBe(version);
  });

  it.each(['packages/exop/example.env', 'docs/guide/images.md'])('is the one that %s shows', (path) => {
    const shown = new Set(
      [...read(path).matchAll(/\b(?:VERSION=|-)(\d+\.\d+\.\d+)\b/g)].map(([, one]) => one),
    );
    expect([...shown]).toEqual([version]);
  });
});

it.each([
  ['# Changelog\n\n## 1.2.3 (Unreleased)\n\n## 1.2.2 (2026-01-31)\n', { version: '1.2.3', date: undefined }],
  ['# Changelog\n\n## 1.2.2 (2026-01-31)\n', { version: '1.2.2', date: '2026-01-31' }],
  ['# Changelog\n\n## Soon\n\n## 1.2.2 (2026-01-31)\n', undefined],
])('%j has %j', (text, expected) => {
  expect(newestVersion(text)).toEqual(expected);
});
