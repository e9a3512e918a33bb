/** The suite passes on the simulators: everything that can be checked, with test calls that they play. */
import { afterEach, expect, it } from 'vitest';
import { simulator, simulatorPeople } from '../players/simulator.ts';
import { startSite, testContext } from '../testing/site.ts';
import { runConformance } from './run.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

it('the simulated SIP Server and Stat Server pass every check', async () => {
  const site = await startSite();
  closing.push(() => site.close());
  const { sites, stat, testCalls = '' } = site.addresses;
  const people = await simulatorPeople(testCalls);
  const rows = await runConformance(testContext({ calls: simulator(testCalls), role: 'Primary' }), {
    sip: { address: sites[0]?.sip[0] ?? stat[0], ...people },
    stat: { address: stat[0], agents: people.agents, tenant: 'Resources' },
  });
  expect(rows.filter(({ result }) => result !== 'pass')).toEqual([]);
  expect(rows.map(({ server, check, seen }) => `${server} ${check}: ${seen}`)).toMatchInlineSnapshot(`
    [
      "sip connect: TCP without TLS",
      "sip opening: engage-link/1",
      "sip role: Primary",
      "sip usable: EventLinkConnected",
      "sip query: version 8.1.103.00",
      "sip unknown-request: EventError with code 4",
      "sip keep-alive: KeepAliveResponse",
      "sip bad-line: the connection is closed",
      "sip unknown-attribute: EventServerInfo",
      "sip register: 5 addresses and a snapshot of each",
      "sip register-nobody: EventError with code 7",
      "sip unregister: EventUnregistered",
      "sip resync: 0 live calls between Resync and ResyncDone",
      "sip call: EventCallCreated, two connected parties, EventQueued, EventDiverted, a party on hold, that party connected again, EventCallPartyDeleted, EventCallDeleted",
      "sip resync-live: the live call, with its parties",
      "sip snapshot-live: the live call",
      "sip abandon: EventQueued, EventAbandoned, EventCallDeleted",
      "sip consult: a call of type Consult that names its main call, the end of both calls",
      "sip same-content: 12 events of calls",
      "sip stop: EventACK",
      "sip order: 40 events of calls",
      "sip times: 69 events",
      "sip form: 105 frames",
      "stat connect: TCP without TLS",
      "stat opening: engage-link/1",
      "stat role: Primary",
      "stat unknown-request: EventError with code 4",
      "stat keep-alive: KeepAliveResponse",
      "stat bad-line: the connection is closed",
      "stat open: 6 statistics and the value of each",
      "stat open-nobody: EventError with code 8",
      "stat change: EventInfo of CurrentState and CurrentStateReasons",
      "stat close: EventStatisticClosed",
      "stat times: 43 values",
      "stat form: 55 frames",
    ]
  `);
});

it('of backups it checks what a backup must do', async () => {
  const site = await startSite();
  closing.push(() => site.close());
  const { sites, stat } = site.addresses;
  const rows = await runConformance(testContext({ role: 'Backup' }), {
    sip: { address: sites[0]?.sip[1] ?? stat[0], extensions: [], queues: [] },
    stat: { address: stat[1], agents: ['E1001'], tenant: 'Resources' },
  });
  const made = rows.filter(({ result }) => result !== 'skip');
  expect(made.map(({ server, check, result }) => `${server} ${check} ${result}`)).toEqual([
    'sip connect pass',
    'sip opening pass',
    'sip role pass',
    'sip usable pass',
    'sip unknown-request pass',
    'sip keep-alive pass',
    'sip bad-line pass',
    'sip form pass',
    'stat connect pass',
    'stat opening pass',
    'stat role pass',
    'stat unknown-request pass',
    'stat keep-alive pass',
    'stat bad-line pass',
    'stat form pass',
  ]);
  expect(rows.find(({ server, check }) => server === 'sip' && check === 'call')).toMatchObject({
    result: 'skip',
    seen: 'it is the backup',
  });
});
