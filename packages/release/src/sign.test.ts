/** Signatures of the checksums: without a key nothing is signed; with one, minisign itself finds them right. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianProgram } from '@exec/testing/servers';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { sign } from './sign.ts';

let folder: string;
let minisign: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'exec-sign-'));
  minisign = await debianProgram({ suite: 'bookworm', package: 'minisign', path: 'usr/bin/minisign' });
  vi.stubEnv('PATH', `${join(minisign, '..')}:${process.env.PATH}`);
  writeFileSync(join(folder, 'SHA256SUMS'), 'abc  excs-1.2.3.tgz\n');
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const run = (args: readonly string[], input = '') =>
  spawnSync(minisign, args, { cwd: folder, input, encoding: 'utf8' });

it('are none without a key', async () => {
  const none = { keyFile: undefined, passwordFile: undefined };
  expect(await sign(folder, 'SHA256SUMS', none)).toBeUndefined();
});

it.each([
  ['without a password', ['-W'], '', undefined],
  ['with a password', [], 'secret\nsecret\n', 'secret'],
])('are made with a key %s', async (what, options, input, password) => {
  const key = join(folder, `${what}.key`);
  expect(run(['-G', ...options, '-p', 'key.pub', '-s', key, '-f'], input).status).toBe(0);
  const passwordFile = password === undefined ? undefined : join(folder, 'password');
  if (passwordFile !== undefined) writeFileSync(passwordFile, `${password}\n`);
  const signature = await sign(folder, 'SHA256SUMS', { keyFile: key, passwordFile });
  expect(signature).toBe('SHA256SUMS.minisig');
  expect(run(['-V', '-p', 'key.pub', '-m', 'SHA256SUMS']).stdout).toContain('verified');
  expect(readFileSync(join(folder, 'SHA256SUMS'), 'utf8')).toBe('abc  excs-1.2.3.tgz\n');
});

it('that cannot be made are a failure, not silence', async () => {
  const key = { keyFile: join(folder, 'nowhere.key'), passwordFile: undefined };
  await expect(sign(folder, 'SHA256SUMS', key)).rejects.toThrow(/could not be signed/);
});
