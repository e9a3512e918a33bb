/** Who may call /api: token or loopback, for every way to write the path. */
import { describe, expect, it } from 'vitest';
import { Secret } from '../config/secret.ts';
import { isLoopbackAddress } from './guard.ts';
import { shell } from './server.fixture.ts';

const token = 'canary-token-0123456789abcdef';

function guarded(withToken: boolean) {
  const made = shell(withToken ? { API_TOKEN: new Secret(token) } : {});
  made.http.api((app) => void app.get('/secret', () => ({ here: true })));
  made.http.api((app) => void app.post('/change', () => ({ done: true })));
  const call = async (
    url: string,
    options: { from?: string; authorization?: string; method?: 'GET' | 'POST' } = {},
  ) => {
    const answer = await made.http.app.inject({
      method: options.method ?? 'GET',
      url,
      remoteAddress: options.from ?? '192.0.2.7',
      headers: options.authorization === undefined ? {} : { authorization: options.authorization },
    });
    return {
      status: answer.statusCode,
      code: answer.json().code as string | undefined,
      headers: answer.headers,
    };
  };
  return { ...made, call };
}

describe('with a token', () => {
  it.each([
    [`Bearer ${token}`, 200],
    [`bearer   ${token} `, 200],
    [undefined, 401],
    ['', 401],
    [token, 401],
    [`Basic ${token}`, 401],
    ['Bearer', 401],
    ['Bearer wrong', 401],
    [`Bearer ${token}x`, 401],
    [`Bearer ${token.slice(0, -1)}`, 401],
    [`Bearer ${token.toUpperCase()}`, 401],
    [`Bearer ${token} ${token}`, 401],
  ])('%j -> %i', async (authorization, status) => {
    const { call } = guarded(true);
    for (const [url, method] of [
      ['/api/v1/secret', 'GET'],
      ['/api/v1/change', 'POST'],
    ] as const) {
      const answer = await call(url, { method, ...(authorization === undefined ? {} : { authorization }) });
      expect(answer.status).toBe(status);
      if (status === 401) {
        expect(answer.code).toBe('request.unauthorized');
        expect(answer.headers['www-authenticate']).toBe('Bearer');
      }
    }
  });

  it('callers on loopback need it too', async () => {
    expect((await guarded(true).call('/api/v1/secret', { from: '127.0.0.1' })).status).toBe(401);
  });

  it.each([
    '/api',
    '/api/',
    '/api/v1',
    '/api/v1/nothing',
    '/api/v2/secret',
    '/%61pi/v1/secret',
    '/api/%761/secret',
    '/api/v1/%73ecret',
  ])('nothing is told about %s without it', async (url) => {
    expect((await guarded(true).call(url)).status).toBe(401);
  });

  it.each(['/metrics', '/health/live', '/health/ready', '/openapi.json', '/docs'])(
    '%s is open',
    async (url) => {
      const { http } = guarded(true);
      expect((await http.app.inject({ url, remoteAddress: '192.0.2.7' })).statusCode).toBe(200);
    },
  );

  it('a refusal is logged once per caller and reason, with the address and never the token', async () => {
    const { call, lines } = guarded(true);
    for (let time = 0; time < 3; time++) {
      await call('/api/v1/secret', { authorization: `Bearer ${token}x` });
      await call('/api/v1/secret', { from: '192.0.2.8' });
    }
    const warnings = lines.map((line) => JSON.parse(line)).filter((line) => line['log.level'] === 'warn');
    expect(warnings.map((line) => [line['client.address'], line['exec.reason']])).toEqual([
      ['192.0.2.7', 'wrong bearer token'],
      ['192.0.2.8', 'no bearer token'],
    ]);
    expect(lines.join('')).not.toContain(token);
  });

  it('remembers a bounded number of callers', async () => {
    const { call, lines } = guarded(true);
    for (let host = 0; host < 1100; host++)
      await call('/api/v1/secret', { from: `10.0.${host >> 8}.${host & 255}` });
    const warned = lines.filter((line) => line.includes('client.address')).length;
    expect(warned).toBe(1100);
    await call('/api/v1/secret', { from: '10.0.0.0' });
    expect(lines.filter((line) => line.includes('client.address')).length).toBe(warned + 1);
  });

  it('a short one is warned about', () => {
    const { lines } = shell({ API_TOKEN: new Secret('short') });
    expect(lines.join('')).toContain('API_TOKEN is shorter');
    expect(guarded(true).lines.join('')).not.toContain('API_TOKEN');
  });
});

describe('without a token', () => {
  it('a warning is logged', () => {
    expect(guarded(false).lines.join('')).toContain('API_TOKEN is not set');
  });

  it.each(['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1'])('%s may call', async (from) => {
    const { call } = guarded(false);
    expect((await call('/api/v1/secret', { from })).status).toBe(200);
    expect((await call('/api/v1/change', { from, method: 'POST' })).status).toBe(200);
  });

  it.each(['192.0.2.7', '10.0.0.1', '::ffff:10.0.0.1', '128.0.0.1', 'fe80::1'])(
    '%s may not',
    async (from) => {
      const { call } = guarded(false);
      for (const authorization of [undefined, 'Bearer anything'])
        expect(
          await call('/api/v1/secret', { from, ...(authorization === undefined ? {} : { authorization }) }),
        ).toMatchObject({
          status: 403,
          code: 'request.forbidden',
        });
      expect((await call('/api/v1/nothing', { from })).status).toBe(403);
    },
  );

  it('an address that is not known is not loopback', () => {
    expect(isLoopbackAddress(undefined)).toBe(false);
    expect(isLoopbackAddress('127.0.0.1.evil.example')).toBe(false);
  });
});
