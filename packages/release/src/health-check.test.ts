/** The health check of the images against real servers, with and without TLS. */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from '@exec/engage-link/testing';
import { expect, it, onTestFinished } from 'vitest';
import { isLive } from './health-check.ts';

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return String((server.address() as AddressInfo).port);
}

const live: RequestListener = (request, response) => {
  response.statusCode = request.url === '/health/live' ? 200 : 404;
  response.end('{}');
};

it.each(['', '0.0.0.0', '::', '127.0.0.1'])('a service on "%s" that answers lives', async (HTTP_HOST) => {
  const HTTP_PORT = await listening(createServer(live));
  // One answer may be too late for it on a busy machine.
  await expect.poll(() => isLive({ HTTP_PORT, HTTP_HOST })).toBe(true);
});

it('an answer other than 200, no answer, and no port are not alive', async () => {
  const port = await listening(createServer((_request, response) => void response.writeHead(503).end()));
  expect(await isLive({ HTTP_PORT: port })).toBe(false);
  const cut = await listening(createServer((request) => void request.socket.destroy()));
  expect(await isLive({ HTTP_PORT: cut })).toBe(false);
  expect(await isLive({})).toBe(false);
  expect(await isLive({ HTTP_PORT: '1' })).toBe(false);
});

it('over TLS it trusts the certificate of the service and no other', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'exec-health-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const authority = makeCertificate({ name: 'Authority' });
  const issuer = { name: 'Authority', key: authority.key };
  const own = makeCertificate({ name: 'excs.example.com', hosts: ['excs.example.com'], issuer });
  const other = makeCertificate({ name: 'excs.example.com', hosts: ['excs.example.com'], issuer });
  await writeFile(join(folder, 'own.pem'), own.cert);
  await writeFile(join(folder, 'other.pem'), other.cert);
  const port = await listening(createSecureServer({ cert: own.cert, key: own.key }, live));
  await expect.poll(() => isLive({ HTTP_PORT: port, TLS_CERT_FILE: join(folder, 'own.pem') })).toBe(true);
  expect(await isLive({ HTTP_PORT: port, TLS_CERT_FILE: join(folder, 'other.pem') })).toBe(false);
  expect(await isLive({ HTTP_PORT: port, TLS_CERT_FILE: join(folder, 'missing.pem') })).toBe(false);
  expect(await isLive({ HTTP_PORT: port })).toBe(false);
});
