import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { RawClient } from '../../link-server/testing/raw-client.ts';
import type { EngageConfigInput } from './config.ts';
import { EngageProcess } from './engage-process.ts';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

function config(agents = 40): EngageConfigInput {
  const site = (name: string, first: number) => ({
    switch: name,
    agents: Array.from({ length: agents }, (_, n) => ({
      employeeId: `E${first + n}`,
      loginCode: `7${first + n}`,
      dn: `5${first + n}`,
    })),
    queues: ['VQ_A', 'VQ_B'].map((queue) => `${queue}_${name}`),
  });
  return { sites: [site('SIP_Switch', 1000), site('SIP_Switch_2', 2000)] };
}

async function start(): Promise<EngageProcess> {
  const engage = await EngageProcess.start(config());
  open.push(() => engage.stop());
  return engage;
}

describe('the Engage side as a process', () => {
  it('listens, plays a day with its agents, and says what it must have become', async () => {
    const engage = await start();
    const { sites, stat } = engage.addresses;
    expect(sites.map((site) => site.switch)).toEqual(['SIP_Switch', 'SIP_Switch_2']);
    const client = await RawClient.registered(sites[0]?.sip[0] ?? stat[0]);
    open.push(() => client.close());
    await client.next('EventLinkConnected');
    const day = await engage.playDay({ calls: 10, durationMs: 1500, seed: 3, wrapupCodes: ['Sale'] });
    expect(day.totals).toMatchObject({ calls: 10, conversations: 10 });
    expect(day.conversations).toHaveLength(10);
    const states = await engage.states();
    const engageNames: Record<string, string> = {
      LoggedOut: 'LoggedOut',
      Ready: 'WaitForNextCall',
      NotReady: 'NotReadyForNextCall',
    };
    for (const [employeeId, list] of Object.entries(day.states))
      expect(states[employeeId]).toBe(engageNames[list.at(-1)?.engage ?? '']);
    expect(Object.keys(day.states)).toHaveLength(40);
    const status = await engage.status();
    expect(status).toMatchObject({ liveCalls: 0, sipClients: 1 });
    expect(status.day?.done).toBe(status.day?.of);
    expect(await engage.stop()).toBe(0);
  });

  it('plays scenarios with the people who are there, at both sites', async () => {
    const engage = await start();
    const results = await engage.playScenarios({
      names: ['disposition-during-call', 'two-sites-routed'],
      speed: 100,
      firstAgent: 10,
      codes: { Sale: 'S1' },
    });
    expect(results.map((one) => one.scenario)).toEqual(['disposition-during-call', 'two-sites-routed']);
    const legs = results.flatMap((one) => one.expected.flatMap((conversation) => conversation.legs));
    expect(legs.map((leg) => leg.participant)).toEqual([
      'external',
      'queue:VQ_A_SIP_Switch',
      'user:E1010',
      'external',
      'queue:VQ_A_SIP_Switch',
      'user:E2010',
    ]);
    expect(legs[2]?.steps).toContain('disposition:S1');
  });

  it('switches over and is out of reach on command; a command it cannot obey is refused', async () => {
    const engage = await start();
    const [primary, backup] = engage.addresses.stat;
    await engage.switchover('stat');
    const client = await RawClient.connect(backup);
    open.push(() => client.close());
    client.register();
    expect((await client.next('EventServerConnected')).attributes.ServerRole).toBe('Primary');
    await engage.switchover('sip', { crash: true });
    await engage.setReachable('stat', false);
    await client.ended();
    await expect(RawClient.connect(primary)).rejects.toThrow();
    await engage.setReachable('stat', true);
    await expect(engage.playScenarios({ names: ['no-such-scenario'] })).rejects.toThrow(/no-such-scenario/);
    await expect(engage.playDay({ calls: -1, durationMs: 10 })).rejects.toThrow(/calls/);
    await expect(engage.playDay({ calls: 1, agents: 41, durationMs: 10 })).rejects.toThrow(/more agents/);
  });

  it('says what is wrong with its set-up', async () => {
    await expect(EngageProcess.start({ sites: [] } as unknown as EngageConfigInput)).rejects.toThrow(/sites/);
  });

  it.each(['SIGTERM', 'SIGKILL of the parent'])('ends on %s', async (how) => {
    const main = fileURLToPath(new URL('./main.ts', import.meta.url));
    const child = spawn(process.execPath, [main], { stdio: ['pipe', 'pipe', 'ignore'] });
    const exit = once(child, 'exit');
    child.stdin.write(`${JSON.stringify(config(1))}\n`);
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    expect(JSON.parse(line)).toMatchObject({ ready: true });
    if (how === 'SIGTERM') child.kill('SIGTERM');
    // What is left of a parent that is gone without a word: closed pipes.
    else child.stdin.destroy();
    expect(await exit).toEqual([0, null]);
  });
});
