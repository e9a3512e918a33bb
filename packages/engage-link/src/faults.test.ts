/** Both clients over a network with faults: sliced, swallowed, reset, gone and back. */
import { silentLogger } from '@exec/common/logging';
import { FakeClock } from '@exec/common/testing';
import { FaultProxy } from '@exec/testing/proxy';
import { afterEach, describe, expect, it } from 'vitest';
import type { LinkFailure } from './options.ts';
import { SipServerClient } from './sip-server-client.ts';
import { accept, keepAlive, LinkServer, Recorder, readableMetrics, reply } from './testing/index.ts';
import type { SipEvent } from './wire/index.ts';

type News =
  | { readonly type: 'usable' | 'failed' }
  | { readonly type: 'unusable'; readonly failure: LinkFailure }
  | { readonly type: 'frame'; readonly event: SipEvent };

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function overProxy() {
  const registered = reply('RequestRegisterAddress', 'EventRegistered', ({ attributes }) => ({
    ThisDN: attributes.ThisDN,
  }));
  const server = await LinkServer.start({ behaviours: [accept({ linked: true }), registered, keepAlive] });
  closing.push(() => server.close());
  const proxy = await FaultProxy.start({ target: `127.0.0.1:${server.address.port}` });
  closing.push(() => proxy.close());
  const clock = new FakeClock();
  const news = new Recorder<News>();
  const client = new SipServerClient({
    name: 'extensions',
    servers: [{ host: '127.0.0.1', port: proxy.port, tls: false }],
    applicationName: 'excp',
    clock,
    logger: silentLogger,
    metrics: readableMetrics().metrics,
    random: () => 0,
    handler: {
      usable: () => news.add({ type: 'usable' }),
      unusable: (failure) => news.add({ type: 'unusable', failure }),
      attemptFailed: () => news.add({ type: 'failed' }),
      frame: (event) => news.add({ type: 'frame', event }),
    },
  });
  closing.push(() => client.stop());
  client.start();
  const count = (type: News['type']) => (n: number) => news.until((entry) => entry.type === type, n);
  return {
    client,
    clock,
    proxy,
    server,
    usable: count('usable'),
    unusable: count('unusable'),
    failed: count('failed'),
    frames: count('frame'),
  };
}

describe('a network with faults', () => {
  it('cuts everything into single bytes, both ways: nothing is missing, nothing is out of order', async () => {
    const { client, proxy, server, usable, frames } = await overProxy();
    proxy.add({ type: 'slicer', averageBytes: 1 });
    await usable(1);
    const dns = Array.from({ length: 20 }, (_, n) => `50${n}`);
    const answers = await Promise.all(dns.map((dn) => client.registerAddress(dn, 'DN')));
    expect(answers.map((registered) => registered.ThisDN)).toEqual(dns);
    const peer = await server.connection();
    for (const dn of dns) peer.send('EventMuteOn', { ThisDN: dn, TimeinSecs: 1_700_000_001, note: 'é' });
    await frames(40);
  });

  it('swallows everything while the sockets stay open: noticed by keep-alive, used again when it flows', async () => {
    const { client, clock, proxy, usable, unusable, failed } = await overProxy();
    await usable(1);
    const heal = proxy.add({ type: 'timeout', timeoutMs: 0 });
    await clock.advance(20_000);
    expect(await unusable(1)).toMatchObject({ failure: { code: 'link.silent' } });
    await clock.advance(250);
    await clock.advance(10_000);
    await failed(1);
    expect(client.status.usable).toBe(false);
    heal();
    while (!client.status.usable) await clock.advance(250);
    await usable(2);
  });

  it('resets everything, is gone, and comes back', async () => {
    const { clock, proxy, usable, unusable, failed } = await overProxy();
    await usable(1);
    proxy.resetAll();
    expect(await unusable(1)).toMatchObject({ failure: { code: 'link.lost' } });
    await proxy.down();
    await clock.advance(250);
    await failed(1);
    await proxy.up();
    await clock.advance(500);
    await usable(2);
  });
});
