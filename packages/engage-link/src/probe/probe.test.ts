import { createServer } from 'node:net';
import { systemClock } from '@exec/common/clock';
import { Secret } from '@exec/common/config';
import { FakeClock } from '@exec/common/testing';
import { afterEach, describe, expect, it } from 'vitest';
import {
  accept,
  answer,
  type Behaviour,
  keepAlive,
  LinkServer,
  makeCertificate,
  refuse,
  reply,
} from '../testing/index.ts';
import { dial, dialOver, type Handshake, handshake, Probe, type ProbeOptions } from './index.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function serve(...behaviours: readonly Behaviour[]): Promise<LinkServer> {
  const server = await LinkServer.start({ behaviours });
  closing.push(() => server.close());
  return server;
}

async function probeOf(server: LinkServer, options: Partial<ProbeOptions> = {}): Promise<Probe> {
  const stream = await dial(server.address, { clock: systemClock, limitMs: patience });
  const probe = new Probe(stream, { clock: systemClock, ...options });
  closing.push(() => probe.close());
  return probe;
}

const info = reply('RequestQueryServer', 'EventServerInfo', () => ({
  ServerRole: 'Primary',
  ServerVersion: '8.1.1',
  LinkConnected: true,
}));

/** What is not waited out has a limit against hanging only. */
const patience = 60_000;

async function shake(
  server: LinkServer,
  kind: 'sip' | 'stat' = 'sip',
  limitMs = patience,
): Promise<Handshake> {
  return shakeOver(await probeOf(server), kind, limitMs);
}

function shakeOver(probe: Probe, kind: 'sip' | 'stat', limitMs: number): Promise<Handshake> {
  return handshake(probe, {
    kind,
    tls: false,
    applicationName: 'excp',
    password: new Secret('canary'),
    limitMs,
  });
}

describe('a handshake', () => {
  it('says role, versions, start and link of a SIP Server', async () => {
    const server = await serve(accept({ linked: true }), info);
    expect(await shake(server)).toEqual({
      outcome: 'accepted',
      role: 'Primary',
      protocolVersion: 'engage-link/1',
      serverStartTime: 1_700_000_000,
      serverVersion: '8.1.1',
      linkConnected: true,
    });
    expect((await server.connection()).received[0]?.attributes).toMatchObject({
      ApplicationName: 'excp',
      ApplicationPassword: 'canary',
    });
  });

  it('of a backup waits for no link', async () => {
    const server = await serve(accept({ role: 'Backup' }), info);
    const shaken = await shake(server);
    expect(shaken).toMatchObject({ role: 'Backup', serverVersion: '8.1.1' });
    expect(shaken).not.toHaveProperty('linkConnected');
  });

  it('tells a server that is without its switch', async () => {
    const clock = new FakeClock();
    const registered = Promise.withResolvers<void>();
    const probe = await probeOf(await serve(accept(), info), { clock, onFrame: () => registered.resolve() });
    const shaken = shakeOver(probe, 'sip', patience);
    await registered.promise;
    await clock.advance(patience);
    expect(await shaken).toMatchObject({ role: 'Primary', linkConnected: false });
  });

  it('of a Stat Server ends with the role', async () => {
    expect(await shake(await serve(accept()), 'stat')).toMatchObject({
      outcome: 'accepted',
      role: 'Primary',
    });
  });

  it.each<[string, Behaviour, string, RegExp]>([
    [
      'refuses',
      refuse('RequestRegisterClient', 'no canary here'),
      'link.registration-refused',
      /code 40: no \[secret\] here/,
    ],
    [
      'refuses without saying what',
      answer('RequestRegisterClient', (to) => {
        to.send('EventError', { ErrorMessage: 'go away' });
        to.end();
      }),
      'link.registration-refused',
      /go away/,
    ],
    ['is silent', () => true, 'link.registration-timeout', /did not answer/],
    ['closes', answer('RequestRegisterClient', (to) => to.end()), 'link.lost', /closed the connection.*tls:/],
    [
      'speaks something else',
      answer('RequestRegisterClient', (to) => to.write('HTTP/1.1 400 Bad Request\r\n\r\n')),
      'link.protocol',
      /does not speak Engage Link: the line is not JSON/,
    ],
    [
      'has another version',
      reply('RequestRegisterClient', 'EventServerConnected', () => ({
        ProtocolVersion: 'engage-link/2',
        ServerRole: 'Primary',
        ServerStartTime: 1,
      })),
      'link.version-unsupported',
      /engage-link\/2/,
    ],
    [
      'has a role of its own',
      reply('RequestRegisterClient', 'EventServerConnected', () => ({
        ProtocolVersion: 'engage-link/1',
        ServerRole: 'Boss',
        ServerStartTime: 1,
      })),
      'link.answer-invalid',
      /ServerRole/,
    ],
  ])('with a peer that %s', async (_, behaviour, code, message) => {
    // Silence is waited out.
    const limitMs = code === 'link.registration-timeout' ? 200 : patience;
    const failed = await shake(await serve(behaviour), 'sip', limitMs);
    expect(failed).toMatchObject({
      outcome: 'failed',
      code,
      message: expect.stringMatching(message) as unknown,
    });
  });
});

describe('a probe', () => {
  it('keeps what came before it was asked for, and ends a wait', async () => {
    const probe = await probeOf(await serve(accept({ linked: true })));
    await probe.ask(
      'RequestRegisterClient',
      { ProtocolVersion: 'engage-link/1', ApplicationName: 'x' },
      patience,
    );
    expect((await probe.until(({ frame }) => frame.message === 'EventLinkConnected', patience)).kind).toBe(
      'frame',
    );
    expect(await probe.until(() => true, 1, probe.seen.length)).toEqual({ kind: 'none' });
  });

  it('answers keep-alive requests', async () => {
    const server = await serve();
    await probeOf(server);
    const peer = await server.connection();
    peer.send('KeepAliveRequest');
    expect((await peer.next()).message).toBe('KeepAliveResponse');
  });

  it('asks a silent peer, and ends when that is of no use', async () => {
    const server = await serve(keepAlive);
    const clock = new FakeClock();
    const probe = await probeOf(server, { clock, keepAliveMs: 10_000 });
    const peer = await server.connection();
    const answered = probe.until(() => true, 60_000);
    await clock.advance(10_001);
    expect(await answered).toMatchObject({ frame: { message: 'KeepAliveResponse' } });
    server.behaviours = [];
    await clock.advance(10_001);
    await peer.next();
    await clock.advance(10_001);
    expect(probe.ending).toMatchObject({ by: 'silent' });
  });

  it('has enough of a peer that does not stop', async () => {
    const server = await serve();
    const probe = await probeOf(server, { keep: 3 });
    const peer = await server.connection();
    for (let count = 0; count < 5; count++) peer.send('EventNoise');
    expect(await probe.ended(patience)).toMatchObject({ by: 'flood' });
    expect(probe.seen).toHaveLength(3);
  });

  it('ends at a line that is none, and says nothing of its content', async () => {
    const server = await serve();
    const probe = await probeOf(server);
    (await server.connection()).write('{"secret":\n');
    const ending = await probe.ended(patience);
    expect(ending).toMatchObject({
      by: 'protocol',
      detail: expect.stringMatching(/not JSON \(10 bytes/) as unknown,
    });
    expect(ending?.detail).not.toContain('"secret"');
  });

  it('knows TLS that it did not expect', async () => {
    const server = await serve();
    const probe = await probeOf(server);
    (await server.connection()).write(Buffer.of(0x15, 0x03, 0x01, 0, 2, 2, 70));
    expect(await probe.ended(patience)).toMatchObject({
      by: 'protocol',
      detail: expect.stringContaining('tls://') as unknown,
    });
  });
});

describe('dialling', () => {
  it('over a stream that stands speaks TLS to the name behind it', async () => {
    const certificate = makeCertificate({ name: 'server', hosts: ['127.0.0.1'] });
    const server = await LinkServer.start({ tls: certificate, behaviours: [accept()] });
    closing.push(() => server.close());
    const options = { clock: systemClock, limitMs: patience };
    const open = async (ca?: string) => {
      const way = await dial({ ...server.address, tls: false }, options);
      return dialOver(way, server.address, ca === undefined ? {} : { ca: Buffer.from(ca) }, options);
    };
    const probe = new Probe(await open(certificate.cert), { clock: systemClock });
    closing.push(() => probe.close());
    const asked = { kind: 'stat', tls: true, applicationName: 'x', limitMs: patience } as const;
    expect(await handshake(probe, asked)).toMatchObject({ role: 'Primary' });
    await expect(open()).rejects.toMatchObject({ code: 'link.tls-failed' });
  });

  it('ends at a peer that takes the connection and says nothing in TLS', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    closing.push(() => silent.close());
    silent.on('connection', (socket) => closing.push(() => socket.destroy()));
    const { port } = silent.address() as { port: number };
    await expect(
      dial({ host: '127.0.0.1', port, tls: true }, { clock: systemClock, limitMs: 50 }),
    ).rejects.toMatchObject({ code: 'link.connect-timeout' });
  });

  it('says that nobody listens', async () => {
    const server = await serve();
    await server.close();
    await expect(dial(server.address, { clock: systemClock, limitMs: patience })).rejects.toMatchObject({
      code: 'link.connect-failed',
    });
  });
});
