/**
 * EXCP and EXAS behind bridges against the same services directly at the simulators: the same switches, so the same
 * calls, and two fake clouds that must hold the same.
 */

import { type Clock, systemClock } from '@exec/common/clock';
import { laterBy } from '@exec/common/instants';
import { Site } from '@exec/exas/testing';
import { expectedEnds, expectedSteps, type ServerPair, Stand, verdict, waitFor } from '@exec/excp/testing';
import {
  type Played,
  type Production,
  produce,
  type Scenario,
  ScenarioRunner,
  scenarios,
  switchesFor,
} from '@exec/simulators/scenarios';
import { SipServerSimulator, type SipSwitch } from '@exec/simulators/sip-server';
import { AgentStates, followSwitch } from '@exec/simulators/stat-server';
import type { BridgeProcess } from '../bridge-process.ts';
import { BridgePair, NativePair } from '../pairs.ts';
import { checked, type Ends } from './ends.ts';

export interface RedisOfRun {
  readonly url: string;
  readonly prefix: string;
}

export const ofRedis = ({ url, prefix }: RedisOfRun, name: string): RedisOfRun => ({
  url,
  prefix: `${prefix}-${name}`,
});

interface Group {
  readonly name: string;
  readonly scenarios: readonly Scenario[];
  /** Virtual milliseconds in one real one. */
  readonly speed: number;
  readonly sites?: 1 | 2;
  readonly env?: Readonly<Record<string, string>>;
}

const roles = ({ cast }: Scenario) => [
  ...Object.values(cast.agents ?? {}),
  ...Object.values(cast.queues ?? {}),
];
const isOfSites = (one: Scenario) => roles(one).some((role) => role.otherSite) || one.name.includes('site');
const usual = scenarios.filter((one) => !one.solo && one.settings === undefined);

export const groups: readonly Group[] = [
  { name: 'one site', scenarios: usual.filter((one) => !isOfSites(one)), speed: 6 },
  { name: 'two sites', scenarios: usual.filter(isOfSites), speed: 3, sites: 2 },
  {
    name: 'after-call work required',
    scenarios: scenarios.filter((one) => one.settings !== undefined),
    speed: 30,
    // The grace time runs by the real clock: two seconds stand for the sixty of the script.
    env: { ACW_REQUIRED: 'true', DISPOSITION_GRACE_SECONDS: '2' },
  },
];

/** Those that cut the consumer's connections. */
export const cut = scenarios.filter((one) => one.solo);

export interface Outcome {
  readonly name: string;
  readonly fault: string | undefined;
}

/** One outcome for each scenario, and one for the agents' states. */
export async function throughScenarios(redis: RedisOfRun, group: Group): Promise<Outcome[]> {
  const wrong = new Map<string, string>();
  let agents: string | undefined;
  const fault = await checked(async (ends) => {
    const { production, stands, sites, switches } = await bothWays(redis, group, ends);
    const runner = new ScenarioRunner({ clock: systemClock, switches, speed: group.speed });
    const played = await runner.playAll(production.performances, 250);
    for (const [way, stand] of Object.entries(stands))
      for (const [name, text] of await judged(stand, played)) wrong.set(name, `${way}: ${text}`);
    agents = await sameStates(sites);
    const kinds = Object.values(stands).map(countsOf);
    return kinds[0] === kinds[1] ? undefined : `directly ${kinds[0]}\n  through the bridge ${kinds[1]}`;
  });
  return [
    ...group.scenarios.map(({ name }) => ({ name: `injected: ${name}`, fault: wrong.get(name) })),
    { name: `injected: the same events (${group.name})`, fault },
    { name: `injected: the same states of agents (${group.name})`, fault: agents },
  ];
}

async function bothWays(redis: RedisOfRun, { scenarios: list, sites, env = {} }: Group, ends: Ends) {
  const production = produce(list);
  const switches = switchesFor(production, { now: () => Date.now(), seed: 'through' });
  const states = new AgentStates({ now: () => Date.now() });
  const employees = production.agents.filter(({ mapped }) => mapped).map(({ employeeId }) => employeeId);
  for (const employeeId of employees) states.addAgent(employeeId);
  for (const on of switches.values()) ends.defer(followSwitch(states, on));
  const watched = new Map([...switches].slice(0, sites ?? 1));
  const addresses = {
    directly: new Map<string, ServerPair>(),
    bridged: await bridgesOf(watched, ends),
  };
  for (const [name, on] of watched) {
    const simulator = await SipServerSimulator.start({ switch: on, clock: systemClock });
    ends.defer(() => simulator.close());
    addresses.directly.set(name, simulator.addresses);
  }
  const stand = async (way: keyof typeof addresses) => {
    const engage = { switches, addresses: addresses[way] };
    const made = await Stand.start({
      redis: ofRedis(redis, way),
      production,
      engage,
      env,
      sites: sites ?? 1,
    });
    ends.defer(() => made.close());
    await Promise.all([made.excp(), made.excp()]);
    await made.ready();
    return made;
  };
  const stat = await statBridge(states, ends);
  const site = async (way: keyof typeof addresses) => {
    const made = await Site.start({ redis: ofRedis(redis, `${way}-exas`), agents: employees, states });
    ends.defer(() => made.close());
    await made.exas(way === 'bridged' ? stat : {});
    return made;
  };
  const [directly, bridged] = [await stand('directly'), await stand('bridged')];
  return {
    ...{ production, switches },
    stands: { directly, bridged },
    sites: { directly: await site('directly'), bridged: await site('bridged') },
  };
}

/** A pair of bridges before a pair of servers of each switch. */
export async function bridgesOf(
  switches: ReadonlyMap<string, SipSwitch>,
  ends: Ends,
): Promise<Map<string, ServerPair>> {
  const addresses = new Map<string, ServerPair>();
  for (const [name, on] of switches) {
    const natives = await NativePair.sip(on);
    ends.defer(() => natives.close());
    const bridges = await BridgePair.start('tserver', natives);
    ends.defer(() => bridges.stop());
    addresses.set(name, bridges.addresses);
  }
  return addresses;
}

/** Variables of an EXAS behind a pair of bridges. */
async function statBridge(states: AgentStates, ends: Ends): Promise<Record<string, string>> {
  const natives = await NativePair.stat(states);
  ends.defer(() => natives.close());
  const bridges = await BridgePair.start('statserver', natives);
  ends.defer(() => bridges.stop());
  return statVariables(bridges);
}

export function statVariables({ addresses: [primary, backup] }: BridgePair): Record<string, string> {
  return {
    STAT_SERVER_PRIMARY: `${primary.host}:${primary.port}`,
    STAT_SERVER_BACKUP: `${backup.host}:${backup.port}`,
  };
}

/** Waits until the cloud has what the scripts lead to; by scenario, what differs. */
async function judged(stand: Stand, played: readonly Played[]): Promise<Map<string, string>> {
  const wrong = new Map<string, string>();
  const steps = expectedSteps(played);
  const { record } = stand.cloud;
  try {
    await stand.until(
      () => record.events().accepted >= steps,
      () => JSON.stringify({ ...record.events(), steps }),
    );
  } catch (error) {
    wrong.set(played[0]?.performance.scenario.name ?? '', (error as Error).message);
  }
  for (const one of verdict(stand, played).wrong)
    wrong.set('scenario' in one ? String(one.scenario) : 'unexpected', JSON.stringify(one));
  for (const violation of record.violations) wrong.set('violation', JSON.stringify(violation));
  return wrong;
}

/** How many of each kind of event were accepted and refused; a repeat of a slow request is dropped by the cloud. */
function countsOf(stand: Stand): string {
  const { record } = stand.cloud;
  const kinds = Map.groupBy(stand.accepted(), ({ kind }) => kind);
  const counts = [...kinds].map(([kind, list]) => `${kind} ${list.length}`).toSorted();
  return [...counts, `refused ${record.events().refused}`].join(', ');
}

async function sameStates({
  directly,
  bridged,
}: Readonly<Record<'directly' | 'bridged', Site>>): Promise<string | undefined> {
  const shown = new Map(
    directly.employees.flatMap((employeeId) => {
      const { presence, routingStatus } = directly.shown(employeeId);
      return presence === undefined || routingStatus === undefined
        ? []
        : [[employeeId, { presence, routingStatus }] as const];
    }),
  );
  if (shown.size < directly.employees.length) return 'the cloud does not show every agent';
  await bridged.untilShown(shown);
  return undefined;
}

/** Scenarios in which nobody watches for a while: both bridges are killed then, and started again. */
export async function throughCuts(redis: RedisOfRun): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const scenario of cut)
    outcomes.push({
      name: `injected, the bridge killed and started again: ${scenario.name}`,
      fault: await checked((ends) => throughCut(ofRedis(redis, `${cut.indexOf(scenario)}`), scenario, ends)),
    });
  return outcomes;
}

async function throughCut(redis: RedisOfRun, scenario: Scenario, ends: Ends): Promise<string | undefined> {
  const production: Production = produce([scenario]);
  const switches = switchesFor(production, { now: () => Date.now(), seed: 'through' });
  const [site] = switches;
  if (site === undefined) return 'there is no switch';
  const natives = await NativePair.sip(site[1]);
  ends.defer(() => natives.close());
  const bridges = await BridgePair.start('tserver', natives);
  ends.defer(() => bridges.stop());
  const engage = { switches, addresses: new Map([[site[0], bridges.addresses]]) };
  const stand = await Stand.start({ redis, production, engage });
  ends.defer(() => stand.close());
  await Promise.all([stand.excp(), stand.excp()]);
  await stand.ready();
  const pause = new Pause();
  const watching = (on: boolean) =>
    pause.while(async () => {
      await Promise.all(bridges.bridges.map((bridge) => (on ? bridge.restart() : bridge.kill())));
      if (on) await waitFor(() => seesAll(bridges.bridges[0], production), 'both EXCP see all again', 60_000);
    });
  // EXCP's own waits do not shrink with the play: what lies ten seconds apart must stay further apart than they last.
  const runner = new ScenarioRunner({ clock: pause.clock, switches, speed: 4, hooks: { watching } });
  const played = await runner.playAll(production.performances);
  const ended = () => stand.cloud.record.accepted({ kind: 'communicationEnded' }).length;
  await stand.until(
    () => ended() >= expectedEnds(played),
    () => JSON.stringify({ ended: ended(), wrong: verdict(stand, played).wrong }),
  );
  const { wrong } = verdict(stand, played);
  const { violations } = stand.cloud.record;
  return wrong.length + violations.length === 0 ? undefined : JSON.stringify({ wrong, violations });
}

/** Whether a bridge that was just started has told both EXCP of every address and of every live call. */
async function seesAll(bridge: BridgeProcess, { agents, queues }: Production): Promise<boolean> {
  const addresses = agents.length + queues.filter(({ mapped }) => mapped).length;
  const sent = (message: string) => bridge.metric('bridge_frames_sent_total', `"${message}"`);
  // Two for each: that it begins, and that it is over.
  return (await sent('EventRegistered')) >= 2 * addresses && (await sent('EventACK')) >= 2 * 2;
}

/** A clock for a runner that stands still while something is waited for. */
class Pause {
  #change: Promise<void> = Promise.resolve();
  #paused = 0;

  readonly clock: Clock = {
    now: () => systemClock.now(),
    monotonic: () => laterBy(systemClock.monotonic(), -this.#paused),
    setTimer: (ms, callback) => systemClock.setTimer(ms, callback),
    sleep: async (ms, signal) => {
      await this.#change;
      await systemClock.sleep(ms, signal);
    },
  };

  while(wait: () => Promise<void>): void {
    this.#change = this.#change.then(async () => {
      const begin = systemClock.monotonic();
      await wait();
      this.#paused += systemClock.monotonic() - begin;
    });
    // Whoever sleeps learns of it.
    this.#change.catch(() => undefined);
  }
}
