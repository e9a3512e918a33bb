import type { CallUuid } from '@exec/common/ids';
import { FakeClock } from '@exec/common/testing';
import { readSnapshot } from '@exec/engage-link/wire';
import { afterEach, describe, expect, it } from 'vitest';
import { RawClient } from '../link-server/testing/raw-client.ts';
import type { SipServer } from './sip-server.ts';
import { SipServerSimulator } from './sip-server-simulator.ts';
import { SipSwitch } from './sip-switch.ts';
import type { Frame } from './types.ts';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function start() {
  const clock = new FakeClock();
  const on = new SipSwitch({ name: 'SIP_Switch', now: () => clock.now(), seed: 'server' });
  on.addDn('5001', 'Extension');
  on.addDn('8000', 'RoutingPoint');
  on.addDn('VQ', 'VirtualQueue');
  on.login('5001', { agentId: '7001', employeeId: 'E1' });
  const pair = await SipServerSimulator.start({ switch: on, clock });
  open.push(() => pair.close());
  return { clock, on, pair };
}

async function connect(server: SipServer): Promise<RawClient> {
  const client = await RawClient.registered(server.link.address);
  open.push(() => client.close());
  return client;
}

async function usable(server: SipServer): Promise<RawClient> {
  const client = await connect(server);
  await client.next('EventLinkConnected');
  return client;
}

function address(ThisDN: string, ReferenceID: number, AddressType = 'DN') {
  return { ReferenceID, ThisDN, AddressType, RegisterMode: 'ModeShare', ControlMode: 'RegisterDefault' };
}

const monitoring = (client: RawClient, ReferenceID: number) =>
  client.ask('RequestStartCallMonitoring', { ReferenceID }, 'EventACK');

const resyncDone = (client: RawClient) =>
  client.next(
    'EventACK',
    ({ attributes }) =>
      (attributes.Extensions as object | undefined) !== undefined &&
      'ResyncDone' in (attributes.Extensions as object),
  );

function inbound(on: SipSwitch): CallUuid {
  return on.inboundCall({ ani: '+99901', dnis: '800', routingPoint: '8000' });
}

describe('addresses', () => {
  it('are registered with their snapshot and then get their events', async () => {
    const { on, pair } = await start();
    const client = await usable(pair.primary);
    const { attributes } = await client.ask('RequestRegisterAddress', address('5001', 2), 'EventRegistered');
    expect(attributes).toEqual({
      ReferenceID: 2,
      ThisDN: '5001',
      AgentID: '7001',
      Extensions: { AgentStatus: 'NotReady' },
    });
    on.ready('5001');
    expect((await client.next('EventAgentReady')).attributes).toMatchObject({
      ThisDN: '5001',
      AgentID: '7001',
      EventSequenceNumber: 1,
    });
  });

  it('of virtual queues likewise', async () => {
    const { on, pair } = await start();
    const call = inbound(on);
    on.queue(call, 'VQ');
    const client = await usable(pair.primary);
    const { attributes } = await client.ask(
      'RequestRegisterAddress',
      address('VQ', 2, 'Queue'),
      'EventRegistered',
    );
    expect(readSnapshot(attributes.Extensions as Record<string, string>).calls).toMatchObject([
      { callUuid: call, partyState: 'Queued' },
    ]);
    on.divertTo(call, '5001', { queue: 'VQ' });
    expect((await client.next('EventDiverted')).attributes).toMatchObject({
      ThisDN: 'VQ',
      CallUUID: call,
      ThirdPartyDN: '5001',
    });
    expect(client.frames).toEqual([]);
  });

  it('that are unknown, or ordered to fail, are refused one by one', async () => {
    const { pair } = await start();
    const client = await usable(pair.primary);
    pair.primary.refuseAddress('VQ', true);
    for (const [dn, reference] of [
      ['4711', 2],
      ['VQ', 3],
    ] as const) {
      const { attributes } = await client.ask('RequestRegisterAddress', address(dn, reference), 'EventError');
      expect(attributes).toMatchObject({ ReferenceID: reference, ThisDN: dn });
    }
    pair.primary.refuseAddress('VQ', false);
    await client.ask('RequestRegisterAddress', address('VQ', 4, 'Queue'), 'EventRegistered');
  });

  it('are unregistered by the client or dropped by the server', async () => {
    const { on, pair } = await start();
    const client = await usable(pair.primary);
    await client.ask('RequestRegisterAddress', address('5001', 2), 'EventRegistered');
    const gone = await client.ask('RequestUnregisterAddress', { ...address('5001', 3) }, 'EventUnregistered');
    expect(gone.attributes).toEqual({ ReferenceID: 3, ThisDN: '5001' });
    await client.ask('RequestUnregisterAddress', { ...address('5001', 4) }, 'EventError');
    await client.ask('RequestRegisterAddress', address('5001', 5), 'EventRegistered');
    expect(pair.primary.registeredAddresses).toEqual(new Set(['5001']));
    pair.primary.dropAddress('5001');
    expect((await client.next('EventUnregistered')).attributes).not.toHaveProperty('ReferenceID');
    on.ready('5001');
    await client.ask('RequestQueryServer', { ReferenceID: 6 }, 'EventServerInfo');
    expect(client.frames).toEqual([]);
  });
});

describe('requests', () => {
  it('are answered only by a server that is connected to its switch', async () => {
    const { pair } = await start();
    const client = await connect(pair.backup);
    await client.ask('RequestQueryServer', { ReferenceID: 2 }, 'EventError');
    pair.switchover();
    await client.next('EventLinkConnected');
    expect(
      (await client.ask('RequestQueryServer', { ReferenceID: 3 }, 'EventServerInfo')).attributes,
    ).toMatchObject({
      ServerRole: 'Primary',
      LinkConnected: true,
    });
  });

  it('that are unknown or wrong are refused, and the connection lives on', async () => {
    const { pair } = await start();
    const client = await usable(pair.primary);
    await client.ask('RequestMakeCall', { ReferenceID: 2 }, 'EventError');
    await client.ask('RequestRegisterAddress', { ReferenceID: 3 }, 'EventError');
    await client.ask('RequestQueryServer', { ReferenceID: 4 }, 'EventServerInfo');
  });
});

describe('call monitoring', () => {
  it('begins with the live calls, marked and with their first times, then tells what happens', async () => {
    const { clock, on, pair } = await start();
    const call = inbound(on);
    const created = on.calls.get(call)?.createdAt;
    await clock.advance(5000);
    on.divertTo(call, '5001');
    const client = await usable(pair.primary);
    expect((await monitoring(client, 2)).attributes).toEqual({ ReferenceID: 2, Extensions: { Resync: 1 } });
    await resyncDone(client);
    const marks = client.frames.map((frame) => [
      frame.message,
      frame.attributes.DN,
      frame.attributes.Extensions,
    ]);
    expect(marks).toEqual([
      ['EventCallCreated', undefined, { Resync: 1 }],
      ['EventCallPartyAdded', '+99901', { Resync: 1 }],
      ['EventCallPartyAdded', '5001', { Resync: 1 }],
    ]);
    expect(client.frames[0]?.attributes).toMatchObject({
      CallUUID: call,
      TimeinSecs: created?.seconds,
      TimeinuSecs: created?.microseconds,
    });
    on.answer(call, '5001');
    expect((await client.next('EventCallPartyState')).attributes).not.toHaveProperty('Extensions');
  });

  it('lets live events come between when there are many calls, and never names a call that has ended', async () => {
    const { on, pair } = await start();
    const calls = Array.from({ length: 100 }, () => inbound(on));
    const client = await usable(pair.primary);
    await monitoring(client, 2);
    const ended = calls.slice(50);
    for (const call of ended) on.abandon(call, '+99901');
    await resyncDone(client);
    const live = new Set<unknown>();
    for (const { message, attributes } of client.frames) {
      if (message === 'EventCallCreated') live.add(attributes.CallUUID);
      if (message === 'EventCallDeleted') live.delete(attributes.CallUUID);
    }
    expect(live).toEqual(new Set(calls.slice(0, 50)));
    expect(client.frames.filter((frame) => frame.message === 'EventCallDeleted')).toHaveLength(50);
  });

  it('is not sent to who did not ask for it, nor after it was stopped', async () => {
    const { on, pair } = await start();
    const client = await usable(pair.primary);
    inbound(on);
    await monitoring(client, 2);
    await resyncDone(client);
    await client.ask('RequestStopCallMonitoring', { ReferenceID: 3 }, 'EventACK');
    client.frames.length = 0;
    inbound(on);
    await client.ask('RequestQueryServer', { ReferenceID: 4 }, 'EventServerInfo');
    expect(client.frames).toEqual([]);
  });

  it('is the same, with the same times, for all clients; every connection is numbered by itself', async () => {
    const { on, pair } = await start();
    const early = await usable(pair.primary);
    await monitoring(early, 2);
    await resyncDone(early);
    inbound(on);
    const late = await usable(pair.primary);
    await monitoring(late, 2);
    await resyncDone(late);
    const call = inbound(on);
    const of = async (client: RawClient) => {
      const is = (frame: Frame) => frame.attributes.CallUUID === call;
      return [await client.next('EventCallCreated', is), await client.next('EventCallPartyAdded', is)].map(
        ({ attributes: { EventSequenceNumber, ...attributes } }) =>
          [EventSequenceNumber, attributes] as const,
      );
    };
    const [one, other] = [await of(early), await of(late)];
    expect(one.map(([, attributes]) => attributes)).toEqual(other.map(([, attributes]) => attributes));
    expect(one.map(([number]) => number)).toEqual([4, 5]);
  });
});

describe('a pair', () => {
  it('switches over: who was connected is told that the link is gone, and registrations with it', async () => {
    const { on, pair } = await start();
    const atPrimary = await usable(pair.primary);
    const atBackup = await connect(pair.backup);
    await atPrimary.ask('RequestRegisterAddress', address('5001', 2), 'EventRegistered');
    pair.switchover();
    expect(pair.active).toBe(pair.backup);
    await atPrimary.next('EventLinkDisconnected');
    await atBackup.next('EventLinkConnected');
    on.ready('5001');
    const { attributes } = await atBackup.ask(
      'RequestRegisterAddress',
      address('5001', 2),
      'EventRegistered',
    );
    expect(attributes).toMatchObject({ AgentID: '7001', Extensions: { AgentStatus: 'Ready' } });
    pair.switchover();
    await atPrimary.next('EventLinkConnected');
    on.notReady('5001');
    await atPrimary.ask('RequestQueryServer', { ReferenceID: 3 }, 'EventServerInfo');
    expect(atPrimary.frames).toEqual([]);
  });

  it('may lose its primary without a word', async () => {
    const { pair } = await start();
    const atPrimary = await usable(pair.primary);
    const atBackup = await connect(pair.backup);
    pair.switchover({ crash: true });
    await atPrimary.ended();
    await atBackup.next('EventLinkConnected');
  });

  it('may lose the link to the switch, which goes on by itself', async () => {
    const { on, pair } = await start();
    const client = await usable(pair.primary);
    await monitoring(client, 2);
    await resyncDone(client);
    pair.primary.setLinkConnected(false);
    await client.next('EventLinkDisconnected');
    const call = inbound(on);
    pair.primary.setLinkConnected(true);
    await client.next('EventLinkConnected');
    expect(client.frames).toEqual([]);
    await monitoring(client, 3);
    await resyncDone(client);
    expect(client.frames[0]?.attributes.CallUUID).toBe(call);
  });

  it('may be out of reach', async () => {
    const { pair } = await start();
    const client = await usable(pair.primary);
    await pair.reachable(false);
    await client.ended();
    await pair.reachable(true);
    await usable(pair.primary);
  });
});

describe('who watches', () => {
  it('is told by its name, its addresses, and whether it knows all calls', async () => {
    const { on, pair } = await start();
    inbound(on);
    const client = await usable(pair.primary);
    await client.ask('RequestRegisterAddress', address('5001', 2), 'EventRegistered');
    expect(pair.primary.watchers).toMatchObject([{ addresses: new Set(['5001']), monitoring: false }]);
    await monitoring(client, 3);
    await resyncDone(client);
    expect(pair.primary.watchers).toMatchObject([{ monitoring: true }]);
    client.close();
    await expect.poll(() => pair.primary.watchers).toEqual([]);
  });

  it('gets each event twice from a server that repeats itself', async () => {
    const { on, pair } = await start();
    const client = await usable(pair.primary);
    await client.ask('RequestRegisterAddress', address('5001', 2), 'EventRegistered');
    pair.primary.repeatEvents = true;
    on.ready('5001');
    const one = await client.next('EventAgentReady');
    const other = await client.next('EventAgentReady');
    expect({ ...other.attributes, EventSequenceNumber: 0 }).toEqual({
      ...one.attributes,
      EventSequenceNumber: 0,
    });
  });
});
