import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigurationError, parseEnvironment } from './environment.ts';
import { excpVariables } from './services/excp.ts';
import { sitesOf } from './sites.ts';

const folder = mkdtempSync(join(tmpdir(), 'excp-environment-'));
afterAll(() => rmSync(folder, { recursive: true }));

function sitesFrom(env: Record<string, string>) {
  const parsed = parseEnvironment(excpVariables, env);
  return sitesOf(parsed as never);
}

function file(content: unknown): string {
  const path = join(folder, `${Math.random()}.json`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const primary = { host: 'sip1', port: 8000, tls: false };
const backup = { host: 'sip2', port: 8000, tls: true };

it('any content of SITES_FILE is sites or faults, never a throw', () => {
  const address = fc.constantFrom(
    'sip1:8000',
    'tls://sip2:1',
    'a',
    ':1',
    'a:99999',
    '[::1]:8000',
    '\u0000:1',
    '',
  );
  const value = fc.oneof(
    address,
    fc.jsonValue({ maxDepth: 1 }),
    fc.record({ primary: address, backup: address }),
  );
  const name = fc.constantFrom(
    'switch',
    'primary',
    'backup',
    'queues',
    'extensions',
    'calls',
    '__proto__',
    'x',
  );
  const site = fc.dictionary(name, value, { maxKeys: 5 });
  const good = fc.record({ switch: fc.constantFrom('A', 'B', 'C'), primary: fc.constant('sip1:8000') });
  const content = fc.oneof(
    fc.array(good, { minLength: 1, maxLength: 3 }),
    fc.array(fc.oneof(site, fc.record({ switch: fc.string(), primary: address })), { maxLength: 60 }),
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom('', '[', '['.repeat(20_000), '\ufeff[]', 'x'.repeat(300_000)),
    fc.string({ unit: 'binary', maxLength: 50 }),
  );
  let read = 0;
  fc.assert(
    fc.property(content, (text) => {
      const { sites, faults } = sitesFrom({ SITES_FILE: file(text) });
      expect(sites.length > 0).toBe(faults.length === 0);
      if (sites.length > 0) read++;
    }),
    { numRuns: 300 },
  );
  expect(read).toBeGreaterThan(5);
});

describe('the sites of the environment', () => {
  it('is one site with one pair for all three clients', () => {
    const { sites, faults } = sitesFrom({
      SWITCH_NAME: 'SIP_Switch',
      SIP_SERVER_PRIMARY: 'sip1:8000',
      SIP_SERVER_BACKUP: 'tls://sip2:8000',
    });
    expect(faults).toEqual([]);
    const servers = [primary, backup];
    expect(sites).toEqual([
      { switch: 'SIP_Switch', servers: { queues: servers, extensions: servers, calls: servers } },
    ]);
  });

  it('lets each client have a pair of its own, which replaces the common one as a whole', () => {
    const { sites } = sitesFrom({
      SWITCH_NAME: 'SIP_Switch',
      SIP_SERVER_PRIMARY: 'sip1:8000',
      SIP_SERVER_BACKUP: 'tls://sip2:8000',
      SIP_SERVER_CALLS_PRIMARY: 'sip3:8001',
    });
    expect(sites[0]?.servers.calls).toEqual([{ host: 'sip3', port: 8001, tls: false }]);
    expect(sites[0]?.servers.queues).toEqual([primary, backup]);
  });

  it('names every variable that is missing', () => {
    expect(sitesFrom({}).faults.map(({ variable }) => variable)).toEqual([
      'SIP_SERVER_PRIMARY',
      'SWITCH_NAME',
    ]);
    expect(() => parseEnvironment(excpVariables, { SIP_SERVER_PRIMARY: 'nonsense' })).toThrow(
      ConfigurationError,
    );
  });

  it('takes several sites from a file', () => {
    const path = file([
      { switch: 'X', primary: 'sip1:8000', backup: 'tls://sip2:8000' },
      {
        switch: 'Y',
        queues: { primary: 'sip1:8000' },
        extensions: { primary: 'sip1:8000' },
        calls: { primary: 'sip1:8000', backup: 'tls://sip2:8000' },
      },
    ]);
    const { sites, faults } = sitesFrom({ SITES_FILE: path });
    expect(faults).toEqual([]);
    expect(sites.map((site) => site.switch)).toEqual(['X', 'Y']);
    expect(sites[1]?.servers).toEqual({ queues: [primary], extensions: [primary], calls: [primary, backup] });
  });

  it.each([
    ['not JSON', 'nonsense', /not readable as JSON/],
    ['no list', { switch: 'X' }, /expected/i],
    ['an unknown member', [{ switch: 'X', primary: 'a:1', prymary: 'b:2' }], /nrecognized/],
    ['a client without a server', [{ switch: 'X', calls: { primary: 'a:1' } }], /lacks the primary/],
    [
      'a switch twice',
      [
        { switch: 'X', primary: 'a:1' },
        { switch: 'X', primary: 'b:1' },
      ],
      /listed twice/,
    ],
    ['a bad address', [{ switch: 'X', primary: 'a' }], /host:port/],
  ])('refuses a file with %s', (_, content, problem) => {
    const { sites, faults } = sitesFrom({ SITES_FILE: file(content) });
    expect(sites).toEqual([]);
    expect(faults[0]?.variable).toBe('SITES_FILE');
    expect(faults[0]?.problem).toMatch(problem);
  });

  it('refuses a file beside single variables', () => {
    const path = file([{ switch: 'X', primary: 'a:1' }]);
    expect(sitesFrom({ SITES_FILE: path, SWITCH_NAME: 'X' }).faults).toMatchObject([
      { variable: 'SWITCH_NAME' },
    ]);
  });
});
