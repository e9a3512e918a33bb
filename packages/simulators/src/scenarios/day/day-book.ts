/** Keeps account of a day while it is played: the conversations and agent states that it must become. */
import type { ExpectedConversation, ExpectedLeg, LegStep } from '../script/scenario.ts';
import type { BreakReason } from './plan-day.ts';

/** What an agent does, and what that must become: presence and routing status of the EX organisation. */
export interface AgentState {
  readonly at: number;
  readonly engage: 'LoggedOut' | 'NotReady' | 'Ready' | 'OnCall' | 'AfterCallWork';
  readonly reason: BreakReason | undefined;
  readonly presence: 'Offline' | 'Busy' | 'On Queue' | BreakReason;
  readonly routingStatus: 'OffQueue' | 'Idle' | 'Interacting';
}

export interface DayTotals {
  readonly calls: number;
  readonly conversations: number;
  readonly answered: number;
  readonly abandoned: number;
  readonly legs: { readonly external: number; readonly queue: number; readonly user: number };
  readonly holds: number;
  readonly dispositions: number;
  /** Changes of the pair of presence and routing status, over all agents. */
  readonly stateChanges: number;
}

interface OpenLeg {
  readonly participant: ExpectedLeg['participant'];
  readonly steps: LegStep[];
  readonly times: number[];
  readonly number?: string;
  readonly inbound?: boolean;
}

export class DayBook {
  readonly #legs = new Map<string, OpenLeg[]>();
  readonly #states = new Map<string, AgentState[]>();

  /** `call`: CallUUID; `at`: milliseconds since 1970. */
  established(
    call: string,
    participant: OpenLeg['participant'],
    at: number,
    step: LegStep,
    o: Pick<OpenLeg, 'number' | 'inbound'> = {},
  ): void {
    const legs = this.#legs.get(call) ?? [];
    legs.push({ participant, steps: [step], times: [at], ...o });
    this.#legs.set(call, legs);
  }

  /** A step of the newest leg of a participant. */
  step(call: string, participant: OpenLeg['participant'], at: number, step: LegStep): void {
    const leg = this.#legs.get(call)?.findLast((one) => one.participant === participant);
    leg?.steps.push(step);
    leg?.times.push(at);
  }

  /** Only a change of what it must become is kept. */
  state(employeeId: string, at: number, engage: AgentState['engage'], reason?: BreakReason): void {
    const states = this.#states.get(employeeId) ?? [];
    const next: AgentState = { at, engage, reason, ...translate(engage, reason) };
    const last = states.at(-1);
    if (last?.presence !== next.presence || last.routingStatus !== next.routingStatus) states.push(next);
    this.#states.set(employeeId, states);
  }

  get conversations(): ExpectedConversation[] {
    return [...this.#legs].map(([call, legs]) => ({ call, legs, transfers: [] }));
  }

  /** Of every agent, from the first state of the day to the last. */
  get states(): ReadonlyMap<string, readonly AgentState[]> {
    return this.#states;
  }

  get totals(): DayTotals {
    const legs = [...this.#legs.values()].flat();
    const withStep = (prefix: string) =>
      legs.filter((leg) => leg.steps.some((step) => step.startsWith(prefix)));
    const kind = (prefix: string) => legs.filter((leg) => leg.participant.startsWith(prefix)).length;
    const count = (prefix: string) =>
      legs.reduce((sum, leg) => sum + leg.steps.filter((step) => step.startsWith(prefix)).length, 0);
    const answered = withStep('answered').length;
    return {
      calls: this.#legs.size,
      conversations: this.#legs.size,
      answered,
      abandoned: this.#legs.size - answered,
      legs: { external: kind('external'), queue: kind('queue:'), user: kind('user:') },
      holds: count('held'),
      dispositions: count('disposition'),
      stateChanges: [...this.#states.values()].reduce((sum, states) => sum + states.length, 0),
    };
  }
}

function translate(
  engage: AgentState['engage'],
  reason: BreakReason | undefined,
): Pick<AgentState, 'presence' | 'routingStatus'> {
  switch (engage) {
    case 'LoggedOut':
      return { presence: 'Offline', routingStatus: 'OffQueue' };
    case 'NotReady':
      return { presence: reason ?? 'Busy', routingStatus: 'OffQueue' };
    case 'Ready':
      return { presence: 'On Queue', routingStatus: 'Idle' };
    case 'OnCall':
    case 'AfterCallWork':
      return { presence: 'On Queue', routingStatus: 'Interacting' };
  }
}
