import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fingerprintOf, keysOf, typeOf, verdictOn } from './known-hosts.ts';

const encoded = (type: string, body: string): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  return Buffer.concat([length, Buffer.from(type), Buffer.from(body)]);
};
const one = encoded('ssh-ed25519', 'one');
const two = encoded('ssh-ed25519', 'two');
const line = (hosts: string, key: Buffer): string => `${hosts} ssh-ed25519 ${key.toString('base64')} comment`;
const hashed = (name: string): string => {
  const salt = Buffer.from('01234567890123456789');
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
};

describe('a known_hosts file', () => {
  it.each([
    ['the plain name', line('vm1', one), 'vm1', 22, 'known'],
    ['any case of it', line('VM1', one), 'vm1', 22, 'known'],
    ['a name in a list', line('vm0,vm1,10.0.0.1', one), '10.0.0.1', 22, 'known'],
    ['another port', line('vm1', one), 'vm1', 2222, 'unknown'],
    ['a name with its port', line('[vm1]:2222', one), 'vm1', 2222, 'known'],
    ['a hashed name', line(hashed('[vm1]:2222'), one), 'vm1', 2222, 'known'],
    ['a hash of another name', line(hashed('vm2'), one), 'vm1', 22, 'unknown'],
    ['a pattern', line('*.example.com', one), 'vm1.example.com', 22, 'known'],
    ['a dot that is no pattern', line('vm1.example.com', one), 'vm1xexample.com', 22, 'unknown'],
    [
      'an exception from a pattern',
      line('*.example.com,!vm1.example.com', one),
      'vm1.example.com',
      22,
      'unknown',
    ],
    ['another key', line('vm1', two), 'vm1', 22, 'changed'],
    ['both keys', `${line('vm1', two)}\n${line('vm1', one)}`, 'vm1', 22, 'known'],
    ['a revoked key', `${line('vm1', one)}\n@revoked ${line('*', one)}`, 'vm1', 22, 'revoked'],
    ['only another key revoked', `@revoked ${line('*', two)}`, 'vm1', 22, 'unknown'],
    ['an authority, which is not taken', `@cert-authority ${line('vm1', one)}`, 'vm1', 22, 'unknown'],
    ['a comment and blank lines', `# ${line('vm1', one)}\n\n   \n`, 'vm1', 22, 'unknown'],
    ['a broken line', 'vm1 ssh-ed25519', 'vm1', 22, 'unknown'],
    ['nothing', '', 'vm1', 22, 'unknown'],
  ] as const)('with %s', (_, file, host, port, verdict) => {
    expect(verdictOn(keysOf(file, host, port), one)).toBe(verdict);
  });
});

it('a key is shown as ssh-keygen shows it', () => {
  expect(typeOf(one)).toBe('ssh-ed25519');
  expect(fingerprintOf(one)).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
  expect(typeOf(Buffer.from([1]))).toBe('');
});
