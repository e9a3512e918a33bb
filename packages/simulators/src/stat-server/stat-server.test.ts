import { FakeClock } from '@exec/common/testing';
import { agentStatistic, type StatisticCategory } from '@exec/engage-link/wire';
import { afterEach, describe, expect, it } from 'vitest';
import { RawClient } from '../link-server/testing/raw-client.ts';
import { AgentStates } from './agent-states.ts';
import type { StatServer } from './stat-server.ts';
import { StatServerSimulator } from './stat-server-simulator.ts';

/** Waits for a condition; only a test that fails takes that long. */
const eventually = <Value>(value: () => Value) => expect.poll(value, { timeout: 20_000 });

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function start() {
  const clock = new FakeClock();
  const states = new AgentStates({ now: () => clock.now() });
  states.addAgent('E1');
  states.login('E1', { dn: '5001', switchName: 'X', loginId: '7001' });
  const pair = await StatServerSimulator.start({ states, clock });
  open.push(() => pair.close());
  return { clock, states, pair };
}

async function connect(server: StatServer): Promise<RawClient> {
  const client = await RawClient.registered(server.link.address);
  open.push(() => client.close());
  return client;
}

function statistic(ReferenceID: number, category: StatisticCategory, employeeId = 'E1') {
  return { ReferenceID, ...agentStatistic({ employeeId, tenantName: 'Environment', category }) };
}

async function opened(client: RawClient, referenceId: number, category: StatisticCategory): Promise<void> {
  await client.ask('RequestOpenStatistic', statistic(referenceId, category), 'EventStatisticOpened');
  await info(client, referenceId);
}

async function info(client: RawClient, referenceId: number): Promise<Record<string, unknown>> {
  const frame = await client.next('EventInfo', ({ attributes }) => attributes.ReferenceID === referenceId);
  return frame.attributes.ObjectValue as Record<string, unknown>;
}

/** Nothing was sent before the answer to this. */
async function quiet(client: RawClient): Promise<void> {
  await client.ask('RequestNothing', { ReferenceID: 999 }, 'EventError');
  expect(client.frames).toEqual([]);
}

describe('a statistic', () => {
  it('tells the present value at once, then one per change', async () => {
    const { states, pair } = await start();
    const client = await connect(pair.primary);
    client.send('RequestOpenStatistic', statistic(2, 'CurrentState'));
    expect((await client.next('EventStatisticOpened')).attributes).toEqual({ ReferenceID: 2 });
    expect(await info(client, 2)).toEqual(states.value('E1', 'DNStatus'));
    states.ready('E1');
    expect(await info(client, 2)).toMatchObject({ Status: 'WaitForNextCall' });
    await quiet(client);
  });

  it('of states is silent when a reason changes, that of reasons is not', async () => {
    const { states, pair } = await start();
    const client = await connect(pair.primary);
    await opened(client, 2, 'CurrentState');
    await opened(client, 3, 'CurrentStateReasons');
    states.notReady('E1', { ReasonCode: 'Break' });
    expect(await info(client, 3)).toEqual(states.value('E1', 'DNAction'));
    await quiet(client);
  });

  it('of an unknown or refused agent is refused', async () => {
    const { pair } = await start();
    const client = await connect(pair.primary);
    await client.ask('RequestOpenStatistic', statistic(2, 'CurrentState', 'E2'), 'EventError');
    pair.primary.refuseAgent('E1', true);
    await client.ask('RequestOpenStatistic', statistic(3, 'CurrentState'), 'EventError');
    pair.primary.refuseAgent('E1', false);
    await opened(client, 4, 'CurrentState');
  });

  it('needs a ReferenceID of its own and a known form', async () => {
    const { pair } = await start();
    const client = await connect(pair.primary);
    await opened(client, 2, 'CurrentState');
    await client.ask('RequestOpenStatistic', statistic(2, 'CurrentState'), 'EventError');
    await client.ask('RequestOpenStatistic', { ReferenceID: 3 }, 'EventError');
    await client.ask('RequestGetStatisticProfile', { ReferenceID: 4 }, 'EventError');
    expect(pair.primary.openStatistics).toBe(1);
  });

  it('tells nothing after it was closed', async () => {
    const { states, pair } = await start();
    const client = await connect(pair.primary);
    await opened(client, 2, 'CurrentState');
    const close = { ReferenceID: 3, StatisticId: 2 };
    expect((await client.ask('RequestCloseStatistic', close, 'EventStatisticClosed')).attributes).toEqual(
      close,
    );
    await client.ask('RequestCloseStatistic', { ReferenceID: 4, StatisticId: 2 }, 'EventError');
    states.ready('E1');
    await quiet(client);
  });

  it('may be later than the other of the same agent', async () => {
    const { clock, states, pair } = await start();
    const client = await connect(pair.primary);
    await opened(client, 2, 'CurrentState');
    await opened(client, 3, 'CurrentStateReasons');
    pair.primary.lag({ DNAction: 200 });
    states.ready('E1');
    const late = states.value('E1', 'DNAction');
    states.notReady('E1');
    await info(client, 2);
    await info(client, 2);
    await quiet(client);
    await clock.advance(200);
    expect(await info(client, 3)).toEqual(late);
    expect(await info(client, 3)).toEqual(states.value('E1', 'DNAction'));
  });

  it('ends with its connection', async () => {
    const { states, pair } = await start();
    const client = await connect(pair.primary);
    await opened(client, 2, 'CurrentState');
    client.close();
    await eventually(() => pair.primary.openStatistics).toBe(0);
    states.ready('E1');
  });
});

describe('a pair', () => {
  it('tells its roles, and closes the connections when they change', async () => {
    const { states, pair } = await start();
    const client = await connect(pair.primary);
    await opened(client, 2, 'CurrentState');
    const waiting = await RawClient.connect(pair.backup.link.address);
    open.push(() => waiting.close());
    waiting.register();
    expect((await waiting.next('EventServerConnected')).attributes.ServerRole).toBe('Backup');
    states.ready('E1');
    pair.switchover();
    // What was told before the switch-over still arrives.
    expect(await info(client, 2)).toMatchObject({ Status: 'WaitForNextCall' });
    await client.ended();
    await waiting.ended();
    const again = await RawClient.connect(pair.active.link.address);
    open.push(() => again.close());
    again.register();
    expect((await again.next('EventServerConnected')).attributes.ServerRole).toBe('Primary');
    await opened(again, 2, 'CurrentState');
  });

  it('may lose its primary without a word, or be out of reach', async () => {
    const { pair } = await start();
    const client = await connect(pair.primary);
    pair.switchover({ crash: true });
    await client.ended();
    expect(pair.active).toBe(pair.backup);
    const other = await connect(pair.backup);
    await pair.reachable(false);
    await other.ended();
    await pair.reachable(true);
    await connect(pair.active);
  });
});
