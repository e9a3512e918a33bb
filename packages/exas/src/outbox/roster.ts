/** The agents that are watched, with the state of each, and what their changes mean for the outbox. */
import type { AgentMapping } from '@exec/common/id-map';
import type { EmployeeId } from '@exec/common/ids';
import { type WallMs, wallMs, wallOfSeconds } from '@exec/common/instants';
import { type AgentState, initialAgent, nextAgent, reconnected } from '../state/agent.ts';
import type { Situation } from '../state/situation.ts';
import { type CloudState, type Translation, translate } from '../state/table.ts';
import type { StatisticInput } from '../statistics/input.ts';
import type { StoredState } from './ledger.ts';
import type { Outbox } from './outbox.ts';

export interface RosterOptions {
  readonly outbox: Outbox;
  readonly translation: Translation;
  readonly now: () => WallMs;
}

const offline: CloudState = { presence: 'Offline', routingStatus: 'OffQueue' };

export class Roster {
  readonly #options: RosterOptions;
  readonly #states = new Map<EmployeeId, AgentState>();
  /** Earliest time for agents of whom nothing is stored. */
  #floor = wallMs(0);

  constructor(options: RosterOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#states.size;
  }

  get stale(): number {
    let count = 0;
    for (const { stale } of this.#states.values()) if (stale) count += 1;
    return count;
  }

  situation(employeeId: EmployeeId): Situation | undefined {
    return this.#states.get(employeeId)?.memory.situation;
  }

  isStale(employeeId: EmployeeId): boolean {
    return this.#states.get(employeeId)?.stale ?? false;
  }

  /** Follows a new list; answers who left. `stored`: what is known of agents from before a restart. */
  follow(agents: readonly AgentMapping[], stored: ReadonlyMap<EmployeeId, StoredState>): EmployeeId[] {
    const { outbox } = this.#options;
    const next = new Set(agents.map(({ employeeId }) => employeeId));
    const left = [...this.#states.keys()].filter((employeeId) => !next.has(employeeId));
    for (const employeeId of left) {
      this.#states.delete(employeeId);
      outbox.remove(employeeId);
    }
    for (const { employeeId, userId } of agents) {
      const before = stored.get(employeeId);
      if (!this.#states.has(employeeId)) this.#states.set(employeeId, restored(before));
      const isNew = outbox.agent(employeeId)?.userId !== userId;
      outbox.add(employeeId, userId, before ?? { userId, lastAt: this.#floor });
      if (isNew) this.#wantAgain(employeeId);
    }
    return left;
  }

  /**
   * Starts the outbox again from what is stored: another instance may have been active in between. `floor`: when Redis
   * was last found without data; what was injected before that is not known, but not later.
   */
  reload(
    agents: readonly AgentMapping[],
    stored: ReadonlyMap<EmployeeId, StoredState>,
    floor: WallMs,
  ): EmployeeId[] {
    const { outbox } = this.#options;
    this.#floor = floor;
    outbox.clear();
    return this.follow(agents, stored);
  }

  /** Answers whether the agent's state changed. */
  input(employeeId: EmployeeId, input: StatisticInput): boolean {
    const state = this.#states.get(employeeId);
    if (state === undefined) return false;
    const { outbox, translation, now } = this.#options;
    const next = nextAgent(state, input, translation);
    this.#states.set(employeeId, next.agent);
    for (const { state: target, situation, receivedAt } of next.changes) {
      outbox.want(employeeId, { state: target, since: wallOfSeconds(situation.since), receivedAt }, now());
    }
    return next.changes.length > 0;
  }

  /** A server is gone: halves of a pair of notifications that never completed are forgotten. */
  disconnected(): void {
    for (const [employeeId, state] of this.#states) this.#states.set(employeeId, reconnected(state));
  }

  /** Engage has been away for too long: everybody is shown as logged out until it says otherwise. */
  setAllOffline(): void {
    const { outbox, now } = this.#options;
    for (const employeeId of this.#states.keys()) {
      this.#states.set(employeeId, initialAgent);
      outbox.want(employeeId, { state: offline, since: now() }, now());
    }
  }

  clear(): void {
    this.#states.clear();
    this.#options.outbox.clear();
  }

  #wantAgain(employeeId: EmployeeId): void {
    const situation = this.situation(employeeId);
    // A situation from before a restart is only remembered; what it is now the Stat Server will say.
    if (situation === undefined || this.#states.get(employeeId)?.memory.signature === undefined) return;
    const { outbox, translation, now } = this.#options;
    const state = translate(translation, situation);
    if (state !== undefined) outbox.want(employeeId, { state, since: wallOfSeconds(situation.since) }, now());
  }
}

function restored(stored: StoredState | undefined): AgentState {
  if (stored?.situation === undefined) return initialAgent;
  return { ...initialAgent, memory: { ...initialAgent.memory, situation: stored.situation } };
}
