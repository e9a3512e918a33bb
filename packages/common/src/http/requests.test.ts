/** What the server does with every request, whoever sends it: counts, bounds, headers, what is kept of changes. */
import { describe, expect, it } from 'vitest';
import { Secret } from '../config/secret.ts';
import { silentLogger } from '../logging/logging.ts';
import type { AuditEntry } from './actions.ts';
import { noteActions } from './actions.ts';
import { shell } from './server.fixture.ts';

const operator = 'anna-token-0123456789abcdef';
const reader = 'grafana-token-0123456789abcdef';

function stage(limits: Parameters<typeof shell>[1] = {}) {
  const tokens = {
    API_TOKEN: new Secret(`anna=${operator}`),
    API_READ_TOKEN: new Secret(`grafana=${reader}`),
  };
  const made = shell(tokens, limits);
  const entries: AuditEntry[] = [];
  made.http.onAction((entry) => entries.push(entry));
  const note = noteActions(silentLogger);
  const release = Promise.withResolvers<void>();
  made.http.api((app) => {
    app.get('/things/:id', { config: { right: 'read' } }, () => ({}));
    app.get('/slow', { config: { right: 'read' } }, async () => {
      await release.promise;
      return {};
    });
    app.post('/change', { config: { right: 'operate' } }, (request) => {
      note(request, 'Thing changed');
      return {};
    });
    app.post('/fail', { config: { right: 'operate' } }, () => {
      throw new Error('canary-inside');
    });
  });
  const call = async (method: 'GET' | 'POST', url: string, token?: string) =>
    made.http.app.inject({
      method,
      url,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
  return { ...made, call, entries, release };
}

it('every answer is counted by route and status, never by what the caller writes', async () => {
  const { call, registry } = stage();
  await call('GET', '/api/v1/things/1', reader);
  await call('GET', '/api/v1/things/2', reader);
  await call('GET', '/api/v1/things/3');
  await call('GET', '/api/v1/canary-path', reader);
  const lines = (await registry.metrics())
    .split('\n')
    .filter((line) => line.startsWith('exec_http_requests_total{'));
  expect(lines.sort()).toEqual([
    'exec_http_requests_total{route="/api/v1/things/:id",status="200"} 2',
    'exec_http_requests_total{route="/api/v1/things/:id",status="401"} 1',
    'exec_http_requests_total{route="none",status="404"} 1',
  ]);
});

describe('a request that is to change something', () => {
  it('is told with caller, address, request and outcome; a refused one, too', async () => {
    const { call, entries } = stage();
    await call('GET', '/api/v1/things/1', operator);
    await call('POST', '/api/v1/change?canary=1', operator);
    await call('POST', '/api/v1/change?canary=1', reader);
    await call('POST', '/api/v1/change?canary=1');
    await call('POST', '/api/v1/fail', operator);
    expect(entries.map(({ who, what, outcome, status }) => [who, what, outcome, status])).toEqual([
      ['anna', 'Thing changed', 'done', 200],
      ['grafana', 'POST /api/v1/change', 'refused', 403],
      ['unknown', 'POST /api/v1/change', 'refused', 401],
      ['anna', 'POST /api/v1/fail', 'failed', 500],
    ]);
    for (const entry of entries)
      expect(entry).toMatchObject({
        at: expect.stringMatching(/Z$/),
        address: '127.0.0.1',
        requestId: expect.stringMatching(/.{8}/),
      });
    expect(JSON.stringify(entries)).not.toContain('canary');
  });
});

describe('bounds', () => {
  it('beyond the limit of requests at work a request is refused at once, and taken again afterwards', async () => {
    const { call, release } = stage({ atWork: 2 });
    const working = [call('GET', '/api/v1/slow', reader), call('GET', '/api/v1/slow', reader)];
    const beyond = await call('GET', '/api/v1/things/1', reader);
    expect([beyond.statusCode, beyond.json().code, beyond.headers['retry-after']]).toEqual([
      429,
      'request.too-many',
      '60',
    ]);
    // Who looks whether the service lives is answered all the same.
    expect((await call('GET', '/health/live')).statusCode).toBe(200);
    release.resolve();
    for (const answer of await Promise.all(working)) expect(answer.statusCode).toBe(200);
    expect((await call('GET', '/api/v1/things/1', reader)).statusCode).toBe(200);
  });

  it('the number of connections has a limit', () => {
    expect(stage({ connections: 7 }).http.app.server.maxConnections).toBe(7);
    expect(stage().http.app.server.maxConnections).toBe(256);
  });
});

describe('headers', () => {
  it('keep answers of the API out of caches and frames', async () => {
    const { call } = stage();
    for (const token of [operator, undefined])
      expect((await call('GET', '/api/v1/things/1', token)).headers).toMatchObject({
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
      });
    expect((await call('GET', '/api/v1/things/1')).headers).not.toHaveProperty('strict-transport-security');
  });
});
