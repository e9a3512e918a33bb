/** Over real sockets: slow, broken and idle clients, and a stop that does not wait for them. */

import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get as httpGet, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect as tlsConnect } from 'node:tls';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { testTls } from '../testing/index.ts';
import { shell } from './server.fixture.ts';

const sockets: Socket[] = [];
const agents: Agent[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const agent of agents.splice(0)) agent.destroy();
});

const folder = mkdtempSync(join(tmpdir(), 'http-tls-'));
afterAll(() => rmSync(folder, { recursive: true }));
const tlsFiles = { TLS_CERT_FILE: join(folder, 'cert.pem'), TLS_KEY_FILE: join(folder, 'key.pem') };
writeFileSync(tlsFiles.TLS_CERT_FILE, testTls.certificate);
writeFileSync(tlsFiles.TLS_KEY_FILE, testTls.key);

/** Sends `head` and answers all that comes back until the server closes the connection. */
async function raw(port: number, head: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  socket.write(head);
  return text(socket);
}

function get(port: number, path: string, agent: Agent): Promise<IncomingMessage & { body: string }> {
  return new Promise((resolve, reject) => {
    httpGet({ port, host: '127.0.0.1', path, agent }, async (answer) => {
      resolve(Object.assign(answer, { body: await text(answer) }));
    }).on('error', reject);
  });
}

function keepAlive(): Agent {
  const agent = new Agent({ keepAlive: true });
  agents.push(agent);
  return agent;
}

describe('limits', () => {
  it('end a request that does not arrive', async () => {
    const { http } = shell({}, { request: 100 });
    http.api((app) => void app.post('/things', { config: { right: 'read' } }, () => ({})));
    const { port } = await http.listen();
    const answer = await raw(
      port,
      'POST /api/v1/things HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{"a',
    );
    expect(answer).toMatch(/^HTTP\/1.1 408 Request Timeout\r\n/);
    expect(answer).toContain('"code":"request.invalid"');
  });

  it('end a connection on which nothing happens', async () => {
    const { http } = shell({}, { connection: 100 });
    const { port } = await http.listen();
    expect(await raw(port, '')).toBe('');
  });

  it('end a handler that does not answer', async () => {
    const { http, lines } = shell({}, { handler: 50 });
    http.api((app) => void app.get('/slow', { config: { right: 'read' } }, () => new Promise(() => {})));
    const { port } = await http.listen();
    const answer = await get(port, '/api/v1/slow', keepAlive());
    expect(answer.statusCode).toBe(503);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'service.unavailable' });
    expect(lines.some((line) => line.includes('Request failed'))).toBe(true);
  });

  it.each([1, 3])('a caller who goes away with %i requests at work frees their places', async (count) => {
    const { http } = shell({}, { atWork: count });
    let atWork = 0;
    let onFull: () => void = () => undefined;
    http.api((app) => {
      app.get('/slow', { config: { right: 'read' } }, () => {
        if (++atWork % count === 0) onFull();
        return new Promise(() => {});
      });
    });
    const { port } = await http.listen();
    for (let caller = 1; caller <= 3; caller++) {
      const full = Promise.withResolvers<void>();
      onFull = full.resolve;
      // One behind the other on one connection: the answers of the later ones wait for that of the first.
      const connected = once(http.app.server, 'connection');
      const socket = connect(port, '127.0.0.1');
      sockets.push(socket);
      const [accepted] = (await connected) as [Socket];
      socket.write('GET /api/v1/slow HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n'.repeat(count));
      await full.promise;
      expect(atWork).toBe(caller * count);
      expect((await get(port, '/api/v1/slow', keepAlive())).statusCode).toBe(429);
      const gone = once(accepted, 'close');
      socket.destroy();
      await gone;
    }
  });

  it.each([
    ['what is no HTTP', '\u0000\u0001 nonsense\r\n\r\n', 400],
    ['a head that is too long', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
    ['two lengths', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\na', 400],
  ])('%s is a problem, too', async (_, head, status) => {
    const { http } = shell();
    const { port } = await http.listen();
    const answer = await raw(port, head);
    expect(answer).toMatch(
      new RegExp(`^HTTP/1.1 ${status} [^\r]+\r\ncontent-type: application/problem\\+json\r\n`),
    );
    const body = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));
    expect(body).toMatchObject({ status, code: 'request.invalid' });
  });
});

describe('close', () => {
  it('lets a request in flight on a kept-alive connection finish, then ends without waiting for its client', async () => {
    const { http } = shell();
    const started = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    http.api(
      (app) =>
        void app.get('/work', { config: { right: 'read' } }, async () => {
          started.resolve();
          await release.promise;
          return { done: true };
        }),
    );
    const { port } = await http.listen();
    const agent = keepAlive();
    await get(port, '/metrics', agent);
    const answer = get(port, '/api/v1/work', agent);
    await started.promise;
    const closed = http.close();
    release.resolve();
    const { statusCode, body, headers } = await answer;
    expect([statusCode, JSON.parse(body), headers.connection]).toEqual([200, { done: true }, 'close']);
    await closed;
    expect(http.app.server.listening).toBe(false);
  });

  it('ends connections on which nothing is asked', async () => {
    const { http } = shell();
    const { port } = await http.listen();
    await get(port, '/metrics', keepAlive());
    const silent = connect(port, '127.0.0.1');
    sockets.push(silent);
    await once(silent, 'connect');
    const ended = once(silent.resume(), 'close');
    await http.close();
    await ended;
    await http.close();
    await expect(get(port, '/metrics', keepAlive())).rejects.toThrow(/ECONNREFUSED/);
  });

  it('cuts what does not end within its limit', async () => {
    const { http } = shell({}, { close: 50, handler: 60_000 });
    const started = Promise.withResolvers<void>();
    http.api(
      (app) =>
        void app.get('/stuck', { config: { right: 'read' } }, () => {
          started.resolve();
          return new Promise(() => {});
        }),
    );
    const { port } = await http.listen();
    const answer = get(port, '/api/v1/stuck', keepAlive());
    const failed = expect(answer).rejects.toThrow(/ECONNRESET|hang up/);
    await started.promise;
    await http.close();
    await failed;
  });

  it('ends connections that have not finished their TLS handshake', async () => {
    const { http } = shell(tlsFiles, { close: 50 });
    const { port } = await http.listen();
    const silent = connect(port, '127.0.0.1');
    sockets.push(silent);
    await once(silent, 'connect');
    const ended = once(silent.resume(), 'close');
    await http.close();
    await ended;
  });

  it('works before it ever listened', async () => {
    await shell().http.close();
  });
});

describe('listen', () => {
  it('says which port could not be had', async () => {
    const { port } = await shell().http.listen();
    await expect(shell({ HTTP_PORT: port }).http.listen()).rejects.toMatchObject({
      code: 'http.listen-failed',
      message: expect.stringContaining(String(port)),
    });
  });
});

describe('TLS', () => {
  it('serves with the given certificate', async () => {
    const { http } = shell(tlsFiles);
    const { port } = await http.listen();
    const body = await new Promise<string>((resolve, reject) => {
      const options = { host: '127.0.0.1', port, path: '/health/live', ca: testTls.authority, agent: false };
      httpsGet(options, (answer) => void text(answer).then(resolve, reject)).on('error', reject);
    });
    expect(JSON.parse(body)).toEqual({ live: true });
  });

  it('refuses clients that speak TLS 1.1 only', async () => {
    const { http } = shell(tlsFiles);
    const { port } = await http.listen();
    const failure = await new Promise<Error>((resolve, reject) => {
      const options = { host: '127.0.0.1', port, ca: testTls.authority, ciphers: 'DEFAULT@SECLEVEL=0' };
      const socket = tlsConnect({ ...options, minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' });
      sockets.push(socket);
      socket.on('error', resolve).on('secureConnect', () => reject(new Error('connected')));
    });
    expect(failure.message).toMatch(/version|alert|protocol/i);
  });
});
