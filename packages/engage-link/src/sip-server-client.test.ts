import { silentLogger } from '@exec/common/logging';
import { FakeClock } from '@exec/common/testing';
import { afterEach, describe, expect, it } from 'vitest';
import type { LinkFailure, UsableInfo } from './options.ts';
import { SipServerClient } from './sip-server-client.ts';
import {
  accept,
  LinkServer,
  type PeerConnection,
  Recorder,
  readableMetrics,
  refuse,
  reply,
} from './testing/index.ts';
import { type Frame, readSnapshot, type SipEvent } from './wire/index.ts';

type News =
  | { readonly type: 'usable'; readonly info: UsableInfo }
  | { readonly type: 'unusable'; readonly failure: LinkFailure }
  | { readonly type: 'frame'; readonly event: SipEvent; readonly receivedAt: number };

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A client that is usable, and the server's end of its connection. */
async function connected(behaviours: Parameters<typeof LinkServer.start>[0] = {}) {
  const server = await LinkServer.start({
    behaviours: [accept({ linked: true }), ...(behaviours.behaviours ?? [])],
  });
  closing.push(() => server.close());
  const clock = new FakeClock();
  const news = new Recorder<News>();
  const readable = readableMetrics();
  const client = new SipServerClient({
    name: 'calls',
    servers: [server.address],
    applicationName: 'excp',
    clock,
    logger: silentLogger,
    metrics: readable.metrics,
    handler: {
      usable: (info) => news.add({ type: 'usable', info }),
      unusable: (failure) => news.add({ type: 'unusable', failure }),
      frame: (event, receivedAt) => news.add({ type: 'frame', event, receivedAt }),
    },
  });
  closing.push(() => client.stop());
  client.start();
  await news.until((entry) => entry.type === 'usable');
  const peer = await server.connection();
  await peer.next('RequestRegisterClient');
  const delivered = () =>
    news.entries.flatMap((entry) => (entry.type === 'frame' ? [entry.event.message] : []));
  const frames = (count: number) => news.until((entry) => entry.type === 'frame', count);
  return { client, clock, news, server, peer, delivered, frames, read: readable.read };
}

/** Sends a marker event, so that everything sent before it has been dealt with when it is delivered. */
async function allDelivered(peer: PeerConnection, news: Recorder<News>): Promise<void> {
  const marker = `marker ${news.entries.length}`;
  peer.send('EventUserEvent', { ThisDN: marker, TimeinSecs: 1_700_000_001, TimeinuSecs: 0 });
  await news.until(
    (entry) =>
      entry.type === 'frame' &&
      entry.event.message === 'EventUserEvent' &&
      entry.event.attributes.ThisDN === marker,
  );
}

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'fulfilled',
    (error: { code?: string }) => error.code ?? String(error),
  );

const call = { CallUUID: 'C1', ConnID: '006c02462a161006', TimeinSecs: 1_700_000_000, TimeinuSecs: 5 };

describe('addresses', () => {
  it('registers in share mode and gives the snapshot', async () => {
    const { client, peer } = await connected({
      behaviours: [
        reply('RequestRegisterAddress', 'EventRegistered', ({ attributes }) => ({
          ThisDN: attributes.ThisDN,
          AgentID: '7001',
          Extensions: { 'conn-0': call.ConnID, 'call-0': 'C1', 'ps-0': 'Connected', AgentStatus: 'Ready' },
        })),
      ],
    });
    const registered = await client.registerAddress('5001', 'DN');
    expect(registered).toMatchObject({ ThisDN: '5001', AgentID: '7001' });
    expect(readSnapshot(registered.Extensions)).toMatchObject({
      calls: [{ callUuid: 'C1', partyState: 'Connected' }],
      agentStatus: 'Ready',
    });
    expect((await peer.next('RequestRegisterAddress')).attributes).toEqual({
      ReferenceID: 2,
      ThisDN: '5001',
      AddressType: 'DN',
      RegisterMode: 'ModeShare',
      ControlMode: 'RegisterDefault',
    });
  });

  it('delivers the snapshot at its place among the events, before the caller goes on', async () => {
    const { client, news, peer, delivered } = await connected();
    const registering = client.registerAddress('5001', 'DN').then(() => [...delivered()]);
    const { attributes } = await peer.next('RequestRegisterAddress');
    const event = {
      message: 'EventAgentLogin',
      attributes: { ThisDN: '5001', AgentID: '7001', TimeinSecs: 1_700_000_001 },
    };
    peer.sendTogether(
      event,
      { message: 'EventRegistered', attributes: { ...attributes, Extensions: {} } },
      event,
    );
    expect(await registering).toEqual(['EventAgentLogin', 'EventRegistered', 'EventAgentLogin']);
    await allDelivered(peer, news);
  });

  it('leaves a refused address to its caller', async () => {
    const { client } = await connected({ behaviours: [refuse('RequestRegisterAddress', 'no such DN', 71)] });
    await expect(client.registerAddress('9999', 'DN')).rejects.toMatchObject({
      code: 'link.request-refused',
      retryable: false,
      details: { request: 'RequestRegisterAddress', errorCode: '71' },
      message: expect.stringContaining('no such DN'),
    });
    expect(client.status.usable).toBe(true);
  });

  it('unregisters, and tells when the server itself dropped a registration', async () => {
    const { client, news, peer, delivered } = await connected({
      behaviours: [reply('RequestUnregisterAddress', 'EventUnregistered', () => ({ ThisDN: '5001' }))],
    });
    await client.unregisterAddress('5001');
    peer.send('EventUnregistered', { ThisDN: '5002' });
    await allDelivered(peer, news);
    expect(delivered()).toEqual(['EventUnregistered', 'EventUserEvent']);
  });

  it('keeps a thousand registrations within the window', async () => {
    const { client, peer } = await connected();
    const all = Promise.all(
      Array.from({ length: 1_000 }, (_, n) => client.registerAddress(`${5_000 + n}`, 'DN')),
    );
    let open = 0;
    for (let n = 0; n < 1_000; n++) {
      const { attributes } = await peer.next('RequestRegisterAddress');
      open = Math.max(
        open,
        peer.received.filter(({ message }) => message === 'RequestRegisterAddress').length - n,
      );
      peer.send('EventRegistered', { ReferenceID: attributes.ReferenceID, ThisDN: attributes.ThisDN });
    }
    expect((await all).map((registered) => registered.ThisDN)).toEqual(
      Array.from({ length: 1_000 }, (_, n) => `${5_000 + n}`),
    );
    expect(open).toBeLessThanOrEqual(100);
  });
});

describe('answers that are late or wrong', () => {
  it('drops and counts answers that nobody waits for', async () => {
    const { client, clock, news, peer, delivered, read } = await connected();
    const first = code(client.registerAddress('5001', 'DN'));
    const { attributes } = await peer.next('RequestRegisterAddress');
    await clock.advance(9_000);
    await allDelivered(peer, news);
    await clock.advance(1_000);
    expect(await first).toBe('link.request-timeout');
    peer.send('EventRegistered', { ReferenceID: attributes.ReferenceID, ThisDN: '5001' });
    peer.send('EventError', { ReferenceID: attributes.ReferenceID });
    peer.send('EventServerInfo', { ReferenceID: 77, ServerRole: 'Primary', LinkConnected: true });
    peer.send('EventUnregistered', { ReferenceID: 77, ThisDN: '5001' });
    peer.send('EventACK', { ReferenceID: 77 });
    await allDelivered(peer, news);
    expect(delivered()).toEqual(['EventUserEvent', 'EventUserEvent']);
    expect(await read('exec_engage_link_dropped_frames_total', { reason: 'late-answer' })).toBe(5);
  });

  it('fails a request whose answer cannot be read, and keeps the connection', async () => {
    const { client } = await connected({
      behaviours: [reply('RequestRegisterAddress', 'EventRegistered', () => ({ ThisDN: 5001 }))],
    });
    expect(await code(client.registerAddress('5001', 'DN'))).toBe('link.answer-invalid');
    expect(client.status.usable).toBe(true);
  });

  it('gives up a request that is aborted', async () => {
    const { client, peer } = await connected();
    const controller = new AbortController();
    const request = client.queryServer(controller.signal);
    await peer.next('RequestQueryServer');
    controller.abort(new Error('no longer needed'));
    await expect(request).rejects.toThrow('no longer needed');
  });
});

describe('events', () => {
  it('counts and ignores unknown ones, and those it cannot read', async () => {
    const { news, peer, delivered, read } = await connected();
    peer.send('EventRinging', { ThisDN: '5001' });
    peer.send('EventCallCreated', { CallUUID: 17 });
    await allDelivered(peer, news);
    expect(delivered()).toEqual(['EventUserEvent']);
    expect(await read('exec_engage_link_frames_total', { message: 'other' })).toBe(1);
    expect(await read('exec_engage_link_frames_total', { message: 'EventCallCreated' })).toBe(1);
    expect(await read('exec_engage_link_dropped_frames_total', { reason: 'unknown-event' })).toBe(1);
    expect(await read('exec_engage_link_dropped_frames_total', { reason: 'invalid-attributes' })).toBe(1);
  });

  it('counts enumeration names it does not know', async () => {
    const { news, peer, read } = await connected();
    const attributes = { ...call, PartyUUID: 'P1', DN: '5001', PartyType: 'Robot', PartyState: 'Connected' };
    peer.send('EventCallPartyAdded', attributes);
    await allDelivered(peer, news);
    expect(await read('exec_engage_link_unknown_names_total', { attribute: 'PartyType' })).toBe(1);
  });

  it('carry the time of their arrival', async () => {
    const { clock, peer, frames } = await connected();
    await clock.advance(1_500);
    peer.send('EventCallDeleted', call);
    expect(await frames(1)).toMatchObject({ receivedAt: clock.now() });
  });
});

describe('call monitoring', () => {
  const resync = (frame: Frame, extensions: object) => ({
    message: 'EventACK',
    attributes: { ReferenceID: frame.attributes.ReferenceID, Extensions: extensions },
  });

  it('passes the resync through in its order, from its beginning to its end', async () => {
    const { client, news, peer, delivered } = await connected();
    const started = client.startCallMonitoring().then(() => delivered().length);
    const request = await peer.next('RequestStartCallMonitoring');
    peer.sendTogether(
      { message: 'EventCallDataChanged', attributes: call },
      resync(request, { Resync: 1 }),
      {
        message: 'EventCallCreated',
        attributes: { ...call, CallType: 'Inbound', Extensions: { Resync: 1 } },
      },
      { message: 'EventCallDeleted', attributes: { ...call, CallUUID: 'C2' } },
      resync(request, { ResyncDone: 1 }),
    );
    expect(await started).toBeGreaterThanOrEqual(2);
    await allDelivered(peer, news);
    expect(delivered()).toEqual([
      'EventCallDataChanged',
      'EventACK',
      'EventCallCreated',
      'EventCallDeleted',
      'EventACK',
      'EventUserEvent',
    ]);
  });

  it('does not take the end of an earlier resync for that of the newest', async () => {
    const { client, news, peer, delivered } = await connected();
    const starting = [client.startCallMonitoring(), client.startCallMonitoring()];
    const first = await peer.next('RequestStartCallMonitoring');
    const second = await peer.next('RequestStartCallMonitoring');
    peer.sendTogether(
      resync(first, { Resync: 1 }),
      resync(second, { Resync: 1 }),
      resync(first, { ResyncDone: 1 }),
      { message: 'EventCallDeleted', attributes: call },
      resync(second, { ResyncDone: 1 }),
    );
    await Promise.all(starting);
    await allDelivered(peer, news);
    expect(delivered()).toEqual(['EventACK', 'EventACK', 'EventCallDeleted', 'EventACK', 'EventUserEvent']);
  });

  it('is beside the question for the role, which has a request of its own', async () => {
    const { client, delivered } = await connected({
      behaviours: [
        reply('RequestQueryServer', 'EventServerInfo', () => ({
          ServerRole: 'Primary',
          ServerVersion: '8.1.102.58',
          LinkConnected: 1,
        })),
      ],
    });
    expect(await client.queryServer()).toMatchObject({ ServerRole: 'Primary', LinkConnected: true });
    expect(delivered()).toEqual([]);
  });
});

describe('when the server is not usable', () => {
  it('refuses requests, and fails those that wait for an answer', async () => {
    const { client, news, peer } = await connected();
    const waiting = code(client.registerAddress('5001', 'DN'));
    await peer.next('RequestRegisterAddress');
    peer.send('EventLinkDisconnected');
    await news.until((entry) => entry.type === 'unusable');
    expect(await waiting).toBe('link.lost');
    expect(await code(client.registerAddress('5002', 'DN'))).toBe('link.not-usable');
    peer.send('EventLinkConnected');
    await news.until((entry) => entry.type === 'usable', 2);
    const again = code(client.registerAddress('5003', 'DN'));
    const { attributes } = await peer.next('RequestRegisterAddress');
    peer.send('EventRegistered', { ReferenceID: attributes.ReferenceID, ThisDN: '5003' });
    expect(await again).toBe('fulfilled');
  });

  it('fails what waits when it is stopped, and what comes after', async () => {
    const { client, news, peer } = await connected();
    const waiting = code(client.registerAddress('5001', 'DN'));
    await peer.next('RequestRegisterAddress');
    await client.stop();
    expect(await waiting).toBe('link.stopped');
    expect(await code(client.queryServer())).toBe('link.not-usable');
    expect(news.entries.at(-1)).toMatchObject({ type: 'unusable', failure: { code: 'link.stopped' } });
  });
});

describe('a call whose times are microseconds instead of seconds', () => {
  it('is refused at the wire and counted; the connection stays, and so do the other calls', async () => {
    const { peer, frames, read } = await connected();
    peer.send('EventCallCreated', { ...call, TimeinSecs: 1_700_000_000_000_000, CallType: 'Inbound' });
    peer.send('EventCallCreated', { ...call, CallUUID: 'C'.repeat(256), CallType: 'Inbound' });
    peer.send('EventCallCreated', { ...call, CallUUID: 'C2', CallType: 'Inbound' });
    expect(await frames(1)).toMatchObject({ event: { attributes: { CallUUID: 'C2' } } });
    expect(await read('exec_engage_link_dropped_frames_total', { reason: 'time-out-of-bounds' })).toBe(1);
    expect(await read('exec_engage_link_dropped_frames_total', { reason: 'text-too-long' })).toBe(1);
  });
});
