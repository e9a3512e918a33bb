/** What goes on at the contact centre: calls at both sites and agents who change their state, at steady rates. */
import { textOf } from '@exec/common/trouble';
import { type CallStep, callerOf, publishedOfCall, stepsOfCall } from '@exec/excp/testing';
import type { SipSwitch } from '@exec/simulators/sip-server';
import { onSchedule } from '../bench/measure.ts';
import type { Stage } from '../chaos/stage/stage.ts';
import type { Site } from '../demo/sites.ts';

/** Shortest call whose steps are far enough from each other, and how much longer the calls of a soak are. */
const shortestMs = 2_000;
const stretch = 5;
/** How long a call of a soak keeps its agent. */
const callMs = shortestMs * stretch;

/** Agents for each one that a punctual load needs: a call that is late holds its agent longer. */
const spare = 1.5;

const reasons = ['Break', 'Meal', 'Meeting', 'Training'];

/** Agents that are needed, of whom some have no telephone. */
export function agentsNeeded(callsPerSecond: number): number {
  return Math.ceil((callsPerSecond * callMs * spare * 1.2) / 1000) + 100;
}

interface Place {
  readonly site: Site;
  readonly on: SipSwitch;
  /** How many of the first agents take calls. */
  readonly callers: number;
  /** Telephones of those without a call, the one that has waited longest first. */
  readonly free: string[];
}

interface Rates {
  readonly callsPerSecond: number;
  readonly changesPerSecond: number;
}

export class SteadyLoad {
  readonly #stage: Stage;
  readonly #rates: Rates;
  readonly #sites: readonly Place[];
  readonly #code: string;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #stop = new AbortController();
  readonly #faults: string[] = [];
  #calls = 0;
  #changes = 0;
  #working: Promise<unknown> = Promise.resolve();
  #lateByMs = 0;

  constructor(stage: Stage, rates: Rates) {
    this.#stage = stage;
    this.#rates = rates;
    this.#code = stage.centre.expected.wrapupCodes[0]?.name ?? '';
    const perSite = Math.ceil((rates.callsPerSecond * callMs * spare) / 1000 / 2) + 1;
    this.#sites = stage.centre.sites.sites.map((site, index) => {
      const on = stage.engage.switches.get(site.switch);
      const agents = index === 0 ? stage.centre.sites.working : site.agents.length;
      if (on === undefined || agents <= perSite)
        throw new Error(`${site.switch} has too few agents: ${agents}`);
      return { site, on, callers: perSite, free: site.agents.slice(0, perSite).map(({ dn }) => dn) };
    });
  }

  get calls(): number {
    return this.#calls;
  }

  get changes(): number {
    return this.#changes;
  }

  /** What the cloud must have accepted when all calls are over. */
  get events(): number {
    return this.#calls * publishedOfCall;
  }

  /** By how much the load was late at worst, milliseconds. */
  get lateByMs(): number {
    return this.#lateByMs;
  }

  /** What the switches refused; empty when the load is as it should be. */
  get faults(): readonly string[] {
    return this.#faults;
  }

  start(): void {
    for (const { site, on, callers } of this.#sites)
      for (const [index, { dn, loginCode, employeeId }] of site.agents
        .slice(0, this.#workingAt(site))
        .entries()) {
        // Without an employee ID Stat Server does not follow the telephone: its states come at their own rate.
        on.login(dn, index < callers ? { agentId: loginCode } : { agentId: loginCode, employeeId });
        on.ready(dn);
      }
    this.#working = Promise.all([
      this.#every(1000 / this.#rates.callsPerSecond, (index) => this.#call(index)),
      this.#every(1000 / this.#rates.changesPerSecond, (index) => this.#change(index)),
    ]);
  }

  /** No call begins any more; resolves when those under way are over. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#working;
    await new Promise<void>((resolve) => {
      const look = setInterval(() => {
        if (this.#timers.size > 0) return;
        clearInterval(look);
        resolve();
      }, 100);
    });
  }

  /** Ends at once. */
  close(): void {
    this.#stop.abort();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #workingAt(site: Site): number {
    return site === this.#sites[0]?.site ? this.#stage.centre.sites.working : site.agents.length;
  }

  async #every(ms: number, run: (index: number) => void): Promise<void> {
    const start = performance.now();
    for (let index = 0; !this.#stop.signal.aborted; index++) {
      await onSchedule(start, index, ms);
      this.#lateByMs = Math.max(this.#lateByMs, performance.now() - start - index * ms);
      run(index);
    }
  }

  #call(index: number): void {
    const at = this.#sites[index % this.#sites.length];
    if (at === undefined) return;
    const { site, on, free } = at;
    const agent = free.shift();
    if (agent === undefined) {
      this.#fault('no agent is free; the call was left out');
      return;
    }
    const queue = site.queues[Math.floor(index / this.#sites.length) % site.queues.length] ?? '';
    this.#calls += 1;
    const steps = stepsOfCall(on, { agent, queue, ani: callerOf(index), code: this.#code });
    this.#play(steps, performance.now(), () => void free.push(agent));
  }

  /** One step after the other, also when one is late. */
  #play([step, ...rest]: readonly CallStep[], begin: number, over: () => void): void {
    if (step === undefined) {
      over();
      return;
    }
    this.#at(Math.max(0, begin + step.at * stretch - performance.now()), () => {
      step.run();
      this.#play(rest, begin, over);
    });
  }

  #change(index: number): void {
    const at = this.#sites[index % this.#sites.length];
    if (at === undefined) return;
    const others = at.site.agents.slice(at.callers, this.#workingAt(at.site));
    const nth = Math.floor(index / this.#sites.length);
    const dn = others[nth % others.length]?.dn ?? '';
    const round = Math.floor(nth / others.length);
    this.#changes += 1;
    this.#at(0, () => {
      if (round % 2 === 1) at.on.ready(dn);
      else at.on.notReady(dn, { ReasonCode: reasons[nth % reasons.length] ?? '' });
    });
  }

  #at(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      try {
        run();
      } catch (error) {
        this.#fault(textOf(error));
      }
    }, ms);
    this.#timers.add(timer);
  }

  #fault(text: string): void {
    if (this.#faults.length < 20) this.#faults.push(text);
  }
}
