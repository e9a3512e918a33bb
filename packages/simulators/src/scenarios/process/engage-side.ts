/** The whole Engage side of a connector: switches, a SIP Server pair for each, one Stat Server pair over all agents. */
import type { Clock } from '@exec/common/clock';
import { ExecError } from '@exec/common/errors';
import type { ServerAddress } from '@exec/engage-link';
import { SipServerSimulator, SipSwitch } from '../../sip-server/index.ts';
import { AgentStates, followSwitch, StatServerSimulator } from '../../stat-server/index.ts';
import type { AgentState, DayBook, DayTotals } from '../day/day-book.ts';
import { planDay } from '../day/plan-day.ts';
import { playDay } from '../day/play-day.ts';
import { needsTwoSites, scenarioNamed, scenarios } from '../library/index.ts';
import { equip, produce, siteNames } from '../script/production.ts';
import { ScenarioRunner } from '../script/runner.ts';
import type { ExpectedConversation, Played } from '../script/scenario.ts';
import { routingPointNumber } from '../script/stage.ts';
import { TestCallControl } from '../test-calls/control.ts';
import { TestCaller } from '../test-calls/test-caller.ts';
import type { EngageCommand, EngageConfig } from './config.ts';

type CommandOf<Name extends EngageCommand['command']> = Extract<EngageCommand, { command: Name }>;

export interface DayResult {
  readonly totals: DayTotals;
  readonly conversations: readonly ExpectedConversation[];
  /** By employee ID. */
  readonly states: Readonly<Record<string, readonly AgentState[]>>;
}

export interface ScenarioResult {
  readonly scenario: string;
  readonly startedAt: number;
  readonly expected: readonly ExpectedConversation[];
}

export interface EngageStatus {
  readonly day: { readonly done: number; readonly of: number } | undefined;
  readonly liveCalls: number;
  readonly sipClients: number;
  readonly registeredAddresses: number;
  readonly statClients: number;
  readonly openStatistics: number;
  /** Agents by their status at Stat Server. */
  readonly agents: Readonly<Record<string, number>>;
}

export interface EngageAddresses {
  readonly sites: readonly {
    readonly switch: string;
    readonly sip: readonly [ServerAddress, ServerAddress];
  }[];
  readonly stat: readonly [ServerAddress, ServerAddress];
  /** Where test calls can be asked for. */
  readonly testCalls?: string;
}

export class EngageSide {
  readonly switches: ReadonlyMap<string, SipSwitch>;
  readonly sip: readonly SipServerSimulator[];
  readonly states: AgentStates;
  readonly stat: StatServerSimulator;
  readonly #config: EngageConfig;
  readonly #clock: Clock;
  readonly #stopping = new AbortController();
  readonly #runners = new Set<ScenarioRunner>();
  readonly #unfollow: readonly (() => void)[];
  readonly #testCalls: TestCallControl | undefined;
  #day: { done: number; readonly of: number } | undefined;
  #performances = 0;
  #callers = 0;

  private constructor(
    config: EngageConfig,
    clock: Clock,
    parts: Pick<EngageSide, 'switches' | 'sip' | 'states' | 'stat'> & {
      readonly testCalls: TestCallControl | undefined;
    },
  ) {
    this.#config = config;
    this.#testCalls = parts.testCalls;
    this.#clock = clock;
    this.switches = parts.switches;
    this.sip = parts.sip;
    this.states = parts.states;
    this.stat = parts.stat;
    this.#unfollow = [...this.switches.values()].map((on) => followSwitch(this.states, on));
  }

  static async start(config: EngageConfig, clock: Clock): Promise<EngageSide> {
    const now = () => clock.now();
    const states = new AgentStates({ now });
    const switches = new Map<string, SipSwitch>();
    for (const site of config.sites) {
      const on = new SipSwitch({ name: site.switch, now });
      on.addDn(routingPointNumber, 'RoutingPoint');
      for (const number of site.queues) on.addDn(number, 'VirtualQueue');
      for (const number of site.extensions) on.addDn(number, 'Extension');
      for (const { employeeId, dn } of site.agents) {
        on.addDn(dn, 'Extension');
        states.addAgent(employeeId);
      }
      switches.set(site.switch, on);
    }
    const common = { clock, host: config.host, password: config.password, recordedFrames: 0 };
    const sip: SipServerSimulator[] = [];
    for (const on of switches.values()) {
      const ports = sip.length === 0 ? config.ports.sip : undefined;
      sip.push(
        await SipServerSimulator.start({ ...common, switch: on, ...(ports === undefined ? {} : { ports }) }),
      );
    }
    const { stat: ports } = config.ports;
    const stat = await StatServerSimulator.start({
      ...common,
      states,
      ...(ports === undefined ? {} : { ports }),
    });
    const [first] = config.sites;
    const on = switches.get(first.switch);
    const testCalls =
      config.testCalls === undefined || on === undefined
        ? undefined
        : await TestCallControl.listen(new TestCaller(on, first), config.host, config.testCalls);
    return new EngageSide(config, clock, { switches, sip, states, stat, testCalls });
  }

  get addresses(): EngageAddresses {
    return {
      sites: this.sip.map((pair) => ({ switch: pair.switch.name, sip: pair.addresses })),
      stat: this.stat.addresses,
      ...(this.#testCalls === undefined ? {} : { testCalls: this.#testCalls.url }),
    };
  }

  async playDay(o: Omit<CommandOf<'play-day'>, 'command' | 'id'>): Promise<DayResult> {
    const site = this.#config.sites[o.site];
    if (site === undefined) throw new ExecError('simulator.impossible', `there is no site ${o.site}`);
    const agents = o.agents ?? site.agents.length;
    const mix = Object.fromEntries(Object.entries(o.mix).filter(([, share]) => share !== undefined));
    const plan = planDay({ ...o, mix, agents, queues: site.queues.length });
    const progress = { done: 0, of: plan.moments.length };
    this.#day = progress;
    const firstCaller = this.#callers;
    this.#callers += o.calls;
    const book = await playDay(plan, {
      clock: this.#clock,
      switch: this.#site(site.switch),
      centre: { agents: site.agents, queues: site.queues, routingPoint: routingPointNumber },
      signal: this.#stopping.signal,
      firstCaller,
      onProgress: (done) => {
        progress.done = done;
      },
    });
    return resultOf(book);
  }

  async playScenarios(o: Omit<CommandOf<'play-scenarios'>, 'command' | 'id'>): Promise<ScenarioResult[]> {
    const chosen =
      o.names?.map(scenarioNamed) ??
      scenarios.filter(
        (one) => !one.solo && one.settings === undefined && (this.sip.length > 1 || !needsTwoSites(one)),
      );
    const [first, second] = this.#config.sites;
    const people = (site: EngageConfig['sites'][0]) => ({
      agents: site.agents.slice(o.firstAgent),
      queues: site.queues,
    });
    const production = produce(chosen, {
      times: o.times,
      firstIndex: this.#performances,
      sites: [first.switch, second?.switch ?? siteNames[1]],
      people: second === undefined ? [people(first)] : [people(first), people(second)],
      codes: o.codes,
    });
    this.#performances += production.performances.length;
    equip(production, this.switches);
    const runner = new ScenarioRunner({
      clock: this.#clock,
      switches: this.switches,
      speed: o.speed,
      hooks: { watching: (on) => void this.setReachable('sip', on) },
    });
    this.#runners.add(runner);
    try {
      return (await runner.playAll(production.performances, o.everyMs)).map(toResult);
    } finally {
      this.#runners.delete(runner);
    }
  }

  status(): EngageStatus {
    const servers = this.sip.flatMap((pair) => [pair.primary, pair.backup]);
    const agents: Record<string, number> = {};
    for (const state of Object.values(this.statuses())) agents[state] = (agents[state] ?? 0) + 1;
    return {
      day: this.#day,
      liveCalls: [...this.switches.values()].reduce((sum, on) => sum + on.calls.size, 0),
      sipClients: servers.reduce((sum, server) => sum + server.link.clients.size, 0),
      registeredAddresses: servers.reduce((sum, server) => sum + server.registeredAddresses.size, 0),
      statClients: this.stat.primary.link.clients.size + this.stat.backup.link.clients.size,
      openStatistics: this.stat.primary.openStatistics + this.stat.backup.openStatistics,
      agents,
    };
  }

  /** Every agent's status at Stat Server, by employee ID. */
  statuses(): Record<string, string> {
    return Object.fromEntries(
      this.states.employeeIds.map((id) => [id, this.states.value(id, 'DNStatus')?.Status ?? 'Unknown']),
    );
  }

  switchover(server: 'sip' | 'stat', crash: boolean): void {
    const pairs = server === 'sip' ? this.sip : [this.stat];
    for (const pair of pairs) pair.switchover({ crash });
  }

  async setReachable(server: 'sip' | 'stat', reachable: boolean): Promise<void> {
    const pairs = server === 'sip' ? this.sip : [this.stat];
    await Promise.all(pairs.map((pair) => pair.reachable(reachable)));
  }

  /** Ends whatever is being played, then the servers. */
  async close(): Promise<void> {
    this.#stopping.abort(new Error('the Engage side was closed'));
    for (const runner of this.#runners) runner.stop();
    for (const stop of this.#unfollow) stop();
    await this.#testCalls?.close();
    await Promise.all([...this.sip.map((pair) => pair.close()), this.stat.close()]);
  }

  #site(name: string): SipSwitch {
    const on = this.switches.get(name);
    if (on === undefined) throw new ExecError('simulator.impossible', `there is no switch ${name}`);
    return on;
  }
}

function resultOf(book: DayBook): DayResult {
  return {
    totals: book.totals,
    conversations: book.conversations,
    states: Object.fromEntries(book.states),
  };
}

function toResult(played: Played): ScenarioResult {
  return {
    scenario: played.performance.scenario.name,
    startedAt: played.startedAt,
    expected: played.expected,
  };
}
