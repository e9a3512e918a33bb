/** Signatures that the program minisign makes are found good; whatever was changed afterwards is not. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianProgram } from '@exec/testing/servers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSigner } from '../testing/signer.ts';
import { type SignerKey, signatureProblem, signerKey } from './minisign.ts';

const content = Buffer.from('0123  excs-1.2.3.tgz\n4567  exas-1.2.3.tgz\n');

let folder: string;
let program: string;
let key: SignerKey;
let signature: string;

const minisign = (...args: string[]) =>
  spawnSync(program, args, { cwd: folder, encoding: 'utf8', input: '' });
const textOf = (file: string): string => readFileSync(join(folder, file), 'utf8');
/** The line after the comment. */
const keyIn = (file: string): SignerKey => {
  const found = signerKey(textOf(file).split('\n')[1] ?? '');
  if (found === undefined) throw new Error(`${file} holds no key`);
  return found;
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'exop-minisign-'));
  program = await debianProgram({ suite: 'bookworm', package: 'minisign', path: 'usr/bin/minisign' });
  writeFileSync(join(folder, 'SHA256SUMS'), content);
  expect(minisign('-G', '-W', '-p', 'own.pub', '-s', 'own.key').status).toBe(0);
  expect(minisign('-G', '-W', '-p', 'other.pub', '-s', 'other.key').status).toBe(0);
  expect(minisign('-S', '-s', 'own.key', '-m', 'SHA256SUMS', '-t', 'release 1.2.3').status).toBe(0);
  key = keyIn('own.pub');
  signature = textOf('SHA256SUMS.minisig');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a signature of minisign', () => {
  it('is good for its file and key, which is named as the program names it', () => {
    expect(signatureProblem(content, signature, key)).toBeUndefined();
    expect(signatureProblem(content, signature.replaceAll('\n', '\r\n'), key)).toBeUndefined();
    expect(textOf('own.pub')).toContain(key.id);
  });

  // One key in sixteen begins with a zero.
  it.each(['0672EA1AFA069B80', '00000000000000A1'])(
    'of the key %s is named as the program names it',
    (id) => {
      const bytes = Buffer.from(textOf('own.pub').split('\n')[1] ?? '', 'base64');
      Buffer.from(id, 'hex').reverse().copy(bytes, 2);
      const line = bytes.toString('base64');
      const { stderr } = minisign('-V', '-P', line, '-m', 'SHA256SUMS');
      expect(stderr).toMatch(/key id in the public key/);
      expect(stderr).toMatch(new RegExp(`is ${signerKey(line)?.id}$`, 'm'));
    },
  );

  it('is not good for another file', () => {
    for (const changed of [Buffer.concat([content, Buffer.from('\n')]), content.subarray(1), Buffer.alloc(0)])
      expect(signatureProblem(changed, signature, key)).toBe('does not fit the file');
  });

  it('is not good for another key', () => {
    expect(signatureProblem(content, signature, keyIn('other.pub'))).toMatch(/^was made with the key /);
    // Somebody else's key under the same ID.
    const forged = { ...keyIn('other.pub'), id: key.id };
    expect(signatureProblem(content, signature, forged)).toBe('does not fit the file');
  });

  it('is not good with another comment', () => {
    expect(signatureProblem(content, signature.replace('1.2.3', '9.9.9'), key)).toBe(
      'has another comment than was signed',
    );
  });

  it('that is cut, empty or of the older form is refused', () => {
    const lines = signature.split('\n');
    for (const broken of ['', 'x', lines.slice(0, 2).join('\n'), lines.toSpliced(1, 1, 'AAAA').join('\n')])
      expect(signatureProblem(content, broken, key)).toBe('is not a signature of minisign');
    expect(minisign('-S', '-l', '-s', 'own.key', '-m', 'SHA256SUMS', '-x', 'older').status).toBe(0);
    expect(signatureProblem(content, textOf('older'), key)).toMatch(/older form/);
  });

  it('fails with any one bit of it changed', () => {
    const [, first = '', comment = '', second = ''] = signature.split('\n');
    const flipped = (line: string, bit: number): string => {
      const bytes = Buffer.from(line, 'base64');
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return bytes.toString('base64');
    };
    for (let bit = 0; bit < 74 * 8; bit += 1)
      expect(
        signatureProblem(content, ['', flipped(first, bit), comment, second].join('\n'), key),
      ).toBeDefined();
    for (let bit = 0; bit < 64 * 8; bit += 1)
      expect(
        signatureProblem(content, ['', first, comment, flipped(second, bit)].join('\n'), key),
      ).toBeDefined();
  });
});

it('what is no public key of minisign is none', () => {
  const line = textOf('own.pub').split('\n')[1] ?? '';
  expect(signerKey(` ${line}\n`)?.id).toBe(key.id);
  for (const text of ['', line.slice(1), `${line}A`, 'x'.repeat(56), Buffer.alloc(42).toString('base64')])
    expect(signerKey(text)).toBeUndefined();
});

it('the signer of other tests makes what minisign itself finds good', () => {
  const signer = makeSigner();
  writeFileSync(join(folder, 'SHA256SUMS.minisig'), signer.sign(content));
  const said = minisign('-V', '-P', signer.publicKey, '-m', 'SHA256SUMS');
  expect(said.status, said.stderr).toBe(0);
});
