/** The agents that are watched, with the state of each, and what their changes mean for the outbox. */
import type { AgentMapping } from '@exec/common/id-map';
import type { CloudUserId, EmployeeId } from '@exec/common/ids';
import { latest, type WallMs, wallMs, wallOfSeconds } from '@exec/common/instants';
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
  /** What was stored when the term began, of agents who have not come yet. */
  #stored = new Map<EmployeeId, StoredState>();
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

  /**
   * Times of agents of whom nothing is known begin here: nothing later was injected of anybody who left, or whose user
   * was another one.
   */
  get floor(): WallMs {
    return this.#floor;
  }

  /**
   * Follows a new list; answers who left.
   *
   * @rule A user's times rise also when its agent leaves and comes back, or becomes another employee.
   * @test roster.test.ts: knows nothing any more of who left, but injects no time before the last of theirs when they
   *   come back
   * @test roster.test.ts: injects no time before the last of another employee who had the same user: %s
   */
  follow(agents: readonly AgentMapping[]): EmployeeId[] {
    const { outbox } = this.#options;
    const next = new Set(agents.map(({ employeeId }) => employeeId));
    // Without a list nobody of whom something is stored is gone: it was not read yet.
    const known = agents.length === 0 ? [] : this.#stored.keys();
    const left = [...new Set([...this.#states.keys(), ...known])].filter((id) => !next.has(id));
    for (const employeeId of left) this.#leave(employeeId);
    for (const { employeeId, userId } of agents) this.#forgetOtherUser(employeeId, userId);
    for (const { employeeId, userId } of agents) {
      const stored = this.#stored.get(employeeId);
      this.#stored.delete(employeeId);
      if (!this.#states.has(employeeId)) this.#states.set(employeeId, restored(stored));
      const isNew = outbox.agent(employeeId)?.userId !== userId;
      outbox.add(employeeId, userId, stored?.userId === userId ? stored : { userId, lastAt: this.#floor });
      if (isNew) this.#wantAgain(employeeId);
    }
    return left;
  }

  /**
   * Starts the outbox again from what is stored: another instance may have been active in between. `floor`: what was
   * injected of agents of whom nothing is stored is not later.
   */
  reload(
    agents: readonly AgentMapping[],
    stored: ReadonlyMap<EmployeeId, StoredState>,
    floor: WallMs,
  ): EmployeeId[] {
    this.#floor = floor;
    this.#stored = new Map(stored);
    this.#options.outbox.clear();
    return this.follow(agents);
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
    this.#stored.clear();
    this.#options.outbox.clear();
  }

  #leave(employeeId: EmployeeId): void {
    this.#raiseFloor(employeeId);
    this.#states.delete(employeeId);
    this.#stored.delete(employeeId);
    this.#options.outbox.remove(employeeId);
  }

  /** The user of an employee is another one: the one before may become somebody else's. */
  #forgetOtherUser(employeeId: EmployeeId, userId: CloudUserId): void {
    const record = this.#options.outbox.agent(employeeId) ?? this.#stored.get(employeeId);
    if (record !== undefined && record.userId !== userId) this.#raiseFloor(employeeId);
  }

  #raiseFloor(employeeId: EmployeeId): void {
    const record = this.#options.outbox.agent(employeeId) ?? this.#stored.get(employeeId);
    if (record !== undefined) this.#floor = latest(this.#floor, record.lastAt);
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
