/** The console over HTTP: its files, its session, and what neither may be used for. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Secret } from '../../config/secret.ts';
import { type Shell, shell } from '../server.fixture.ts';

const operator = 'operator-token-of-the-console-test';
const reader = 'reader-token-of-the-console-test-too';
const script = 'console.log("the script")\n'.repeat(20);
const own = { 'x-console': '1' };

let folder: string;
let one: Shell;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exec-console-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>console</title>');
  writeFileSync(join(folder, 'assets', 'main-AAAA.js'), script);
  writeFileSync(join(folder, 'secret.txt'), 'nobody reads this');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

beforeEach(() => {
  one = started({ folders: [folder], links: [{ name: 'EXAS', url: 'https://exas.example.com/console/' }] });
});

function started(console: Parameters<typeof shell>[3]): Shell {
  const tokens = { API_TOKEN: new Secret(`anna=${operator}`), API_READ_TOKEN: new Secret(reader) };
  const made = shell(tokens, {}, undefined, console);
  made.http.api((app) => {
    app.get(
      '/thing',
      { config: { right: 'read' }, schema: { response: { 200: z.object({ at: z.number() }) } } },
      () => ({ at: 1 }),
    );
    app.post('/thing', { config: { right: 'operate' } }, (request) => ({ who: request.caller?.name }));
  });
  return made;
}

async function logIn(token: string): Promise<{ cookie: string; 'x-console': string }> {
  const answer = await one.http.app.inject({
    method: 'POST',
    url: '/console/session',
    headers: own,
    payload: { token },
  });
  expect(answer.statusCode).toBe(204);
  return { ...own, cookie: String(answer.headers['set-cookie']).split(';', 1)[0] ?? '' };
}

describe('the files of the console', () => {
  it('are found behind any prefix: the redirection is relative', async () => {
    const { statusCode, headers } = await one.http.app.inject('/console');
    expect([statusCode, headers.location]).toEqual([308, 'console/']);
  });

  it('come with a policy that lets in nothing else, and are kept as long as they are named', async () => {
    const index = await one.http.app.inject('/console/');
    expect(index.body).toContain('<title>console</title>');
    expect(index.headers).toMatchObject({
      'cache-control': 'no-cache',
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    const policy = String(index.headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|http/);
    const asset = await one.http.app.inject({
      url: '/console/assets/main-AAAA.js',
      headers: { 'accept-encoding': 'br, gzip' },
    });
    expect(asset.headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-encoding': 'gzip',
      'content-type': 'text/javascript; charset=utf-8',
    });
    expect(gunzipSync(asset.rawPayload).toString()).toBe(script);
    expect((await one.http.app.inject('/console/assets/main-AAAA.js')).body).toBe(script);
    const again = { 'if-none-match': String(index.headers.etag) };
    expect((await one.http.app.inject({ url: '/console/', headers: again })).statusCode).toBe(304);
  });

  it.each([
    '/console/assets/../secret.txt',
    '/console/assets/%2e%2e%2fsecret.txt',
    '/console/assets/other.js',
    '/console/secret.txt',
  ])('are these and no others: %s', async (url) => {
    expect((await one.http.app.inject(url)).statusCode).toBe(404);
  });

  it('are missed in plain words when they were not built', async () => {
    const bare = started({ folders: [], links: [] });
    const answer = await bare.http.app.inject('/console/');
    expect([answer.statusCode, answer.body]).toEqual([503, expect.stringContaining('pnpm console:build')]);
    expect(bare.lines.join('')).toContain('The console was not built');
  });

  it('are not there when there is to be no console', async () => {
    const none = started(undefined);
    for (const url of ['/console', '/console/', '/console/session'])
      expect((await none.http.app.inject(url)).statusCode).toBe(404);
  });
});

describe('a session', () => {
  it('begins with a token, and says who one is and what is offered', async () => {
    const { app } = one.http;
    expect((await app.inject({ url: '/console/session', headers: own })).json()).toEqual({ service: 'test' });
    const headers = await logIn(operator);
    expect((await app.inject({ url: '/console/session', headers })).json()).toEqual({
      service: 'test',
      version: '1.2.3',
      instanceId: 'test',
      right: 'operator',
      name: 'anna',
      loggedIn: true,
      links: [{ name: 'EXAS', url: 'https://exas.example.com/console/' }],
      offers: expect.arrayContaining(['/overview', '/thing']) as string[],
    });
    expect((await app.inject({ method: 'POST', url: '/api/v1/thing', headers })).json()).toEqual({
      who: 'anna',
    });
  });

  it('of a reader reads and changes nothing', async () => {
    const headers = await logIn(reader);
    expect((await one.http.app.inject({ url: '/api/v1/thing', headers })).statusCode).toBe(200);
    const refused = await one.http.app.inject({ method: 'POST', url: '/api/v1/thing', headers });
    expect([refused.statusCode, refused.json()]).toEqual([
      403,
      expect.objectContaining({ code: 'request.forbidden' }),
    ]);
  });

  it('is worth nothing to a foreign page: it cannot send the header', async () => {
    const { cookie } = await logIn(operator);
    for (const method of ['GET', 'POST'] as const)
      expect(
        (await one.http.app.inject({ method, url: '/api/v1/thing', headers: { cookie } })).statusCode,
      ).toBe(401);
    // Neither does anybody log somebody else in or out.
    for (const method of ['POST', 'DELETE'] as const) {
      const payload = method === 'POST' ? { token: operator } : undefined;
      const answer = await one.http.app.inject({
        method,
        url: '/console/session',
        headers: { cookie },
        ...(payload && { payload }),
      });
      expect(answer.statusCode).toBe(403);
    }
  });

  it('is not asked about by another origin', async () => {
    const answer = await one.http.app.inject({
      method: 'OPTIONS',
      url: '/api/v1/thing',
      headers: { origin: 'https://evil.example.com', 'access-control-request-headers': 'x-console' },
    });
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('ends by logging out', async () => {
    const headers = await logIn(operator);
    const out = await one.http.app.inject({ method: 'DELETE', url: '/console/session', headers });
    expect([out.statusCode, out.headers['set-cookie']]).toEqual([204, expect.stringContaining('Max-Age=0')]);
    expect((await one.http.app.inject({ url: '/api/v1/thing', headers })).statusCode).toBe(401);
  });

  it('is refused to a wrong token, which is limited and logged without it', async () => {
    const wrong = 'a-wrong-token-that-nobody-may-see';
    const attempt = () =>
      one.http.app.inject({
        method: 'POST',
        url: '/console/session',
        headers: own,
        payload: { token: wrong },
      });
    const answers: number[] = [];
    for (let count = 0; count < 25; count++) answers.push((await attempt()).statusCode);
    expect(new Set(answers)).toEqual(new Set([401, 429]));
    expect(answers[0]).toBe(401);
    expect(one.lines.filter((line) => line.includes('refused'))).not.toEqual([]);
    expect(one.lines.join('')).not.toContain(wrong);
    expect(one.lines.join('')).not.toContain(operator);
  });
});

describe('answers to the console', () => {
  it('are not sent twice', async () => {
    const headers = await logIn(reader);
    const first = await one.http.app.inject({ url: '/api/v1/thing', headers });
    const tag = String(first.headers.etag);
    const second = await one.http.app.inject({
      url: '/api/v1/thing',
      headers: { ...headers, 'if-none-match': tag },
    });
    expect([second.statusCode, second.body]).toEqual([304, '']);
    const bearer = { authorization: `Bearer ${reader}` };
    expect(
      (await one.http.app.inject({ url: '/api/v1/thing', headers: bearer })).headers.etag,
    ).toBeUndefined();
  });

  it('say how the service is', async () => {
    const headers = await logIn(reader);
    one.health.dependency('redis').up('fine');
    const answer = await one.http.app.inject({ url: '/api/v1/overview', headers });
    expect(answer.json()).toMatchObject({
      service: 'test',
      ready: true,
      dependencies: [{ name: 'redis', up: true, detail: 'fine' }],
      budget: { perMinute: 0, usedInLastMinute: 0 },
      minutes: [],
    });
    expect((await one.http.app.inject('/api/v1/overview')).statusCode).toBe(401);
  });
});
