import { systemClock } from '@exec/common/clock';
import { silentLogger } from '@exec/common/logging';
import { SipServerClient, StatServerClient } from '@exec/engage-link';
import { readableMetrics } from '@exec/engage-link/testing';
import { type AgentStatus, agentStatistic, type SipEvent } from '@exec/engage-link/wire';
import { afterEach, describe, expect, it } from 'vitest';
import { SipServerSimulator, SipSwitch } from '../sip-server/index.ts';
import { AgentStates, followSwitch, StatServerSimulator } from '../stat-server/index.ts';

/** Waits for a condition; only a test that fails takes that long. */
const eventually = <Value>(value: () => Value) => expect.poll(value, { timeout: 20_000 });

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const now = () => systemClock.now();

function office(): SipSwitch {
  const on = new SipSwitch({ name: 'X', now });
  on.addDn('5001', 'Extension');
  on.login('5001', { agentId: '7001', employeeId: 'E1' });
  return on;
}

function clientOptions(name: string, servers: SipServerSimulator['addresses']) {
  return {
    name,
    servers,
    applicationName: 'test',
    clock: systemClock,
    logger: silentLogger,
    metrics: readableMetrics().metrics,
  };
}

describe('the clients of the services', () => {
  it('register, monitor and come back after a switch-over of SIP Servers', async () => {
    const on = office();
    const pair = await SipServerSimulator.start({ switch: on, clock: systemClock });
    open.push(() => pair.close());
    const events: SipEvent[] = [];
    const ports: number[] = [];
    const client = new SipServerClient({
      ...clientOptions('calls', pair.addresses),
      handler: {
        usable: ({ server }) => void ports.push(server.port),
        unusable: () => undefined,
        frame: (event) => void events.push(event),
      },
    });
    open.push(() => client.stop());
    client.start();
    await eventually(() => ports).toEqual([pair.addresses[0].port]);
    const registered = await client.registerAddress('5001', 'DN');
    expect(registered.AgentID).toBe('7001');
    await expect(client.registerAddress('4711', 'DN')).rejects.toMatchObject({
      code: 'link.request-refused',
    });
    await client.startCallMonitoring();
    const call = on.inboundCall({ ani: '+99901', dnis: '800', extension: '5001' });
    on.answer(call, '5001');
    await eventually(() => events.map((event) => event.message)).toContain('EventUserEvent');
    pair.switchover({ crash: true });
    await eventually(() => ports).toEqual(pair.addresses.map((address) => address.port));
    events.length = 0;
    await client.startCallMonitoring();
    await eventually(() => events.map((event) => event.message)).toEqual([
      'EventACK',
      'EventCallCreated',
      'EventCallPartyAdded',
      'EventCallPartyAdded',
      'EventACK',
    ]);
    expect((await client.queryServer()).LinkConnected).toBe(true);
  });

  it('open statistics and open them again after a switch-over of Stat Servers', async () => {
    const on = office();
    const states = new AgentStates({ now });
    states.addAgent('E1');
    open.push(followSwitch(states, on));
    const pair = await StatServerSimulator.start({ states, clock: systemClock });
    open.push(() => pair.close());
    const values: AgentStatus[] = [];
    let usable = 0;
    const client = new StatServerClient({
      ...clientOptions('stat', pair.addresses),
      handler: {
        usable: () => {
          usable += 1;
        },
        unusable: () => undefined,
        info: (_reference, value) => void values.push(value),
      },
    });
    open.push(() => client.stop());
    client.start();
    await eventually(() => usable).toBe(1);
    const statistic = agentStatistic({
      employeeId: 'E1',
      tenantName: 'Environment',
      category: 'CurrentStateReasons',
    });
    await client.open(statistic);
    on.notReady('5001', { ReasonCode: 'Break' });
    await eventually(() => values.at(-1)).toEqual(states.value('E1', 'DNAction'));
    await expect(
      client.open({ ...statistic, StatisticObject: { ...statistic.StatisticObject, ObjectId: 'E2' } }),
    ).rejects.toMatchObject({ code: 'link.request-refused' });
    pair.switchover();
    await eventually(() => usable).toBe(2);
    on.logout('5001');
    await client.open(statistic);
    await eventually(() => values.at(-1)?.Status).toBe('LoggedOut');
  });
});
