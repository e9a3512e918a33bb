import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsOptions } from 'node:tls';
import { silentLogger } from '@exec/common/logging';
import { FakeClock } from '@exec/common/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { defaultLimits, type LinkTls } from '../options.ts';
import { accept, LinkServer, makeCertificate, readableMetrics } from '../testing/index.ts';
import { LinkConnection } from './connection.ts';
import type { Ending } from './connection-state.ts';

const authority = {
  name: 'Authority of the bridge',
  ...makeCertificate({ name: 'Authority of the bridge' }),
};
const stranger = { name: 'Somebody else', ...makeCertificate({ name: 'Somebody else' }) };
const good = makeCertificate({ name: 'bridge', hosts: ['127.0.0.1'], issuer: authority });
const client = makeCertificate({ name: 'excp', issuer: authority });

let folder: string;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'engage-link-'));
  const files = {
    'ca.pem': authority.cert,
    'client.pem': client.cert,
    'client.key': client.key,
    'empty.pem': 'nothing',
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
});

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** How the dialling ends: `open`, or why not. */
async function outcome(
  server: TlsOptions | undefined,
  tls: LinkTls,
  dialTls = true,
): Promise<'open' | Ending> {
  const listener = await LinkServer.start({
    behaviours: [accept()],
    ...(server === undefined ? {} : { tls: server }),
  });
  closing.push(() => listener.close());
  return await new Promise((resolve) => {
    const connection = new LinkConnection(
      {
        address: { ...listener.address, tls: dialTls },
        applicationName: 'excp',
        password: undefined,
        tls,
        limits: defaultLimits,
        clock: new FakeClock(),
        logger: silentLogger,
        metrics: readableMetrics().metrics,
        nextReferenceId: () => 1,
      },
      { opened: () => resolve('open'), frame: () => {}, closed: resolve },
    );
    closing.push(async () => {
      connection.close({ code: 'link.stopped', message: 'end of test' });
      await connection.gone;
    });
    connection.open();
  });
}

const file = (name: string) => join(folder, name);

describe('TLS', () => {
  it('connects to a server that our authority vouches for', async () => {
    expect(await outcome(good, { caFile: file('ca.pem') })).toBe('open');
  });

  it('shows its certificate to a server that asks for one', async () => {
    const strict = { ...good, requestCert: true, ca: authority.cert };
    const tls = { caFile: file('ca.pem'), certFile: file('client.pem'), keyFile: file('client.key') };
    expect(await outcome(strict, tls)).toBe('open');
    expect(await outcome(strict, { caFile: file('ca.pem') })).not.toBe('open');
  });

  it.each([
    ['signed by a stranger', makeCertificate({ name: 'bridge', hosts: ['127.0.0.1'], issuer: stranger })],
    ['signed by itself', makeCertificate({ name: 'bridge', hosts: ['127.0.0.1'] })],
    [
      'for another name',
      makeCertificate({ name: 'bridge', hosts: ['bridge.example.com'], issuer: authority }),
    ],
    [
      'expired',
      makeCertificate({
        name: 'bridge',
        hosts: ['127.0.0.1'],
        issuer: authority,
        notAfter: new Date(Date.now() - 86_400_000),
      }),
    ],
  ])('refuses a certificate %s', async (_fault, certificate) => {
    const ending = await outcome(certificate, { caFile: file('ca.pem') });
    expect(ending).toMatchObject({ code: 'link.tls-failed' });
  });

  it('refuses a server without our authority, and one that offers only TLS 1.1', async () => {
    expect(await outcome(good, {})).toMatchObject({ code: 'link.tls-failed' });
    const old: TlsOptions = { ...good, minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' };
    expect(await outcome(old, { caFile: file('ca.pem') })).toMatchObject({ code: 'link.tls-failed' });
  });

  it.each([
    ['absent.pem', /absent\.pem/],
    ['empty.pem', /./],
  ])('names the file that cannot be used: %s', async (name, expected) => {
    const ending = await outcome(good, { caFile: file('ca.pem'), certFile: file(name), keyFile: file(name) });
    expect(ending).toMatchObject({ code: 'link.tls-failed', message: expect.stringMatching(expected) });
  });

  it('hints at TLS when a server hangs up on a client that speaks none', async () => {
    const ending = await outcome(good, {}, false);
    expect(ending).toMatchObject({ message: expect.stringContaining('tls://') });
  });
});
