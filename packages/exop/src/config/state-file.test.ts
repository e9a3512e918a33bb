import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '@exec/common/config';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { freshSecrets, keepSecrets, readKeptSecrets, stateFileOf } from './state-file.ts';

let folder: string;
let env: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'exop-state-'));
  env = join(folder, '.env');
});
afterEach(() => rmSync(folder, { recursive: true }));

it('is made once, for the owner alone, and kept', () => {
  expect(readKeptSecrets(env)).toBeUndefined();
  const made = freshSecrets();
  keepSecrets(env, made);
  expect(statSync(stateFileOf(env)).mode & 0o777).toBe(0o600);
  expect(Buffer.from(made.settingsKey.reveal(), 'base64')).toHaveLength(32);
  expect(made.apiToken.reveal()).toMatch(/^[\x21-\x7e]{43}$/);
  keepSecrets(env, made);
  expect(readKeptSecrets(env)?.apiToken.reveal()).toBe(made.apiToken.reveal());
  expect(made.apiToken).toBeInstanceOf(Secret);
  expect(readdirSync(folder)).toEqual(['.env.exop-state.json']);
});

it('is closed again when others may read it', () => {
  keepSecrets(env, freshSecrets());
  chmodSync(stateFileOf(env), 0o644);
  readKeptSecrets(env);
  expect(statSync(stateFileOf(env)).mode & 0o777).toBe(0o600);
});

it.each(['', '{', '{"version":2}', '{"version":1,"apiToken":"short"}'])(
  'that cannot be used (%j) stops the work and is never overwritten',
  (content) => {
    writeFileSync(stateFileOf(env), content);
    expect(() => keepSecrets(env, freshSecrets())).toThrow(
      expect.objectContaining({ code: 'exop.state-invalid' }),
    );
    expect(readFileSync(stateFileOf(env), 'utf8')).toBe(content);
  },
);

it('of two runs at once is that of the first; the other changes nothing', () => {
  const first = freshSecrets();
  keepSecrets(env, first);
  expect(() => keepSecrets(env, freshSecrets())).toThrow(expect.objectContaining({ code: 'exop.busy' }));
  expect(readKeptSecrets(env)?.settingsKey.reveal()).toBe(first.settingsKey.reveal());
});
