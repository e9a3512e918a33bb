/** Each fault on real sockets, with a clock that stands still between its timers. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FaultProxy, type FaultProxyOptions } from './fault-proxy.ts';
import { ManualClock } from './testing/manual-clock.ts';
import type { Toxic } from './toxics.ts';

let server: Server;
let accepted: Socket[];
let ends: (() => void | Promise<void>)[];

beforeEach(async () => {
  accepted = [];
  ends = [];
  server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    accepted.push(socket);
    server.emit('accepted');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  for (const end of ends.reverse()) await end();
  for (const socket of accepted) socket.destroy();
  server.close();
});

async function startProxy(options: Partial<FaultProxyOptions> = {}): Promise<FaultProxy> {
  const { port } = server.address() as AddressInfo;
  const proxy = await FaultProxy.start({ target: `127.0.0.1:${port}`, ...options });
  ends.push(() => proxy.close());
  return proxy;
}

/** A client through the proxy, and the server's end of its connection. */
async function open(proxy: FaultProxy): Promise<{ client: Socket; peer: Socket }> {
  const arrived = once(server, 'accepted');
  const client = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true });
  client.on('error', () => {});
  ends.push(() => void client.destroy());
  await once(client, 'connect');
  await arrived;
  return { client, peer: accepted.at(-1) as Socket };
}

async function receive(socket: Socket, bytes: number): Promise<string> {
  let text = '';
  while (text.length < bytes) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    text += chunk.toString();
  }
  return text;
}

/** The other side has ended this socket, in whatever manner. */
function over(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readableEnded || socket.destroyed) resolve();
    socket.once('end', resolve).once('close', () => resolve());
    socket.resume();
  });
}

describe('without faults', () => {
  it('passes data and the end of each direction', async () => {
    const { client, peer } = await open(await startProxy());
    client.end('question');
    const ended = once(peer, 'end');
    expect(await receive(peer, 8)).toBe('question');
    await ended;
    peer.end('answer');
    expect(await receive(client, 6)).toBe('answer');
    await Promise.all([over(client), over(peer)]);
  });

  it('passes more than it may hold, without losing a byte', async () => {
    const { client, peer } = await open(await startProxy());
    const size = 8 * 1024 * 1024;
    client.end(Buffer.alloc(size, 'x'));
    let got = 0;
    for await (const chunk of peer) got += (chunk as Buffer).length;
    expect(got).toBe(size);
  });

  it('counts connections, and leads URLs through itself', async () => {
    const proxy = await startProxy();
    const first = await open(proxy);
    await open(proxy);
    expect([proxy.connections, proxy.accepted]).toEqual([2, 2]);
    first.client.destroy();
    first.peer.destroy();
    await expect.poll(() => proxy.connections).toBe(1);
    expect(proxy.through('redis://u:p@10.0.0.1:6379/2')).toBe(`redis://u:p@127.0.0.1:${proxy.port}/2`);
    expect(proxy.address).toBe(`127.0.0.1:${proxy.port}`);
  });

  it('takes a target as URL, and refuses one without a port', async () => {
    const { port } = server.address() as AddressInfo;
    const { client, peer } = await open(await startProxy({ target: `redis://127.0.0.1:${port}/0` }));
    client.write('x');
    expect(await receive(peer, 1)).toBe('x');
    await expect(FaultProxy.start({ target: 'localhost' })).rejects.toThrow('needs a port');
  });

  it('resets a client when the server is away', async () => {
    const proxy = await startProxy({ target: '127.0.0.1:1' });
    const client = connect(proxy.port, '127.0.0.1');
    const [error] = (await once(client, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNRESET');
  });
});

describe('latency', () => {
  it('holds each piece back for its time, and not the next one on top', async () => {
    const clock = new ManualClock();
    const proxy = await startProxy({ clock });
    proxy.add({ type: 'latency', latencyMs: 100, direction: 'upstream' });
    const { client, peer } = await open(proxy);
    client.write('a');
    expect(await clock.fireNext()).toBe(100);
    expect(await receive(peer, 1)).toBe('a');
    peer.write('back');
    expect(await receive(client, 4)).toBe('back');
    expect(clock.waiting).toBe(0);
  });

  it('has the same jitter for the same seed', async () => {
    const waits = async (seed: number): Promise<number[]> => {
      const clock = new ManualClock();
      const proxy = await startProxy({ clock, seed });
      proxy.add({ type: 'latency', latencyMs: 100, jitterMs: 50, direction: 'upstream' });
      const { client, peer } = await open(proxy);
      const found: number[] = [];
      for (let count = 0; count < 5; count++) {
        client.write('x');
        found.push(await clock.fireNext());
        await receive(peer, 1);
      }
      return found;
    };
    const first = await waits(1);
    expect(await waits(1)).toEqual(first);
    expect(await waits(2)).not.toEqual(first);
    expect(new Set(first).size).toBe(5);
    for (const ms of first) expect(Math.abs(ms - 100)).toBeLessThanOrEqual(50);
  });
});

it('bandwidth lets data through in tenths of a second', async () => {
  const clock = new ManualClock();
  const proxy = await startProxy({ clock });
  proxy.add({ type: 'bandwidth', bytesPerSecond: 1_000, direction: 'upstream' });
  const { client, peer } = await open(proxy);
  client.write('x'.repeat(250));
  const waits: number[] = [];
  for (const bytes of [100, 100, 50]) {
    waits.push(Math.round(await clock.fireNext()));
    expect(await receive(peer, bytes)).toHaveLength(bytes);
  }
  expect(waits).toEqual([100, 100, 50]);
});

it('slicer cuts data into slices', async () => {
  const clock = new ManualClock();
  const proxy = await startProxy({ clock });
  proxy.add({ type: 'slicer', averageBytes: 4, variationBytes: 2, delayMs: 1, direction: 'upstream' });
  const { client, peer } = await open(proxy);
  client.write('abcdefghijklmnopqrstuvwxyz');
  const slices: string[] = [];
  while (slices.join('').length < 26) {
    slices.push(await receive(peer, 1));
    await clock.fireNext();
  }
  expect(slices.join('')).toBe('abcdefghijklmnopqrstuvwxyz');
  for (const slice of slices.slice(0, -1)) {
    expect(slice.length).toBeGreaterThanOrEqual(2);
    expect(slice.length).toBeLessThanOrEqual(6);
  }
});

it('limit_data lets exactly so much through, and closes', async () => {
  const proxy = await startProxy();
  proxy.add({ type: 'limit_data', bytes: 10, direction: 'upstream' });
  const { client, peer } = await open(proxy);
  client.write('1234567');
  client.write('890-too-much');
  let got = '';
  for await (const chunk of peer) got += (chunk as Buffer).toString();
  expect(got).toBe('1234567890');
  await over(client);
  expect(proxy.swallowed).toBe(9);
});

describe('timeout', () => {
  it('of 0 swallows until it is removed, and the connection stays', async () => {
    const proxy = await startProxy();
    const { client, peer } = await open(proxy);
    const remove = proxy.add({ type: 'timeout', timeoutMs: 0 });
    client.write('lost');
    await expect.poll(() => proxy.swallowed).toBe(4);
    remove();
    client.write('kept');
    expect(await receive(peer, 4)).toBe('kept');
  });

  it('closes after its time', async () => {
    const clock = new ManualClock();
    const proxy = await startProxy({ clock });
    proxy.add({ type: 'timeout', timeoutMs: 500, direction: 'downstream' });
    const { client, peer } = await open(proxy);
    expect(await clock.fireNext()).toBe(500);
    await Promise.all([over(client), over(peer)]);
  });

  it('does not close when it was removed before', async () => {
    const clock = new ManualClock();
    const proxy = await startProxy({ clock });
    proxy.add({ type: 'timeout', timeoutMs: 500 });
    await open(proxy);
    proxy.clear();
    expect(clock.waiting).toBe(0);
  });
});

it('reset_peer resets both ends', async () => {
  const clock = new ManualClock();
  const proxy = await startProxy({ clock });
  const { client, peer } = await open(proxy);
  const errors = Promise.all([once(client, 'error'), once(peer, 'error')]);
  proxy.add({ type: 'reset_peer', timeoutMs: 20, direction: 'upstream' });
  expect(await clock.fireNext()).toBe(20);
  for (const [error] of await errors) expect((error as NodeJS.ErrnoException).code).toBe('ECONNRESET');
});

it('slow_close passes the end on late', async () => {
  const clock = new ManualClock();
  const proxy = await startProxy({ clock });
  proxy.add({ type: 'slow_close', delayMs: 300, direction: 'upstream' });
  const { client, peer } = await open(proxy);
  client.end('bye');
  expect(await receive(peer, 3)).toBe('bye');
  const ended = once(peer, 'end');
  expect(peer.readableEnded).toBe(false);
  expect(await clock.fireNext()).toBe(300);
  await ended;
});

describe('down and up', () => {
  it('cuts what is open, refuses what comes, and returns on the same port', async () => {
    const proxy = await startProxy();
    const { client } = await open(proxy);
    const { port } = proxy;
    const cut = over(client);
    await proxy.down();
    await proxy.down();
    await cut;
    expect(proxy.connections).toBe(0);
    const [error] = (await once(connect(port, '127.0.0.1'), 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
    await proxy.up();
    await proxy.up();
    expect(proxy.port).toBe(port);
    const again = await open(proxy);
    again.client.write('x');
    expect(await receive(again.peer, 1)).toBe('x');
  });

  it('resetAll cuts what is open and goes on accepting', async () => {
    const proxy = await startProxy();
    const { client } = await open(proxy);
    const error = once(client, 'error');
    proxy.resetAll();
    expect(((await error)[0] as NodeJS.ErrnoException).code).toBe('ECONNRESET');
    await open(proxy);
  });
});

describe('toxicity', () => {
  /** Which of so many connections have the fault. */
  async function struck(seed: number): Promise<boolean[]> {
    const proxy = await startProxy({ seed });
    const fault: Toxic = { type: 'limit_data', bytes: 0, direction: 'upstream', toxicity: 0.5 };
    proxy.add(fault);
    const results: boolean[] = [];
    for (let count = 0; count < 16; count++) {
      const { client, peer } = await open(proxy);
      const outcome = Promise.race([receive(peer, 1).then(() => false), once(peer, 'end').then(() => true)]);
      client.write('x');
      results.push(await outcome.catch(() => true));
    }
    return results;
  }

  it('strikes its share of the connections, the same for the same seed', async () => {
    const first = await struck(1);
    expect(await struck(1)).toEqual(first);
    expect(first).toContain(true);
    expect(first).toContain(false);
    expect(await struck(2)).not.toEqual(first);
  });
});
