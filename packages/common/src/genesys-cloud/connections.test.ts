/** TLS with own authorities, and the way through a proxy. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../config/secret.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { testTls } from '../testing/test-tls.ts';
import { type ConnectionOptions, openConnections } from './connections.ts';
import { CloudStub } from './testing/cloud-stub.ts';
import { type HttpAnswer, Transport, TransportFault } from './transport.ts';

let folder: string;
const ends: (() => Promise<unknown>)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'exec-cloud-'));
});

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  rmSync(folder, { recursive: true });
});

function caFile(pem: string): string {
  const file = join(folder, 'ca.pem');
  writeFileSync(file, pem);
  return file;
}

async function tlsStub(cert: string = testTls.certificate): Promise<CloudStub> {
  const stub = await CloudStub.start({ cert, key: testTls.key });
  ends.push(() => stub.close());
  return stub;
}

function get(url: string, options: Partial<ConnectionOptions>): Promise<HttpAnswer> {
  const connections = openConnections({ connections: 2, timeoutMs: 10_000, ...options });
  const transport = new Transport(connections, new FakeClock());
  ends.push(() => transport.close());
  return transport.send({ url: new URL('/api/v2/x', url), method: 'GET', headers: {}, timeoutMs: 10_000 });
}

async function fault(sending: Promise<unknown>): Promise<TransportFault> {
  const error = await sending.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(TransportFault);
  return error as TransportFault;
}

interface TestProxy {
  readonly url: string;
  readonly tunnels: string[];
  readonly authorizations: (string | undefined)[];
}

/** A proxy that opens tunnels, or answers all with a status. */
async function proxy(status = 200): Promise<TestProxy> {
  const tunnels: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((_, response) => response.writeHead(501).end());
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.on('connect', (request, client: Socket) => {
    tunnels.push(request.url ?? '');
    authorizations.push(request.headers['proxy-authorization']);
    if (status !== 200) {
      client.end(`HTTP/1.1 ${status} No\r\n\r\n`);
      return;
    }
    const [host, port] = (request.url ?? '').split(':');
    const target = connect(Number(port), host);
    sockets.add(target);
    target.on('error', () => client.destroy());
    target.on('connect', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      target.pipe(client).pipe(target);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, tunnels, authorizations };
}

describe('TLS', () => {
  it('accepts a server that the own authority has signed', async () => {
    const stub = await tlsStub();
    expect((await get(stub.url, { caFile: caFile(testTls.authority) })).status).toBe(200);
  });

  it('refuses it without that authority, before anything is sent', async () => {
    const stub = await tlsStub();
    const error = await fault(get(stub.url, {}));
    expect(error.kind).toBe('not-sent');
    expect(error.message).toMatch(/certificate/i);
    expect(stub.requests).toHaveLength(0);
  });

  it.each([
    ['another authority', testTls.certificate, testTls.strangerAuthority],
    ['an expired certificate', testTls.expiredCertificate, testTls.authority],
    ['a certificate for another name', testTls.wrongNameCertificate, testTls.authority],
  ])('refuses %s', async (_, certificate, authority) => {
    const stub = await tlsStub(certificate);
    expect((await fault(get(stub.url, { caFile: caFile(authority) }))).kind).toBe('not-sent');
    expect(stub.requests).toHaveLength(0);
  });

  it('says which file with authorities cannot be read', () => {
    const options = { connections: 1, timeoutMs: 1, caFile: join(folder, 'none.pem') };
    expect(() => openConnections(options)).toThrow(/GENESYS_CLOUD_CA_FILE: .*none\.pem/);
  });
});

describe('the proxy', () => {
  it('carries https, with its password, and sees nothing of the content', async () => {
    const stub = await tlsStub();
    const via = await proxy();
    const url = new Secret(via.url.replace('http://', 'http://me:pass%2Fword@'));
    const answer = await get(stub.url, { caFile: caFile(testTls.authority), proxy: { url } });
    expect(answer.status).toBe(200);
    expect(via.tunnels).toEqual([`127.0.0.1:${stub.port}`]);
    expect(via.authorizations).toEqual([`Basic ${Buffer.from('me:pass/word').toString('base64')}`]);
    expect(stub.requests[0]?.headers['proxy-authorization']).toBeUndefined();
  });

  it('checks certificates through the proxy too', async () => {
    const stub = await tlsStub();
    const via = await proxy();
    const error = await fault(get(stub.url, { proxy: { url: new Secret(via.url) } }));
    expect(error.kind).toBe('not-sent');
    expect(via.tunnels).toHaveLength(1);
    expect(stub.requests).toHaveLength(0);
  });

  it('is left out for the exceptions and for http', async () => {
    const stub = await tlsStub();
    const plain = await CloudStub.start();
    ends.push(() => plain.close());
    const via = await proxy();
    const url = new Secret(via.url);
    const authority = caFile(testTls.authority);
    await get(stub.url, { caFile: authority, proxy: { url, except: 'example.com, 127.0.0.1' } });
    await get(plain.url, { caFile: authority, proxy: { url } });
    expect(via.tunnels).toHaveLength(0);
  });

  it.each([407, 403, 502])('that answers %i leads to a clear fault without its password', async (status) => {
    const stub = await tlsStub();
    const via = await proxy(status);
    const url = new Secret(via.url.replace('http://', 'http://me:canary-pass@'));
    const error = await fault(get(stub.url, { caFile: caFile(testTls.authority), proxy: { url } }));
    expect(error.kind).toBe('not-sent');
    expect(error.message).toContain(String(status));
    expect(`${error.message} ${error.stack}`).not.toContain('canary-pass');
  });

  it('that cannot be reached leads to a fault', async () => {
    const stub = await tlsStub();
    const error = await fault(get(stub.url, { proxy: { url: new Secret('http://127.0.0.1:1') } }));
    expect(error.kind).toBe('not-sent');
    expect(error.message).toContain('ECONNREFUSED');
  });

  it('must be an address; the message does not show it', () => {
    const open = () =>
      openConnections({ connections: 1, timeoutMs: 1, proxy: { url: new Secret('canary-pass no address') } });
    expect(open).toThrow(/HTTPS_PROXY/);
    expect(open).not.toThrow(/canary-pass/);
  });
});
