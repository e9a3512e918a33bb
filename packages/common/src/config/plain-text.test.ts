/** No secret in plain text to another machine, and nothing that weakens TLS in silence. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkPlainText, checkVerification, plainPeers } from './plain-text.ts';
import { Secret } from './secret.ts';

const folder = mkdtempSync(join(tmpdir(), 'plain-text-'));
afterAll(() => rmSync(folder, { recursive: true }));

const secret = (value: string) => new Secret(value);
const redis = (url: string) => ({ REDIS_URL: secret(url) });
const db = (url: string) => ({ CONFIG_DB_URL: secret(url) });
const server = (host: string, tls = false) => ({ host, port: 8000, tls });
const password = { ENGAGE_APP_PASSWORD: secret('canary-engage-0a1b') };
const token = { EXCS_API_TOKEN: secret('canary-token-0123456789ab') };

const faulty = (values: Record<string, unknown>) => [...checkPlainText(values)].map((one) => one.variable);

describe('a secret to another machine', () => {
  it.each<[string, Record<string, unknown>, string[]]>([
    ['password of Redis', redis('redis://:canary-0a1b@redis.example.com'), ['REDIS_URL']],
    ['Redis with TLS', redis('rediss://:canary-0a1b@redis.example.com'), []],
    ['Redis without a password', redis('redis://redis.example.com'), []],
    ['Redis on this machine', redis('redis://:canary-0a1b@127.0.0.1:6379'), []],
    ['Redis on this machine, IPv6', redis('redis://:canary-0a1b@[::1]:6379'), []],
    ['Config DB', db('postgresql://exec:canary-0a1b@db.example.com/cfg'), ['CONFIG_DB_URL']],
    ['Config DB that trusts by address', db('postgresql://exec@db.example.com/cfg'), ['CONFIG_DB_URL']],
    ['Config DB, TLS off', db('postgresql://exec@db.example.com/cfg?sslmode=disable'), ['CONFIG_DB_URL']],
    ['Config DB, TLS', db('postgresql://exec@db.example.com/cfg?sslmode=verify-full'), []],
    ['Config DB with an authority', db('postgresql://exec@db.example.com/cfg?sslrootcert=/ca.pem'), []],
    ['Config DB on this machine', db('postgresql://exec:canary-0a1b@localhost/cfg'), []],
    ['Config DB by a socket file', db('postgresql:///cfg?host=/var/run/postgresql'), []],
    ['token of EXCS', { EXCS_URL: 'http://excs.example.com:3640', ...token }, ['EXCS_URL']],
    ['token of EXCS with TLS', { EXCS_URL: 'https://excs.example.com:3640', ...token }, []],
    ['EXCS without a token', { EXCS_URL: 'http://excs.example.com:3640' }, []],
    ['Stat Server', { STAT_SERVER_PRIMARY: server('stat1'), ...password }, ['STAT_SERVER_PRIMARY']],
    ['Stat Server with TLS', { STAT_SERVER_PRIMARY: server('stat1', true), ...password }, []],
    ['Stat Server without a password', { STAT_SERVER_PRIMARY: server('stat1') }, []],
  ])('%s', (_, values, faults) => {
    expect(faulty(values)).toEqual(faults);
    expect(faulty({ ...values, ALLOW_PLAINTEXT: true })).toEqual([]);
  });

  it('in a file of sites is one fault, however many addresses it has', () => {
    const sites = join(folder, 'sites.json');
    const pair = { primary: 'sip1.example.com:8000', backup: 'tls://sip2.example.com:8000' };
    writeFileSync(sites, JSON.stringify([{ switch: 'A', ...pair }]));
    expect(faulty({ SITES_FILE: sites, ...password })).toEqual(['SITES_FILE']);
    expect(plainPeers({ SITES_FILE: sites })).toEqual(['SITES_FILE (sip1.example.com)']);
  });

  it('is never shown', () => {
    const values = {
      ...redis('redis://:canary-0a1b@h'),
      ...db('postgresql://exec:canary-0a1b@h/c?canary=1'),
    };
    const text = JSON.stringify([...checkPlainText(values)]);
    expect(text).toContain('REDIS_URL');
    expect(text).not.toContain('canary-0a1b');
  });
});

describe('what weakens TLS in silence', () => {
  it.each<[string, Record<string, unknown>, string[]]>([
    ['an authority beside plain Redis', { ...redis('redis://h'), REDIS_CA_FILE: '/ca' }, ['REDIS_CA_FILE']],
    ['an authority beside Redis with TLS', { ...redis('rediss://h'), REDIS_CA_FILE: '/ca' }, []],
    ['an authority beside plain EXCS', { EXCS_URL: 'http://h', EXCS_CA_FILE: '/ca' }, ['EXCS_CA_FILE']],
    [
      'a client certificate beside plain links',
      { SIP_SERVER_PRIMARY: server('a'), ENGAGE_LINK_CERT_FILE: '/c', ENGAGE_LINK_KEY_FILE: '/k' },
      ['ENGAGE_LINK_CERT_FILE', 'ENGAGE_LINK_KEY_FILE'],
    ],
    [
      'an authority beside one link with TLS',
      {
        SIP_SERVER_PRIMARY: server('a'),
        SIP_SERVER_BACKUP: server('b', true),
        ENGAGE_LINK_CA_FILE: '/ca',
      },
      [],
    ],
    [
      'an authority beside the Config DB in plain text',
      db('postgresql://exec@localhost/cfg?sslmode=disable&sslrootcert=/ca.pem'),
      ['CONFIG_DB_URL'],
    ],
    ['no verification', db('postgresql://exec@h/cfg?sslmode=no-verify'), ['CONFIG_DB_URL']],
    ['a mode that is none', db('postgresql://exec@h/cfg?sslmode=verify_full'), ['CONFIG_DB_URL']],
    ['a misspelt option', db('postgresql://exec@localhost/cfg?ssl_mode=verify-full'), ['CONFIG_DB_URL']],
    ['an option of the server', db('postgresql://exec@localhost/cfg?statement_timeout=0'), ['CONFIG_DB_URL']],
    ['an option of Redis', redis('redis://localhost?tls=false'), ['REDIS_URL']],
    ['an option of EXCS', { EXCS_URL: 'http://localhost:3640?x=1' }, ['EXCS_URL']],
  ])('%s', (_, values, faults) => {
    expect(faulty({ ...values, ALLOW_PLAINTEXT: true })).toEqual(faults);
  });

  it('switched off for all of Node is a fault', () => {
    expect([...checkVerification({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })]).toHaveLength(1);
    expect([...checkVerification({ NODE_TLS_REJECT_UNAUTHORIZED: '1' })]).toEqual([]);
  });
});

describe('the password of a sample', () => {
  it.each<[string, Record<string, unknown>]>([
    ['REDIS_URL', redis('rediss://:change-me@redis.example.com')],
    ['REDIS_URL', redis('redis://:change%2Dme@localhost')],
    ['CONFIG_DB_URL', db('postgresql://exec:password@h/cfg?sslmode=verify-full')],
    ['ENGAGE_APP_PASSWORD', { ENGAGE_APP_PASSWORD: secret('<password>') }],
    ['HTTPS_PROXY', { HTTPS_PROXY: secret('http://user:secret@proxy:3128') }],
  ])('of %s is a fault', (variable, values) => {
    expect(faulty(values)).toEqual([variable]);
  });

  it('is no other one', () => {
    expect(
      faulty({ ...redis('rediss://:pass-of-our-own@h'), ENGAGE_APP_PASSWORD: secret('n0t.a-sample') }),
    ).toEqual([]);
  });
});

it('every plain peer on another machine is counted, with a secret or without', () => {
  const values = {
    ...redis('redis://redis.example.com'),
    ...db('postgresql://exec@db.example.com/cfg?sslmode=verify-full'),
    EXCS_URL: 'http://localhost:3640',
    STAT_SERVER_PRIMARY: server('stat1'),
    STAT_SERVER_BACKUP: server('stat2', true),
  };
  expect(plainPeers(values)).toEqual(['REDIS_URL (redis.example.com)', 'STAT_SERVER_PRIMARY (stat1)']);
});
