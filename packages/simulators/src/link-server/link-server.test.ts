import { Server } from 'node:net';
import { FakeClock } from '@exec/common/testing';
import { makeCertificate } from '@exec/engage-link/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LinkServer } from './link-server.ts';
import type { LinkServerOptions } from './options.ts';
import { RawClient } from './testing/raw-client.ts';

/** Waits for a condition; only a test that fails takes that long. */
const eventually = <Value>(value: () => Value) => expect.poll(value, { timeout: 20_000 });

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** A server that answers every request with an echo. */
async function serve(o: Partial<LinkServerOptions> = {}): Promise<{ server: LinkServer; clock: FakeClock }> {
  const clock = new FakeClock();
  const server: LinkServer = new LinkServer({ clock, ...o }, 'Primary', {
    registered: () => undefined,
    request: (connection, frame) => connection.send('EventEcho', frame.attributes),
    closed: () => undefined,
  });
  await server.listen();
  open.push(() => server.unlisten());
  return { server, clock };
}

async function connect(server: LinkServer): Promise<RawClient> {
  const client = await RawClient.connect(server.address);
  open.push(() => client.close());
  return client;
}

async function registered(server: LinkServer): Promise<RawClient> {
  const client = await RawClient.registered(server.address);
  open.push(() => client.close());
  return client;
}

describe('opening', () => {
  it('tells the role, the protocol and the start of the server', async () => {
    const { server, clock } = await serve();
    const client = await connect(server);
    client.register({ ReferenceID: 42 });
    expect((await client.next('EventServerConnected')).attributes).toEqual({
      ReferenceID: 42,
      ProtocolVersion: 'engage-link/1',
      ServerRole: 'Primary',
      ServerStartTime: clock.now() / 1000,
    });
  });

  it.each([
    ['another first frame', { message: 'RequestQueryServer', attributes: { ReferenceID: 3 } }, 3],
    [
      'another protocol',
      {
        message: 'RequestRegisterClient',
        attributes: { ReferenceID: 4, ProtocolVersion: 'engage-link/2', ApplicationName: 'a' },
      },
      4,
    ],
    [
      'no name',
      { message: 'RequestRegisterClient', attributes: { ReferenceID: 5, ProtocolVersion: 'engage-link/1' } },
      5,
    ],
  ])('refuses %s and ends the connection', async (_what, frame, ReferenceID) => {
    const { server } = await serve();
    const client = await connect(server);
    client.send(frame.message, frame.attributes);
    const { attributes } = await client.next('EventError');
    expect(attributes).toMatchObject({
      ReferenceID,
      ErrorCode: expect.any(Number),
      ErrorMessage: expect.any(String),
    });
    await client.ended();
  });

  it('demands the password it was given', async () => {
    const { server } = await serve({ password: 'right' });
    const wrong = await connect(server);
    wrong.register({ ApplicationPassword: 'wrong' });
    await wrong.next('EventError');
    await wrong.ended();
    const right = await connect(server);
    right.register({ ApplicationPassword: 'right' });
    await right.next('EventServerConnected');
  });

  it('breaks a connection that does not register in time', async () => {
    const { server, clock } = await serve({ keepAliveMs: 60_000 });
    const client = await connect(server);
    const other = await registered(server);
    await clock.advance(10_000);
    await client.ended();
    expect((await other.ask('RequestX', { ReferenceID: 2 }, 'EventEcho')).attributes).toEqual({
      ReferenceID: 2,
    });
  });

  it('may use TLS, with certificates on both sides', async () => {
    const authority = makeCertificate({ name: 'authority' });
    const issuer = { name: 'authority', key: authority.key };
    const own = makeCertificate({ name: 'server', hosts: ['127.0.0.1'], issuer });
    const theirs = makeCertificate({ name: 'client', issuer });
    const { server } = await serve({ tls: { ...own, ca: authority.cert } });
    expect(server.address.tls).toBe(true);
    const client = await RawClient.connect(server.address, { ca: authority.cert, ...theirs });
    open.push(() => client.close());
    client.register();
    await client.next('EventServerConnected');
    const stranger = await RawClient.connect(server.address, { ca: authority.cert });
    await stranger.ended();
  });
});

describe('frames', () => {
  it('are understood byte by byte, and several at once', async () => {
    const { server } = await serve();
    const client = await registered(server);
    const line = Buffer.from('{"message":"RequestÜ","attributes":{"ReferenceID":7}}\r\n', 'utf8');
    for (const byte of line) client.socket.write(Uint8Array.of(byte));
    client.socket.write(Buffer.concat([line, line]));
    for (let n = 0; n < 3; n++)
      expect((await client.next('EventEcho')).attributes).toEqual({ ReferenceID: 7 });
  });

  it.each([
    ['no JSON', 'hello\n'],
    ['no object', '[]\n'],
    ['no attributes', '{"message":"RequestX"}\n'],
  ])('with %s end the connection and are counted', async (_what, line) => {
    const { server } = await serve();
    const client = await registered(server);
    client.socket.write(line);
    await client.ended();
    expect(server.protocolErrors).toBe(1);
    expect(server.clients.size).toBe(0);
  });

  it('that are no requests, and a second registration, are refused', async () => {
    const { server } = await serve();
    const client = await registered(server);
    client.send('Hello', { ReferenceID: 2 });
    client.register({ ReferenceID: 3 });
    expect((await client.next('EventError')).attributes.ReferenceID).toBe(2);
    expect((await client.next('EventError')).attributes.ReferenceID).toBe(3);
  });

  it('are recorded in both directions, the newest ones', async () => {
    const { server } = await serve({ recordedFrames: 4 });
    const client = await registered(server);
    for (let n = 2; n < 20; n++) await client.ask('RequestX', { ReferenceID: n }, 'EventEcho');
    const { frames } = server.recorder;
    expect(frames.length).toBeLessThanOrEqual(8);
    expect(frames.at(-1)).toEqual({
      connection: 1,
      direction: 'sent',
      frame: { message: 'EventEcho', attributes: { ReferenceID: 19 } },
    });
    expect(server.recorder.received('RequestX').at(-1)?.attributes).toEqual({ ReferenceID: 19 });
    server.recorder.clear();
    expect(server.recorder.frames).toEqual([]);
  });
});

describe('keep-alive', () => {
  it('is answered at any time, also before the registration', async () => {
    const { server } = await serve();
    const client = await connect(server);
    client.send('KeepAliveRequest');
    await client.next('KeepAliveResponse');
  });

  it('is asked after an interval of silence; a further one ends the connection', async () => {
    const { server, clock } = await serve({ keepAliveMs: 1000 });
    const client = await registered(server);
    await clock.advance(2000);
    await client.next('KeepAliveRequest');
    await clock.advance(1000);
    await client.ended();
  });

  it('lets a client live that answers', async () => {
    const { server, clock } = await serve({ keepAliveMs: 1000 });
    const client = await registered(server);
    for (let n = 0; n < 5; n++) {
      await clock.advance(2000);
      await client.next('KeepAliveRequest');
      client.send('KeepAliveResponse');
      // The echo shows that the answer before it has been read.
      await client.ask('RequestX', { ReferenceID: 2 + n }, 'EventEcho');
    }
    expect(server.clients.size).toBe(1);
  });
});

describe('faults on command', () => {
  it('late frames keep their order', async () => {
    const { server, clock } = await serve();
    const client = await registered(server);
    const delays = [500, 0, 1500];
    server.delayClients(() => () => delays.shift() ?? 0);
    const [connection] = server.clients;
    for (let n = 1; n <= 3; n++) connection?.send('EventEcho', { n });
    await clock.advance(499);
    expect(client.frames).toEqual([]);
    await clock.advance(1);
    expect((await client.next('EventEcho')).attributes.n).toBe(1);
    expect((await client.next('EventEcho')).attributes.n).toBe(2);
    await clock.advance(1000);
    expect((await client.next('EventEcho')).attributes.n).toBe(3);
  });

  it('also a client that comes later is late', async () => {
    const { server, clock } = await serve();
    server.delayClients((connection) => connection.number * 100);
    const client = await connect(server);
    client.register();
    await eventually(() => server.clients.size).toBe(1);
    await clock.advance(100);
    await client.next('EventServerConnected');
  });

  it('silence: connections stay, answers do not come', async () => {
    const { server } = await serve();
    const client = await registered(server);
    server.silence(true);
    client.send('RequestX', { ReferenceID: 2 });
    await eventually(() => server.recorder.received('RequestX')).toHaveLength(1);
    server.silence(false);
    expect((await client.ask('RequestX', { ReferenceID: 3 }, 'EventEcho')).attributes).toEqual({
      ReferenceID: 3,
    });
    expect(client.frames).toEqual([]);
  });

  it('raw bytes reach the client as they are', async () => {
    const { server } = await serve();
    const client = await registered(server);
    const [connection] = server.clients;
    connection?.sendRaw(Buffer.from('{"message":"Odd","attributes":{}}\n'));
    await client.next('Odd');
  });

  it('dropped connections may return; while nothing listens none can', async () => {
    const { server } = await serve();
    const first = await registered(server);
    server.dropConnections();
    await first.ended();
    const second = await registered(server);
    const { port } = server.address;
    await server.unlisten();
    await second.ended();
    await expect(RawClient.connect(server.address)).rejects.toThrow(/ECONNREFUSED/);
    await server.listen();
    expect(server.address.port).toBe(port);
    await registered(server);
  });

  it('waits for its own port when somebody got it meanwhile, and for no other', async () => {
    const { server } = await serve();
    const { port } = server.address;
    const { server: other } = await serve();
    await other.unlisten();
    await expect(other.listen(port)).rejects.toThrow(/EADDRINUSE/);
    await server.unlisten();
    const tries = vi.spyOn(Server.prototype, 'listen').mockImplementationOnce(function (this: Server) {
      const taken = Object.assign(new Error('somebody has it'), { code: 'EADDRINUSE' });
      setImmediate(() => this.emit('error', taken));
      return this;
    });
    open.push(() => tries.mockRestore());
    await server.listen();
    expect(tries.mock.calls.length).toBeGreaterThan(1);
    expect(server.address.port).toBe(port);
  });
});
