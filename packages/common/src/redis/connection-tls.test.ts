/** TLS to Redis: the server must show a certificate that the authority file vouches for. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { testRedis } from '@exec/testing/vitest';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { Secret } from '../config/secret.ts';
import { silentLogger } from '../logging/logging.ts';
import { testTls } from '../testing/index.ts';
import { RedisConnection } from './connection.ts';

const { url } = testRedis();
const folder = mkdtempSync(join(tmpdir(), 'redis-tls-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const caFile = file('authority.pem', testTls.authority);
const strangerFile = file('stranger.pem', testTls.strangerAuthority);

const opened: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

/** What the clients of the TLS end have asked for. */
const serverNames: unknown[] = [];

/** A TLS end in front of the shared Redis. */
async function terminate(cert: string, maxVersion: 'TLSv1.1' | 'TLSv1.3' = 'TLSv1.3'): Promise<string> {
  const target = new URL(url);
  const sockets = new Set<{ destroy(): void }>();
  const versions = maxVersion === 'TLSv1.1' ? { minVersion: maxVersion, ciphers: 'DEFAULT@SECLEVEL=0' } : {};
  const server: Server = createServer({ cert, key: testTls.key, maxVersion, ...versions }, (socket) => {
    serverNames.push((socket as { servername?: unknown }).servername);
    const inner = connect(Number(target.port), target.hostname);
    sockets.add(socket).add(inner);
    socket.on('error', () => inner.destroy());
    inner.on('error', () => socket.destroy());
    socket.pipe(inner).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `rediss://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function open(address: string, caFile?: string): RedisConnection {
  const redis = RedisConnection.open({ url: new Secret(address), caFile, name: 'tls', logger: silentLogger });
  opened.push(() => redis.close());
  return redis;
}

/** What is said about the first attempt that failed. */
function firstFailure(redis: RedisConnection): Promise<string> {
  return new Promise((resolve) => {
    const stop = redis.onState(() => {
      stop();
      resolve(redis.detail);
    });
  });
}

describe('rediss://', () => {
  it('connects when the authority vouches for the server', async () => {
    const redis = open(await terminate(testTls.certificate), caFile);
    await redis.ready();
    expect(await redis.client.ping()).toBe('PONG');
  });

  it.each<[string, () => Promise<string>, string | undefined, RegExp]>([
    ['a stranger vouches', () => terminate(testTls.certificate), strangerFile, /certificate|issuer/i],
    ['nobody known vouches', () => terminate(testTls.certificate), undefined, /certificate|issuer/i],
    ['the certificate has expired', () => terminate(testTls.expiredCertificate), caFile, /expired/i],
    [
      'the certificate is for another host',
      () => terminate(testTls.wrongNameCertificate),
      caFile,
      /altnames|IP/i,
    ],
    [
      'the server speaks TLS 1.1 only',
      () => terminate(testTls.certificate, 'TLSv1.1'),
      caFile,
      /version|alert/i,
    ],
    ['the server speaks no TLS', async () => url.replace('redis://', 'rediss://'), caFile, /./],
  ])('refuses when %s, and says so', async (_, address, ca, detail) => {
    const redis = open(await address(), ca);
    expect(await firstFailure(redis)).toMatch(detail);
    expect(redis.up).toBe(false);
  });

  it('names the server it asks for, as a proxy in front of several needs; an address has no name', async () => {
    const address = await terminate(testTls.certificate);
    for (const [host, name] of [
      ['localhost', 'localhost'],
      ['127.0.0.1', false],
    ] as const) {
      const redis = open(address.replace('127.0.0.1', host), caFile);
      await redis.ready();
      expect(serverNames.at(-1)).toBe(name);
      expect(await redis.aside().ping()).toBe('PONG');
      expect(serverNames.at(-1)).toBe(name);
    }
  });
});
