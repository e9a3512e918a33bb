/** Who may do what at /api: tokens and their rights, or loopback, for every way to write the path. */
import { describe, expect, it } from 'vitest';
import { Secret } from '../config/secret.ts';
import { FakeClock } from '../testing/index.ts';
import { isLoopbackAddress } from './access.ts';
import { shell } from './server.fixture.ts';

const token = 'canary-token-0123456789abcdef';
const readToken = 'canary-reader-0123456789abcdef';

function guarded(withToken: boolean, clock?: FakeClock) {
  const tokens = {
    API_TOKEN: new Secret(`anna=${token},${token.replace('canary', 'second')}`),
    API_READ_TOKEN: new Secret(`grafana=${readToken}`),
  };
  const made = shell(withToken ? tokens : {}, {}, clock);
  made.http.api((app) => {
    app.get('/secret', { config: { right: 'read' } }, ({ caller }) => ({ here: true, caller: caller?.name }));
    app.post('/resolve', { config: { right: 'read' } }, () => ({ done: true }));
    app.post('/change', { config: { right: 'operate' } }, ({ caller }) => ({ caller: caller?.name }));
  });
  const call = async (
    url: string,
    options: {
      from?: string;
      authorization?: string;
      method?: 'GET' | 'POST';
      headers?: Record<string, string>;
    } = {},
  ) => {
    const answer = await made.http.app.inject({
      method: options.method ?? 'GET',
      url,
      remoteAddress: options.from ?? '192.0.2.7',
      headers: {
        ...options.headers,
        ...(options.authorization === undefined ? {} : { authorization: options.authorization }),
      },
    });
    return {
      status: answer.statusCode,
      code: answer.json().code as string | undefined,
      caller: answer.json().caller as string | undefined,
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

  it('a reader may look and resolve, and change nothing', async () => {
    const { call } = guarded(true);
    const authorization = `Bearer ${readToken}`;
    expect(await call('/api/v1/secret', { authorization })).toMatchObject({ status: 200, caller: 'grafana' });
    expect((await call('/api/v1/resolve', { authorization, method: 'POST' })).status).toBe(200);
    expect(await call('/api/v1/change', { authorization, method: 'POST' })).toMatchObject({
      status: 403,
      code: 'request.forbidden',
      headers: { 'content-type': 'application/problem+json' },
    });
  });

  it('every token of the list is accepted, and names its caller', async () => {
    const { call } = guarded(true);
    const callers = [token, token.replace('canary', 'second')].map((one) =>
      call('/api/v1/change', { method: 'POST', authorization: `Bearer ${one}` }),
    );
    expect((await Promise.all(callers)).map(({ status, caller }) => [status, caller])).toEqual([
      [200, 'anna'],
      [200, 'operator'],
    ]);
  });

  it('why a dependency is away is told to callers with a token only', async () => {
    const { http, health } = guarded(true);
    health.dependency('redis', 'canary host');
    const ready = async (authorization?: string) => {
      const headers = authorization === undefined ? {} : { authorization };
      return (await http.app.inject({ url: '/health/ready', headers })).json().dependencies;
    };
    const shown = { name: 'redis', up: false, required: true, since: expect.any(String) };
    expect(await ready()).toEqual([shown]);
    expect(await ready('Bearer wrong')).toEqual([shown]);
    for (const one of [token, readToken])
      expect(await ready(`Bearer ${one}`)).toEqual([{ ...shown, detail: 'canary host' }]);
  });

  it('a route that does not say which right it needs is refused', async () => {
    const { http } = shell();
    http.api((app) => void app.get('/forgotten', () => ({})));
    await expect(http.app.ready()).rejects.toThrow('GET /api/v1/forgotten does not say which right it needs');
  });

  it('the description says which tokens an operation takes', async () => {
    const { http } = guarded(true);
    const { paths, components } = (await http.app.inject('/openapi.json')).json();
    expect(paths['/api/v1/secret'].get.security).toEqual([{ reader: [] }, { operator: [] }]);
    expect(paths['/api/v1/change'].post.security).toEqual([{ operator: [] }]);
    expect(Object.keys(components.securitySchemes)).toEqual(['operator', 'reader']);
  });
});

describe('refusals', () => {
  const refusals = (lines: readonly string[]) =>
    lines
      .map((line) => JSON.parse(line))
      .filter((line) => line['log.level'] === 'warn')
      .map((line) => [line['client.address'], line['exec.reason'], line['exec.count']]);

  it('are told at once for the first of an address, then once a minute with their number', async () => {
    const clock = new FakeClock();
    const { call, lines } = guarded(true, clock);
    for (let time = 0; time < 3; time++) {
      await call('/api/v1/secret', { authorization: `Bearer ${token}x` });
      await call('/api/v1/secret', { from: '192.0.2.8' });
    }
    const first = [
      ['192.0.2.7', 'wrong bearer token', undefined],
      ['192.0.2.8', 'no bearer token', undefined],
    ];
    expect(refusals(lines)).toEqual(first);
    await clock.advance(60_001);
    expect(refusals(lines).slice(2)).toEqual([
      ['192.0.2.7', 'wrong bearer token', 3],
      ['192.0.2.8', 'no bearer token', 3],
    ]);
    await call('/api/v1/secret', { from: '192.0.2.8' });
    expect(refusals(lines).slice(4)).toEqual(first.slice(1));
    expect(lines.join('')).not.toContain(token);
  });

  it('that are still untold are told at the end', async () => {
    const { http, call, lines } = guarded(true, new FakeClock());
    for (let time = 0; time < 5; time++) await call('/api/v1/secret');
    await http.close();
    expect(refusals(lines).at(-1)).toEqual(['192.0.2.7', 'no bearer token', 5]);
  });

  it('of any number of addresses cost a bounded number of lines', async () => {
    const clock = new FakeClock();
    const { call, lines } = guarded(true, clock);
    for (let host = 0; host < 1100; host++)
      await call('/api/v1/secret', { from: `10.0.${host >> 8}.${host & 255}` });
    await clock.advance(60_001);
    const logged = refusals(lines);
    expect(logged).toHaveLength(20 + 20 + 1);
    expect(logged.at(-1)?.[2]).toBe(1100 - 20 - 20);
  });

  it('for wrong tokens become 429 after twenty in a minute; a right one is let in all the same', async () => {
    const clock = new FakeClock();
    const { call } = guarded(true, clock);
    const guess = () => call('/api/v1/secret', { authorization: 'Bearer wrong' });
    for (let time = 0; time < 20; time++) expect((await guess()).status).toBe(401);
    expect(await guess()).toMatchObject({
      status: 429,
      code: 'request.too-many',
      headers: { 'retry-after': '60' },
    });
    expect((await call('/api/v1/secret', { authorization: `Bearer ${token}` })).status).toBe(200);
    expect((await call('/api/v1/secret', { from: '192.0.2.8', authorization: 'Bearer wrong' })).status).toBe(
      401,
    );
    await clock.advance(60_001);
    expect((await guess()).status).toBe(401);
  });
});

describe('without a token', () => {
  it('a warning is logged', () => {
    expect(guarded(false).lines.join('')).toContain('API_TOKEN is not set');
  });

  it.each(['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1'])('%s may read', async (from) => {
    const { call } = guarded(false);
    expect(await call('/api/v1/secret', { from })).toMatchObject({ status: 200, caller: 'local' });
    expect((await call('/api/v1/resolve', { from, method: 'POST' })).status).toBe(200);
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

  it('nobody may change anything', async () => {
    const { call } = guarded(false);
    const answer = await call('/api/v1/change', { from: '127.0.0.1', method: 'POST' });
    expect(answer).toMatchObject({ status: 403, code: 'request.forbidden' });
  });

  it.each([
    ['a proxy names whom it asks for', { forwarded: 'for=203.0.113.9' }],
    ['a proxy names the address', { 'x-forwarded-for': '203.0.113.9' }],
    ['a proxy names the host', { 'x-forwarded-host': 'excs.example.com' }],
    ['a proxy names the address in another way', { 'x-real-ip': '203.0.113.9' }],
    ['a proxy names itself', { via: '1.1 proxy' }],
    ['a page of another site asks', { origin: 'https://evil.example' }],
    ['a name that was made to lead here', { host: 'evil.example:3640' }],
  ])('%s: refused', async (_, headers) => {
    const { call } = guarded(false);
    expect(await call('/api/v1/secret', { from: '127.0.0.1', headers })).toMatchObject({
      status: 403,
      code: 'request.forbidden',
    });
  });

  it.each(['localhost:3640', '127.0.0.1', '[::1]:3640'])(
    'a request for %s is one from here',
    async (host) => {
      const { call } = guarded(false);
      expect((await call('/api/v1/secret', { from: '127.0.0.1', headers: { host } })).status).toBe(200);
    },
  );

  it('with a token for readers alone, nobody is let in without it, and nobody may change anything', async () => {
    const { http } = shell({ API_READ_TOKEN: new Secret(readToken) });
    http.api((app) => {
      app.get('/secret', { config: { right: 'read' } }, () => ({}));
      app.post('/change', { config: { right: 'operate' } }, () => ({}));
    });
    const status = async (method: 'GET' | 'POST', url: string, headers = {}) =>
      (await http.app.inject({ method, url, headers })).statusCode;
    const authorization = `Bearer ${readToken}`;
    expect(await status('GET', '/api/v1/secret')).toBe(401);
    expect(await status('GET', '/api/v1/secret', { authorization })).toBe(200);
    expect(await status('POST', '/api/v1/change', { authorization })).toBe(403);
  });

  it('an address that is not known is not loopback', () => {
    expect(isLoopbackAddress(undefined)).toBe(false);
    expect(isLoopbackAddress('127.0.0.1.evil.example')).toBe(false);
  });
});
