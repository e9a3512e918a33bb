import { silentLogger } from '@exec/common/logging';
import { FakeClock } from '@exec/common/testing';
import { afterEach, describe, expect, it } from 'vitest';
import type { LinkFailure, UsableInfo } from '../options.ts';
import { SipServerClient } from '../sip-server-client.ts';
import { accept, answer, LinkServer, Recorder, readableMetrics } from '../testing/index.ts';
import type { SipEvent } from '../wire/index.ts';

type News =
  | { readonly type: 'usable'; readonly server: 'A' | 'B'; readonly info: UsableInfo }
  | { readonly type: 'unusable'; readonly failure: LinkFailure }
  | {
      readonly type: 'failed';
      readonly server: 'A' | 'B';
      readonly failure: LinkFailure;
      readonly at: number;
    }
  | { readonly type: 'frame'; readonly event: SipEvent };

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const linked = accept({ linked: true });
const backup = accept({ role: 'Backup' });
const unlinked = accept();

/** A client of a SIP Server pair whose servers behave as given; without behaviour they take TCP and say nothing. */
async function pair(a: LinkServer['behaviours'], b: LinkServer['behaviours'] | undefined = undefined) {
  const A = await LinkServer.start({ behaviours: a });
  const B = b === undefined ? undefined : await LinkServer.start({ behaviours: b });
  const servers = [A, B].filter((server) => server !== undefined);
  for (const server of servers) closing.push(() => server.close());
  const clock = new FakeClock();
  const news = new Recorder<News>();
  const readable = readableMetrics();
  const nameOf = (port: number) => (port === A.address.port ? 'A' : 'B');
  const client = new SipServerClient({
    name: 'calls',
    servers: servers.map((server) => server.address),
    applicationName: 'excp',
    clock,
    logger: silentLogger,
    metrics: readable.metrics,
    random: () => 0,
    handler: {
      usable: (info) => news.add({ type: 'usable', server: nameOf(info.server.port), info }),
      unusable: (failure) => news.add({ type: 'unusable', failure }),
      attemptFailed: (failure) =>
        news.add({ type: 'failed', server: nameOf(failure.server.port), failure, at: clock.monotonic() }),
      frame: (event) => news.add({ type: 'frame', event }),
    },
  });
  closing.push(() => client.stop());
  client.start();
  const count = (type: News['type']) => (n: number) => news.until((entry) => entry.type === type, n);
  const up = (server: LinkServer) =>
    readable.read('exec_engage_link_up', { server: `calls@127.0.0.1:${server.address.port}` });
  return {
    client,
    clock,
    news,
    A,
    B: B ?? A,
    usable: count('usable'),
    unusable: count('unusable'),
    failed: count('failed'),
    read: readable.read,
    up,
  };
}

describe('warm standby', () => {
  it('uses the primary, and says so', async () => {
    const { client, usable, A, B, up } = await pair(
      [accept({ linked: true, serverStartTime: 4_711 })],
      [backup],
    );
    expect(await usable(1)).toMatchObject({
      server: 'A',
      info: { server: A.address, role: 'Primary', serverStartTime: 4_711 },
    });
    expect(client.status).toMatchObject({ usable: true, server: A.address });
    expect([await up(A), await up(B)]).toEqual([1, 0]);
    expect(B.connections).toHaveLength(0);
  });

  it('goes to the other server at once when the first is away', async () => {
    const { A, B, clock, news, usable } = await pair([linked], [linked]);
    A.away = true;
    expect(await usable(1)).toMatchObject({ server: 'B' });
    expect(news.entries.map((entry) => entry.type)).toEqual(['failed', 'usable']);
    expect([A.connections.length, B.connections.length, clock.monotonic()]).toEqual([0, 1, 0]);
  });

  it.each([
    ['is the backup', [backup], 0, 'link.not-primary'],
    ['takes TCP and never answers', [], 10_000, 'link.registration-timeout'],
    ['reports no link to its switch', [unlinked], 10_000, 'link.switch-unavailable'],
  ] as const)('goes to the other server when the first %s', async (_case, behaviours, ms, code) => {
    const { clock, A, usable, failed, news } = await pair([...behaviours], [linked]);
    await (await A.connection()).next('RequestRegisterClient');
    if (behaviours[0] === unlinked) while (clock.pendingTimers < 2) await new Promise(setImmediate);
    if (ms > 0) {
      await clock.advance(ms - 1);
      expect(news.entries).toEqual([]);
      await clock.advance(1);
    }
    expect(await failed(1)).toMatchObject({ server: 'A', failure: { code } });
    expect(await usable(1)).toMatchObject({ server: 'B' });
  });

  it.each([
    ['ends the connection', (peer) => peer.end()],
    ['resets it', (peer) => peer.reset()],
    ['sends garbage', (peer) => peer.write('garbage\n')],
  ] as const satisfies [string, (peer: Awaited<ReturnType<LinkServer['connection']>>) => void][])(
    'goes to the other server at once when the one in use %s',
    async (_case, end) => {
      const { clock, A, B, usable, unusable, up } = await pair([linked], [linked]);
      await usable(1);
      end(await A.connection());
      await unusable(1);
      expect(await usable(2)).toMatchObject({ server: 'B' });
      expect(clock.monotonic()).toBe(0);
      expect([await up(A), await up(B)]).toEqual([0, 1]);
    },
  );

  it('goes to the other server when the one in use falls silent', async () => {
    const { clock, A, usable, unusable } = await pair([linked], [linked]);
    await usable(1);
    const peer = await A.connection();
    await clock.advance(10_000);
    await peer.next('KeepAliveRequest');
    await clock.advance(10_000);
    expect(await unusable(1)).toMatchObject({ failure: { code: 'link.silent' } });
    expect(await usable(2)).toMatchObject({ server: 'B' });
  });
});

describe('the link to the switch', () => {
  it('is not usable while it is down, and starts afresh when it is back', async () => {
    const { client, clock, A, usable, unusable, up } = await pair([linked], [linked]);
    await usable(1);
    const peer = await A.connection();
    peer.send('EventLinkDisconnected');
    expect(await unusable(1)).toMatchObject({ failure: { code: 'link.switch-unavailable' } });
    expect([client.status.usable, await up(A)]).toEqual([false, 0]);
    await clock.advance(9_999);
    peer.send('EventLinkConnected');
    expect(await usable(2)).toMatchObject({ server: 'A' });
    expect([client.status.usable, await up(A)]).toEqual([true, 1]);
    expect(A.connections).toHaveLength(1);
  });

  it('is given ten seconds, then the other server is used', async () => {
    const { clock, A, usable, unusable, failed } = await pair([linked], [linked]);
    await usable(1);
    (await A.connection()).send('EventLinkDisconnected');
    await unusable(1);
    await clock.advance(10_000);
    await failed(1);
    expect(await usable(2)).toMatchObject({ server: 'B' });
  });

  it('counts anew although its loss was not told', async () => {
    const { A, usable, unusable, news } = await pair([linked], [linked]);
    await usable(1);
    (await A.connection()).send('EventLinkConnected');
    await unusable(1);
    expect(await usable(2)).toMatchObject({ server: 'A' });
    expect(news.entries.map((entry) => entry.type)).toEqual(['usable', 'unusable', 'usable']);
  });
});

describe('roles that change while both servers stay up', () => {
  it('are followed there and back again, each time with one connection', async () => {
    const { clock, A, B, usable, unusable, failed, news } = await pair([linked], [backup]);
    expect(await usable(1)).toMatchObject({ server: 'A', info: { role: 'Primary' } });
    const switchOver = async (from: LinkServer, to: LinkServer, n: number) => {
      from.behaviours = [backup];
      to.behaviours = [linked];
      from.connections.at(-1)?.send('EventLinkDisconnected');
      await unusable(n);
      await clock.advance(10_000);
      await failed(n);
      return await usable(n + 1);
    };
    expect(await switchOver(A, B, 1)).toMatchObject({ server: 'B', info: { role: 'Primary' } });
    expect(await switchOver(B, A, 2)).toMatchObject({ server: 'A', info: { role: 'Primary' } });
    // Nothing of the first server is taken for something of the second.
    expect(news.entries.filter(({ type }) => type !== 'failed').map(({ type }) => type)).toEqual([
      'usable',
      'unusable',
      'usable',
      'unusable',
      'usable',
    ]);
    expect([A.connections.length, B.connections.length]).toEqual([2, 1]);
  });

  it('do not matter to a client that is told by the server that it became the backup and is primary again', async () => {
    const { clock, A, B, usable, unusable } = await pair([linked], [backup]);
    await usable(1);
    const on = await A.connection();
    on.send('EventLinkDisconnected');
    await unusable(1);
    await clock.advance(9_000);
    on.send('EventLinkConnected');
    expect(await usable(2)).toMatchObject({ server: 'A' });
    expect([A.connections.length, B.connections.length]).toEqual([1, 0]);
  });
});

describe('the wait between attempts', () => {
  it('grows while no server is usable, whatever the reason, and starts anew after a usable opening', async () => {
    const { clock, A, B, usable, failed, unusable, news } = await pair([backup], [backup]);
    A.away = true;
    await failed(2);
    for (let attempt = 3; attempt <= 9; attempt++) {
      await clock.advance([250, 500, 1_000, 2_000, 4_000, 7_500, 7_500][attempt - 3] ?? 0);
      await failed(attempt);
    }
    const failures = news.entries.filter((entry) => entry.type === 'failed');
    expect(failures.map(({ server, at }) => [server, at])).toEqual([
      ['A', 0],
      ['B', 0],
      ['A', 250],
      ['B', 750],
      ['A', 1_750],
      ['B', 3_750],
      ['A', 7_750],
      ['B', 15_250],
      ['A', 22_750],
    ]);
    B.behaviours = [linked];
    await clock.advance(7_500);
    await usable(1);
    await clock.advance(5_000);
    B.behaviours = [backup];
    (B.connections.at(-1) as (typeof B.connections)[number]).end();
    await unusable(1);
    await failed(10);
    await clock.advance(250);
    await failed(11);
    expect(news.entries.filter((entry) => entry.type === 'failed').slice(-2)).toMatchObject([
      { server: 'A', at: 35_250 },
      { server: 'B', at: 35_500 },
    ]);
  });

  it('never ends for good: a server that is away for an hour is used when it is back', async () => {
    const { clock, A, B, usable, failed, client } = await pair([linked], [linked]);
    await usable(1);
    A.away = true;
    B.away = true;
    A.connections[0]?.reset();
    let attempts = 0;
    while (clock.monotonic() < 3_600_000) {
      await failed(++attempts);
      expect(client.status.usable).toBe(false);
      await clock.advance([250, 500, 1_000, 2_000, 4_000][attempts - 1] ?? 7_500);
    }
    expect(attempts).toBeGreaterThan(400);
    await failed(attempts + 1);
    A.away = false;
    B.away = false;
    await clock.advance(7_500);
    await usable(2);
  });

  it('is kept even between two servers that are usable for a moment only', async () => {
    const flapping = [
      answer('RequestRegisterClient', (peer, frame) => {
        linked(peer, frame);
        peer.end();
      }),
    ];
    const { clock, usable, unusable, A, B } = await pair(flapping, flapping);
    await unusable(2);
    await new Promise(setImmediate);
    expect(A.connections.length + B.connections.length).toBe(2);
    for (let spell = 3; spell <= 6; spell++) {
      await clock.advance(250);
      await usable(spell);
      await unusable(spell);
    }
    expect(A.connections.length + B.connections.length).toBe(6);
  });

  it('is there from the first loss when there is no other server', async () => {
    const { clock, A, usable, unusable, read } = await pair([linked]);
    await usable(1);
    await clock.advance(5_000);
    A.connections[0]?.end();
    await unusable(1);
    await new Promise(setImmediate);
    expect(A.connections).toHaveLength(1);
    await clock.advance(250);
    await usable(2);
    const labels = { server: `calls@127.0.0.1:${A.address.port}` };
    expect(await read('exec_engage_link_reconnects_total', labels)).toBe(1);
  });
});

describe('stop', () => {
  const situations = {
    'while it dials and registers': async () => {
      const made = await pair([], []);
      await (await made.A.connection()).next('RequestRegisterClient');
      return made;
    },
    'while the link to the switch is awaited': async () => {
      const made = await pair([unlinked], [unlinked]);
      await (await made.A.connection()).next('RequestRegisterClient');
      while (made.clock.pendingTimers < 2) await new Promise(setImmediate);
      return made;
    },
    'while it is usable': async () => {
      const made = await pair([linked], [linked]);
      await made.usable(1);
      return made;
    },
    'while the link to the switch is down': async () => {
      const made = await pair([linked], [linked]);
      await made.usable(1);
      (await made.A.connection()).send('EventLinkDisconnected');
      await made.unusable(1);
      return made;
    },
    'while it waits for the next attempt': async () => {
      const made = await pair([backup], [backup]);
      await made.failed(2);
      return made;
    },
    'in the moment it was started': async () => await pair([linked], [linked]),
  };

  it.each(Object.keys(situations) as (keyof typeof situations)[])(
    '%s: nothing fires later',
    async (situation) => {
      const { client, clock, news, A, B, up } = await situations[situation]();
      const usableBefore = client.status.usable;
      await client.stop();
      expect(clock.pendingTimers).toBe(0);
      const before = news.entries.length;
      const connections = A.connections.length + B.connections.length;
      await clock.advance(3_600_000);
      for (const connection of [...A.connections, ...B.connections]) await connection.closed;
      expect(news.entries).toHaveLength(before);
      expect(A.connections.length + B.connections.length).toBe(connections);
      expect(client.status.usable).toBe(false);
      expect([await up(A), await up(B)]).toEqual([0, 0]);
      if (usableBefore) expect(news.entries.at(-1)).toMatchObject({ failure: { code: 'link.stopped' } });
      client.start();
      await client.stop();
      expect(clock.pendingTimers).toBe(0);
    },
  );
});

describe('over many reconnections', () => {
  it('has one connection, the same timers, and tells each event once', async () => {
    const { clock, A, B, usable, unusable, news } = await pair([linked], [linked]);
    for (let round = 1; round <= 50; round++) {
      await usable(round);
      const server = round % 2 === 1 ? A : B;
      const peer = server.connections.at(-1) as (typeof server.connections)[number];
      peer.send('EventUserEvent', {
        ThisDN: `round ${round}`,
        TimeinSecs: 1_700_000_000 + round,
        TimeinuSecs: 0,
      });
      await news.until((entry) => entry.type === 'frame', round);
      expect(clock.pendingTimers).toBe(1);
      await clock.advance(2_000);
      peer.end();
      await unusable(round);
      await peer.closed;
    }
    const dns = news.entries.flatMap((entry) =>
      entry.type === 'frame' && entry.event.message === 'EventUserEvent'
        ? [entry.event.attributes.ThisDN]
        : [],
    );
    expect(dns).toEqual(Array.from({ length: 50 }, (_, n) => `round ${n + 1}`));
    await usable(51);
    expect(A.connections.length + B.connections.length).toBe(51);
    expect(clock.pendingTimers).toBe(1);
  });

  it('drops and counts what a replaced connection still says', async () => {
    const { usable, news, read, A } = await pair([], [linked]);
    const peer = await A.connection();
    const { attributes } = await peer.next('RequestRegisterClient');
    const event = {
      message: 'EventUserEvent',
      attributes: { ThisDN: '5001', TimeinSecs: 1_700_000_001, TimeinuSecs: 0 },
    };
    peer.sendTogether(
      {
        message: 'EventServerConnected',
        attributes: {
          ReferenceID: attributes.ReferenceID,
          ProtocolVersion: 'engage-link/1',
          ServerRole: 'Backup',
          ServerStartTime: 1,
        },
      },
      { message: 'EventLinkConnected', attributes: {} },
      event,
    );
    expect(await usable(1)).toMatchObject({ server: 'B' });
    expect(news.entries.map((entry) => entry.type)).toEqual(['failed', 'usable']);
    expect(await read('exec_engage_link_dropped_frames_total', { reason: 'replaced-connection' })).toBe(2);
  });
});

it('a client without a server is a mistake that shows at once', () => {
  const make = () =>
    new SipServerClient({
      name: 'calls',
      servers: [],
      applicationName: 'excp',
      clock: new FakeClock(),
      logger: silentLogger,
      metrics: readableMetrics().metrics,
      handler: { usable: () => {}, unusable: () => {}, frame: () => {} },
    });
  expect(make).toThrow('no server given');
});
