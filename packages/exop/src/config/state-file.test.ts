import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '@exec/common/config';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keepState, readState, stateFileOf } from './state-file.ts';

let folder: string;
let env: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'exop-state-'));
  env = join(folder, '.env');
});
afterEach(() => rmSync(folder, { recursive: true }));

it('is made once, for the owner alone, and kept', () => {
  const made = readState(env);
  expect(made.text).toBeUndefined();
  keepState(env, made);
  expect(statSync(stateFileOf(env)).mode & 0o777).toBe(0o600);
  expect(Buffer.from(made.kept.settingsKey.reveal(), 'base64')).toHaveLength(32);
  expect(made.kept.apiToken.reveal()).toMatch(/^[\x21-\x7e]{43}$/);
  const read = readState(env);
  keepState(env, read);
  expect(read.kept.apiToken.reveal()).toBe(made.kept.apiToken.reveal());
  expect(made.kept.apiToken).toBeInstanceOf(Secret);
  expect(readdirSync(folder)).toEqual(['.env.exop-state.json']);
});

it('has a token of its own for each instance that asks EXCS', () => {
  const { kept } = readState(env);
  expect([...kept.readTokens.keys()]).toEqual(['exas-1', 'excp-1', 'excp-2']);
  const tokens = [kept.apiToken, ...kept.readTokens.values()].map((token) => token.reveal());
  expect(new Set(tokens).size).toBe(4);
});

it('of an earlier release gets the tokens that it lacks, and keeps the rest', () => {
  const earlier = { version: 1, apiToken: 'a'.repeat(43), settingsKey: 's'.repeat(44) };
  writeFileSync(stateFileOf(env), JSON.stringify({ ...earlier, fingerprintKey: 'f'.repeat(44) }), {
    mode: 0o600,
  });
  const first = keepState(env, readState(env));
  const again = readState(env);
  expect(again.kept.apiToken.reveal()).toBe(earlier.apiToken);
  const tokensOf = ({ kept }: typeof again) => [...kept.readTokens.values()].map((token) => token.reveal());
  expect(tokensOf(again)).toEqual(tokensOf(first));
});

it('is closed again when others may read it', () => {
  keepState(env, readState(env));
  chmodSync(stateFileOf(env), 0o644);
  readState(env);
  expect(statSync(stateFileOf(env)).mode & 0o777).toBe(0o600);
});

it.each(['', '{', '{"version":2}', '{"version":1,"apiToken":"short"}'])(
  'that cannot be used (%j) stops the work and is never overwritten',
  (content) => {
    writeFileSync(stateFileOf(env), content);
    expect(() => readState(env)).toThrow(expect.objectContaining({ code: 'exop.state-invalid' }));
    expect(readFileSync(stateFileOf(env), 'utf8')).toBe(content);
  },
);

it('of two runs at once is that of the first; the other changes nothing', () => {
  const [first, second] = [readState(env), readState(env)];
  keepState(env, first);
  expect(() => keepState(env, second)).toThrow(expect.objectContaining({ code: 'exop.busy' }));
  expect(readState(env).kept.settingsKey.reveal()).toBe(first.kept.settingsKey.reveal());
  const [third, fourth] = [readState(env), readState(env)];
  keepState(env, third, { ...third.kept, apiToken: new Secret('t'.repeat(43)) });
  const other = { ...fourth.kept, apiToken: new Secret('u'.repeat(43)) };
  expect(() => keepState(env, fourth, other)).toThrow(expect.objectContaining({ code: 'exop.busy' }));
  expect(readState(env).kept.apiToken.reveal()).toBe('t'.repeat(43));
});
