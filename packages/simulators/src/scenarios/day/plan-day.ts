/** Plans a working day of a contact centre: who logs in when, which calls come, who takes them. Same seed, same day. */
import { Random } from '../../random.ts';
import { Agenda } from './agenda.ts';

export const breakReasons = ['Break', 'Meal', 'Meeting', 'Training'] as const;
export type BreakReason = (typeof breakReasons)[number];

/** Agents, queues and calls are numbers from 0. `at`: milliseconds after the day's begin. */
export type DayMoment = { readonly at: number } & (
  | { readonly does: 'login' | 'ready' | 'afterCallWork' | 'logout'; readonly agent: number }
  | { readonly does: 'notReady'; readonly agent: number; readonly reason: BreakReason }
  | { readonly does: 'callIn' | 'abandon' | 'answer' | 'hold' | 'retrieve'; readonly call: number }
  | { readonly does: 'queue'; readonly call: number; readonly queue: number }
  | { readonly does: 'ring'; readonly call: number; readonly agent: number }
  | { readonly does: 'hangUp'; readonly call: number; readonly by: 'customer' | 'agent' }
  | { readonly does: 'disposition'; readonly call: number; readonly code: string }
);

export interface DayMix {
  /** Shares of all calls, 0–1. */
  readonly abandoned: number;
  readonly held: number;
  readonly disposition: number;
  /** Share of the agents who are still logged in when the day is over. */
  readonly staying: number;
}

export interface DayOptions {
  readonly seed: number;
  readonly agents: number;
  readonly queues: number;
  readonly calls: number;
  /** Milliseconds in which the whole day passes. */
  readonly durationMs: number;
  readonly wrapupCodes?: readonly string[];
  readonly mix?: Partial<DayMix>;
}

export interface DayPlan {
  readonly options: DayOptions;
  /** In the order of time. */
  readonly moments: readonly DayMoment[];
}

const usualMix: DayMix = { abandoned: 0.05, held: 0.3, disposition: 0.5, staying: 0.2 };

export function planDay(options: DayOptions): DayPlan {
  return { options, moments: new DayPlanner(options).plan() };
}

interface AgentDay {
  readonly number: number;
  readonly breaks: { readonly from: number; readonly reason: BreakReason }[];
  /** Undefined: stays. */
  readonly leavesAt: number | undefined;
  state: 'away' | 'idle' | 'busy';
}

class DayPlanner {
  readonly #o: DayOptions;
  readonly #mix: DayMix;
  readonly #random: Random;
  readonly #agenda = new Agenda();
  readonly #moments: DayMoment[] = [];
  readonly #idle: AgentDay[] = [];
  readonly #waiting: number[] = [];
  /** Mean length of one call with its after-call work: so that the agents can cope with all calls. */
  readonly #callMs: number;

  constructor(o: DayOptions) {
    this.#o = o;
    this.#mix = { ...usualMix, ...o.mix };
    this.#random = new Random(o.seed);
    const capacity = (0.4 * o.durationMs * o.agents) / Math.max(1, o.calls);
    this.#callMs = Math.min(0.04 * o.durationMs, capacity);
  }

  plan(): DayMoment[] {
    for (let number = 0; number < this.#o.agents; number++) this.#addAgent(number);
    for (let call = 0; call < this.#o.calls; call++)
      this.#agenda.add(this.#share(0.12, 0.75), (at) => this.#callIn(at, call));
    // Nobody may wait for ever, also when there is no agent.
    this.#agenda.add(this.#o.durationMs * 0.86, (at) => {
      for (const call of this.#waiting.splice(0)) this.#note({ at, does: 'abandon', call });
    });
    this.#agenda.run();
    return this.#moments;
  }

  /** A time between two shares of the day. */
  #share(from: number, to: number): number {
    return this.#random.between(from, to) * this.#o.durationMs;
  }

  /** About `share` of the mean call, between half and one and a half of it. */
  #about(share: number): number {
    return Math.max(1, share * this.#callMs * this.#random.between(0.5, 1.5));
  }

  #note(moment: DayMoment): void {
    this.#moments.push(moment);
  }

  #addAgent(number: number): void {
    const breaks = [this.#share(0.2, 0.5), this.#share(0.5, 0.8)].map((from) => ({
      from,
      reason: this.#random.pick(breakReasons),
    }));
    const leavesAt = this.#random.chance(this.#mix.staying) ? undefined : this.#share(0.92, 0.98);
    const agent: AgentDay = { number, breaks, leavesAt, state: 'away' };
    this.#agenda.add(this.#share(0, 0.1), (at) => {
      this.#note({ at, does: 'login', agent: number });
      this.#agenda.add(at + this.#o.durationMs * 0.005, (later) => this.#becomeReady(later, agent));
    });
    for (const { from } of breaks) this.#agenda.add(from, (at) => this.#restWhenIdle(at, agent));
    if (leavesAt !== undefined) this.#agenda.add(leavesAt, (at) => this.#leaveWhenIdle(at, agent));
  }

  #becomeReady(at: number, agent: AgentDay): void {
    this.#note({ at, does: 'ready', agent: agent.number });
    agent.state = 'idle';
    const call = this.#waiting.shift();
    if (call === undefined) this.#idle.push(agent);
    else this.#ring(at + 1, call, agent);
  }

  /** After a call, or at a planned time when nothing is going on. */
  #next(at: number, agent: AgentDay): void {
    if (agent.leavesAt !== undefined && agent.leavesAt <= at) this.#leave(at, agent);
    else if ((agent.breaks[0]?.from ?? Number.POSITIVE_INFINITY) <= at) this.#rest(at, agent);
    else this.#becomeReady(at, agent);
  }

  #restWhenIdle(at: number, agent: AgentDay): void {
    if (agent.state === 'idle' && this.#takeIdle(agent)) this.#rest(at, agent);
  }

  #leaveWhenIdle(at: number, agent: AgentDay): void {
    if (agent.state === 'idle' && this.#takeIdle(agent)) this.#leave(at, agent);
  }

  #rest(at: number, agent: AgentDay): void {
    const reason = agent.breaks.shift()?.reason ?? 'Break';
    agent.state = 'busy';
    this.#note({ at, does: 'notReady', agent: agent.number, reason });
    this.#agenda.add(at + this.#share(0.02, 0.05), (later) => this.#next(later, agent));
  }

  #leave(at: number, agent: AgentDay): void {
    agent.state = 'away';
    this.#note({ at, does: 'logout', agent: agent.number });
  }

  #takeIdle(agent: AgentDay): boolean {
    const index = this.#idle.indexOf(agent);
    if (index >= 0) this.#idle.splice(index, 1);
    return index >= 0;
  }

  #callIn(at: number, call: number): void {
    this.#note({ at, does: 'callIn', call });
    this.#agenda.add(at + this.#about(0.05), (queued) => {
      this.#note({ at: queued, does: 'queue', call, queue: this.#random.below(this.#o.queues) });
      if (this.#random.chance(this.#mix.abandoned)) {
        this.#agenda.add(queued + this.#about(0.2), (late) =>
          this.#note({ at: late, does: 'abandon', call }),
        );
        return;
      }
      this.#agenda.add(queued + this.#about(0.1), (due) => {
        const agent = this.#idle.shift();
        if (agent === undefined) this.#waiting.push(call);
        else this.#ring(due, call, agent);
      });
    });
  }

  #ring(at: number, call: number, agent: AgentDay): void {
    agent.state = 'busy';
    this.#agenda.add(at, () => {
      this.#note({ at, does: 'ring', call, agent: agent.number });
      this.#agenda.add(at + this.#about(0.08), (answered) => this.#talk(answered, call, agent));
    });
  }

  #talk(at: number, call: number, agent: AgentDay): void {
    this.#note({ at, does: 'answer', call });
    const talkMs = this.#about(0.5);
    if (this.#random.chance(this.#mix.held)) {
      this.#agenda.add(at + talkMs * 0.3, (held) => this.#note({ at: held, does: 'hold', call }));
      this.#agenda.add(at + talkMs * 0.6, (back) => this.#note({ at: back, does: 'retrieve', call }));
    }
    this.#agenda.add(at + talkMs, (end) => this.#wrapUp(end, call, agent));
  }

  #wrapUp(at: number, call: number, agent: AgentDay): void {
    this.#note({ at, does: 'hangUp', call, by: this.#random.chance(0.6) ? 'customer' : 'agent' });
    this.#note({ at, does: 'afterCallWork', agent: agent.number });
    const workMs = this.#about(0.2);
    const codes = this.#o.wrapupCodes ?? [];
    const code = codes[this.#random.below(Math.max(1, codes.length))];
    if (code !== undefined && this.#random.chance(this.#mix.disposition))
      this.#agenda.add(at + workMs * 0.8, (set) => this.#note({ at: set, does: 'disposition', call, code }));
    this.#agenda.add(at + workMs, (end) => this.#next(end, agent));
  }
}
