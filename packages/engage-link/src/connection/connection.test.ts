import { Secret } from '@exec/common/config';
import { silentLogger } from '@exec/common/logging';
import { FakeClock } from '@exec/common/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { defaultLimits, type LinkLimits } from '../options.ts';
import {
  accept,
  answer,
  keepAlive,
  LinkServer,
  type PeerConnection,
  Recorder,
  readableMetrics,
  refuse,
} from '../testing/index.ts';
import { encodeFrame, type Frame, type ServerConnected } from '../wire/index.ts';
import { LinkConnection } from './connection.ts';
import type { ConnectionState, Ending } from './connection-state.ts';

type News =
  | { readonly type: 'opened'; readonly answer: ServerConnected }
  | { readonly type: 'frame'; readonly frame: Frame }
  | { readonly type: 'closed'; readonly ending: Ending };

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function startServer(options: Parameters<typeof LinkServer.start>[0] = {}): Promise<LinkServer> {
  const server = await LinkServer.start(options);
  closing.push(() => server.close());
  return server;
}

function dial(
  server: LinkServer,
  options: { limits?: Partial<LinkLimits>; tls?: boolean; onFrame?: () => void } = {},
) {
  const clock = new FakeClock();
  const news = new Recorder<News>();
  const readable = readableMetrics();
  let referenceId = 0;
  const connection = new LinkConnection(
    {
      address: { ...server.address, tls: options.tls ?? server.address.tls },
      applicationName: 'excp',
      password: new Secret('hunter2'),
      tls: {},
      limits: { ...defaultLimits, ...options.limits },
      clock,
      logger: silentLogger,
      metrics: readable.metrics,
      nextReferenceId: () => ++referenceId,
    },
    {
      opened: (answer) => news.add({ type: 'opened', answer }),
      frame: (frame, _receivedAt, pending) => {
        news.add({ type: 'frame', frame });
        options.onFrame?.();
        pending?.resolve(frame);
      },
      closed: (ending) => news.add({ type: 'closed', ending }),
    },
  );
  closing.push(async () => {
    connection.close({ code: 'link.stopped', message: 'end of test' });
    await connection.gone;
  });
  connection.open();
  const opened = () => news.until((entry) => entry.type === 'opened');
  const frames = (count: number) => news.until((entry) => entry.type === 'frame', count);
  const closed = async () =>
    ((await news.until((entry) => entry.type === 'closed')) as { ending: Ending }).ending;
  return { connection, clock, news, opened, frames, closed, read: readable.read };
}

function query(connection: LinkConnection, referenceId: number): Promise<Frame> {
  const attributes = { ReferenceID: referenceId };
  return connection.request({ message: 'RequestQueryServer', attributes, answer: 'EventServerInfo' });
}

/** Brings a connection to a phase, with the server's end of it. */
async function reach(phase: Exclude<ConnectionState['phase'], 'closed'>) {
  const server = await startServer({ behaviours: phase === 'open' || phase === 'probing' ? [accept()] : [] });
  // A plain server says nothing to a TLS client: the handshake, and with it the dialling, does not end.
  const client = dial(server, { tls: phase === 'dialling' });
  let peer: PeerConnection | undefined;
  if (phase === 'dialling') await arrival(server);
  else peer = await server.connection();
  if (phase === 'registering') await peer?.next('RequestRegisterClient');
  if (phase === 'open' || phase === 'probing') await client.opened();
  if (phase === 'probing') {
    await client.clock.advance(10_000);
    await peer?.next('KeepAliveRequest');
  }
  expect(client.connection.phase).toBe(phase);
  return { ...client, server, peer: peer ?? (server.connections[0] as PeerConnection) };
}

async function arrival(server: LinkServer): Promise<void> {
  await server.connection();
}

describe('opening', () => {
  it('registers with the first frame and is open with the answer', async () => {
    const server = await startServer({ behaviours: [accept({ serverStartTime: 1_234 })] });
    const { opened } = dial(server);
    const peer = await server.connection();
    expect(await peer.next()).toEqual({
      message: 'RequestRegisterClient',
      attributes: {
        ReferenceID: 1,
        ProtocolVersion: 'engage-link/1',
        ApplicationName: 'excp',
        ApplicationPassword: 'hunter2',
      },
    });
    expect(await opened()).toMatchObject({ answer: { ServerRole: 'Primary', ServerStartTime: 1_234 } });
  });

  it('reads a server that sends one byte at a time', async () => {
    const server = await startServer();
    const { frames, news } = dial(server);
    const peer = await server.connection();
    await peer.next('RequestRegisterClient');
    const opening = {
      ReferenceID: 1,
      ProtocolVersion: 'engage-link/1',
      ServerRole: 'Primary',
      ServerStartTime: 1,
    };
    const bytes = Buffer.concat([
      encodeFrame('EventServerConnected', opening),
      encodeFrame('EventLinkConnected', {}),
      encodeFrame('EventQueued', { ThisDN: 'VQ', note: 'Grüße' }),
    ]);
    for (const byte of bytes) {
      peer.write(Buffer.of(byte));
      await new Promise(setImmediate);
    }
    await frames(2);
    expect(news.entries.map((entry) => (entry.type === 'frame' ? entry.frame.message : entry.type))).toEqual([
      'opened',
      'EventLinkConnected',
      'EventQueued',
    ]);
  });

  it.each([
    ['link.registration-refused', refuse('RequestRegisterClient', 'who are you?')],
    [
      'link.version-unsupported',
      answer('RequestRegisterClient', (peer, frame) =>
        peer.send('EventServerConnected', {
          ReferenceID: frame.attributes.ReferenceID,
          ProtocolVersion: 'engage-link/2',
          ServerRole: 'Primary',
          ServerStartTime: 1,
        }),
      ),
    ],
    [
      'link.protocol',
      answer('RequestRegisterClient', (peer) => peer.write('HTTP/1.1 400 Bad Request\r\n\r\n')),
    ],
    [
      'link.tls-failed',
      answer('RequestRegisterClient', (peer) => peer.write(Buffer.of(0x15, 0x03, 0x03, 0, 2, 2, 70))),
    ],
    ['link.lost', answer('RequestRegisterClient', (peer) => peer.end())],
  ] as const)('ends with %s when the server answers so', async (code, behaviour) => {
    const server = await startServer({ behaviours: [behaviour] });
    const { closed } = dial(server);
    expect((await closed()).code).toBe(code);
  });

  it('drops what comes before the answer, and counts it', async () => {
    const server = await startServer({
      behaviours: [
        answer('RequestRegisterClient', (peer) => {
          peer.send('EventQueued', { ThisDN: 'VQ' });
          peer.send('EventServerConnected', { ReferenceID: 99 });
        }),
        accept(),
      ],
    });
    const { read, closed } = dial(server);
    expect((await closed()).code).toBe('link.answer-invalid');
    expect(await read('exec_engage_link_dropped_frames_total', { reason: 'not-registered' })).toBe(1);
  });

  it('cannot be reached: refused', async () => {
    const server = await LinkServer.start();
    await server.close();
    const { closed } = dial(server);
    expect((await closed()).code).toBe('link.connect-failed');
  });
});

describe('every way a connection can end', () => {
  const reachable = ['dialling', 'registering', 'open', 'probing'] as const;
  const timeouts = { dialling: 5_000, registering: 10_000, open: 20_000, probing: 10_000 };
  const causes = {
    'the server ends it': ({ peer }) => peer.end(),
    'the server resets it': ({ peer }) => peer.reset(),
    'the server sends garbage': ({ peer }) => peer.write('no frame\n'),
    'nothing comes in time': ({ clock, phase }) => clock.advance(timeouts[phase]),
    'the owner closes it': ({ connection }) => connection.close({ code: 'link.stopped', message: 'stop' }),
    'everything at once': async ({ peer, connection, clock, phase }) => {
      peer.write('no frame\n');
      peer.reset();
      connection.close({ code: 'link.stopped', message: 'stop' });
      await clock.advance(timeouts[phase]);
      connection.close({ code: 'link.stopped', message: 'stop again' });
    },
  } satisfies Record<
    string,
    (context: Awaited<ReturnType<typeof reach>> & { phase: (typeof reachable)[number] }) => unknown
  >;

  const ways = reachable.flatMap((phase) =>
    (Object.keys(causes) as (keyof typeof causes)[]).map((cause) => [phase, cause] as const),
  );

  it.each(ways)('%s, %s: told once, everything released', async (phase, cause) => {
    const context = await reach(phase);
    const { connection, clock, news, closed, peer } = context;
    const waiting =
      phase === 'open' ? query(connection, 7).catch((error: { code: string }) => error.code) : undefined;
    await causes[cause]({ ...context, phase });
    const ending = await closed();
    await connection.gone;
    await peer.closed;
    connection.close({ code: 'link.stopped', message: 'late' });
    await clock.advance(3_600_000);
    expect(news.entries.filter((entry) => entry.type === 'closed')).toHaveLength(1);
    expect(news.entries.at(-1)?.type).toBe('closed');
    expect(clock.pendingTimers).toBe(0);
    expect(connection.phase).toBe('closed');
    if (waiting !== undefined) expect([ending.code, 'link.request-timeout']).toContain(await waiting);
    await expect(query(connection, 8)).rejects.toMatchObject({ code: 'link.lost' });
  });

  it('a line that is too long', async () => {
    const { peer, closed, read } = await reach('open');
    peer.write(Buffer.alloc(1_048_578, 'x'));
    expect((await closed()).code).toBe('link.protocol');
    expect(await read('exec_engage_link_protocol_errors_total')).toBe(1);
  });

  it('a server that does not read', async () => {
    const server = await startServer({ behaviours: [accept()] });
    const limits = { writeBufferBytes: 65_536, outstandingRequests: 100_000 };
    const { connection, opened, closed } = dial(server, { limits });
    await opened();
    const peer = await server.connection();
    peer.stopReading();
    const padding = 'x'.repeat(500_000);
    for (let id = 2; connection.phase === 'open'; id++) {
      const attributes = { ReferenceID: id, padding };
      connection
        .request({ message: 'RequestQueryServer', attributes, answer: 'EventServerInfo' })
        .catch(() => {});
      await new Promise(setImmediate);
    }
    expect((await closed()).code).toBe('link.not-reading');
    await connection.gone;
  });

  it('a server that keeps its half open', async () => {
    const { connection, closed, peer } = await reach('open');
    peer.stopReading();
    connection.close({ code: 'link.stopped', message: 'stop' });
    expect((await closed()).code).toBe('link.stopped');
    await connection.gone;
  });
});

describe('keep-alive', () => {
  it('asks after ten seconds of silence and is content with any bytes', async () => {
    const { clock, peer, connection, frames } = await reach('open');
    await clock.advance(9_000);
    peer.send('EventQueued', { ThisDN: 'VQ' });
    await frames(1);
    await clock.advance(9_999);
    expect(peer.received.map((frame) => frame.message)).toEqual(['RequestRegisterClient']);
    await clock.advance(1);
    await peer.next('KeepAliveRequest');
    peer.send('EventQueued', { ThisDN: 'VQ' });
    await frames(2);
    expect(connection.phase).toBe('open');
    await clock.advance(10_000);
    await peer.next('KeepAliveRequest');
  });

  it('lives on for ever with a server that answers, with one timer', async () => {
    const { server, clock, peer, connection, read } = await reach('open');
    server.behaviours = [keepAlive];
    for (let round = 1; round <= 20; round++) {
      await clock.advance(10_000);
      await peer.next('KeepAliveRequest');
      while ((await read('exec_engage_link_frames_total', { message: 'KeepAliveResponse' })) !== round)
        await new Promise(setImmediate);
      expect(clock.pendingTimers).toBe(1);
    }
    expect(connection.phase).toBe('open');
  });

  it('answers the server, also before it is registered', async () => {
    for (const phase of ['registering', 'open'] as const) {
      const { peer } = await reach(phase);
      peer.send('KeepAliveRequest');
      await peer.next('KeepAliveResponse');
    }
  });
});

describe('requests', () => {
  it('stays in step when an answer comes after its request has failed', async () => {
    const { connection, clock, peer, news, frames } = await reach('open');
    const first = query(connection, 11).catch((error: { code: string }) => error.code);
    await peer.next('RequestQueryServer');
    await clock.advance(9_000);
    peer.send('KeepAliveResponse');
    await clock.advance(1_000);
    expect(await first).toBe('link.request-timeout');
    const second = query(connection, 12);
    await peer.next('RequestQueryServer');
    peer.sendTogether(
      { message: 'EventServerInfo', attributes: { ReferenceID: 11, late: true } },
      { message: 'EventQueued', attributes: { ThisDN: 'VQ' } },
      { message: 'EventServerInfo', attributes: { ReferenceID: 12 } },
    );
    expect((await second).attributes.ReferenceID).toBe(12);
    await frames(3);
    expect(
      news.entries.slice(1).map((entry) => (entry.type === 'frame' ? entry.frame.message : entry.type)),
    ).toEqual(['EventServerInfo', 'EventQueued', 'EventServerInfo']);
  });

  it('goes on when its owner throws', async () => {
    const server = await startServer({ behaviours: [accept({ linked: true })] });
    const { connection, frames } = dial(server, {
      onFrame: () => {
        throw new Error('fault of the owner');
      },
    });
    await frames(1);
    (await server.connection()).send('EventQueued', { ThisDN: 'VQ' });
    await frames(2);
    expect(connection.phase).toBe('open');
  });

  it('keeps reading while nobody takes what is told', async () => {
    const { peer, frames, connection } = await reach('open');
    const event = { message: 'EventQueued', attributes: { ThisDN: 'VQ', padding: 'x'.repeat(1_000) } };
    for (let n = 0; n < 20; n++) peer.sendTogether(...Array.from({ length: 500 }, () => event));
    await frames(10_000);
    expect(connection.phase).toBe('open');
  });
});
