/** No release is built on a tag. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { requireDigests } from './bases.ts';
import { root } from './bundle.ts';

const digest = `sha256:${'0'.repeat(64)}`;
const base = `gcr.io/distroless/nodejs24-debian13@${digest}`;
const buildBase = `node@${digest}`;

it('takes bases by digest, with a tag before it or without', () => {
  expect(() => requireDigests({ base, buildBase })).not.toThrow();
  expect(() => requireDigests({ base, buildBase: `node:24-bookworm-slim@${digest}` })).not.toThrow();
});

it.each([
  ['a tag', { base: 'gcr.io/distroless/nodejs24-debian13:nonroot', buildBase }, /--base \(or BASE\) is gcr/],
  ['nothing', { base, buildBase: undefined }, /--build-base \(or BUILD_BASE\) is not given/],
  ['an empty setting', { base: '', buildBase }, /--base \(or BASE\) is not given/],
  ['half a digest', { base: base.slice(0, -1), buildBase }, /--base /],
])('refuses %s, and says how to find the digest', (_what, bases, said) => {
  expect(() => requireDigests(bases)).toThrow(said);
  expect(() => requireDigests(bases)).toThrow(/docker inspect --format '\{\{index \.RepoDigests 0\}\}'/);
});

it('the command refuses a tag before it builds anything, and a key with --trial', () => {
  const out = mkdtempSync(join(tmpdir(), 'exec-bases-'));
  const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    spawnSync(process.execPath, ['packages/release/src/main.ts', '--out', out, ...args], {
      cwd: root,
      env: { PATH: process.env.PATH, ...env },
      encoding: 'utf8',
    });
  try {
    const tag = run(['--only', 'excs', '--base', 'node:24', '--build-base', buildBase]);
    expect(tag.status).toBe(1);
    expect(tag.stderr).toContain('--base (or BASE) is node:24');
    const signed = run(['--only', 'excs', '--trial'], { MINISIGN_KEY_FILE: 'a.key' });
    expect(signed.status).toBe(1);
    expect(signed.stderr).toContain('A trial is not signed');
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
});
