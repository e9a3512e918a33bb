/**
 * What every agent should show, what the cloud accepted, and what is on its way: decides which events go next.
 *
 * Presence and routing status travel in requests of their own, hence two halves per agent. A half has at most one event
 * in flight; the last state wins, so a half never holds more than one wanted value. No I/O and no clock in here.
 */
import type { CloudUserId, EmployeeId } from '@exec/common/ids';
import { laterBy, latest, type MonotonicMs, monotonicMs, type WallMs, wallMs } from '@exec/common/instants';
import type { CloudState, PresenceName, RoutingStatus } from '../state/table.ts';

export const halfKinds = ['presence', 'routingStatus'] as const;
export type HalfKind = (typeof halfKinds)[number];

/** A value that the cloud accepted. `at`: the time that was injected with it. */
export interface Accepted {
  readonly value: string;
  readonly at: WallMs;
}

/** One event to send. */
export interface OutgoingEvent {
  readonly kind: HalfKind;
  readonly employeeId: EmployeeId;
  readonly userId: CloudUserId;
  readonly value: PresenceName | RoutingStatus;
  /** Time to inject. */
  readonly at: WallMs;
  /** When the notification arrived; absent for a re-assertion or a restored state. */
  readonly receivedAt?: MonotonicMs;
}

interface Wanted {
  readonly state: CloudState;
  readonly at: WallMs;
  /** When it was decided. */
  readonly decidedAt: WallMs;
  readonly receivedAt?: MonotonicMs;
}

interface Half {
  /** Absent when nothing was accepted yet, or when the outcome of the last sending is not known. */
  accepted?: Accepted;
  inFlight?: OutgoingEvent;
  /** Send even though the cloud has accepted the value before. */
  reassert?: boolean;
  /** Injected time of the wanted state that the cloud refused for good: not sent again until something changes. */
  refusedAt?: WallMs;
  /** A retryable refusal is not repeated before that. */
  notBefore?: MonotonicMs;
}

export interface AgentRecord {
  readonly employeeId: EmployeeId;
  userId: CloudUserId;
  wanted?: Wanted;
  /** Last time that was given to a state of this agent; the next is later. */
  lastAt: WallMs;
  lastError?: string;
  readonly halves: Readonly<Record<HalfKind, Half>>;
  /** The last state of which both halves were accepted. */
  consistent?: CloudState;
  /** A state of which one half was refused for good, to be tried again when something changes. */
  refusedState?: CloudState;
}

/** What outlives a restart. */
export interface StoredAgent {
  readonly userId: CloudUserId;
  readonly presence?: Accepted;
  readonly routingStatus?: Accepted;
  readonly lastAt: WallMs;
}

/** Of an agent of whom nothing was injected. */
const noTime = wallMs(0);
const atOnce = monotonicMs(Number.NEGATIVE_INFINITY);

/** A last time further in the future than this comes from a clock that was wrong; instances may differ by less. */
const toleranceMs = 60_000;

export interface OutboxOptions {
  /** The last time of an agent lay so far in the future that it is not counted from any more. */
  readonly onFutureTime?: (employeeId: EmployeeId, aheadMs: number) => void;
}

/**
 * @rule The last state of an agent always arrives, states in between may be left out, and injected times only rise.
 * @test outbox.test.ts: ends, once the cloud accepts again, with the last state in both halves and times that only
 *   rose
 * @rule Nothing newer of a user passes what is still on its way, also when the agent has left and come back meanwhile.
 * @test outbox.test.ts: waits for what is on its way of an agent who has left and come back: %s
 * @page docs/reference/agent-states.md#how-a-state-is-injected
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #agents = new Map<EmployeeId, AgentRecord>();
  /** Agents with something to send, in the order in which they began to wait; the value is when. */
  readonly #waiting: Readonly<Record<HalfKind, Map<EmployeeId, WallMs>>> = {
    presence: new Map(),
    routingStatus: new Map(),
  };
  /** By user, what is on its way of agents that have left: it may still be repeated, and nothing newer may pass it. */
  readonly #departed: Readonly<Record<HalfKind, Map<CloudUserId, OutgoingEvent>>> = {
    presence: new Map(),
    routingStatus: new Map(),
  };

  constructor(options: OutboxOptions = {}) {
    this.#options = options;
  }

  agents(): Iterable<AgentRecord> {
    return this.#agents.values();
  }

  agent(employeeId: EmployeeId): AgentRecord | undefined {
    return this.#agents.get(employeeId);
  }

  get size(): number {
    return this.#agents.size;
  }

  waiting(kind: HalfKind): number {
    return this.#waiting[kind].size;
  }

  /** Agents of which at least one half waits. */
  get pendingAgents(): number {
    const { presence, routingStatus } = this.#waiting;
    let both = 0;
    for (const employeeId of presence.keys()) if (routingStatus.has(employeeId)) both += 1;
    return presence.size + routingStatus.size - both;
  }

  /** Since when the longest waiting half waits. */
  get oldestWaiting(): WallMs | undefined {
    let oldest: WallMs | undefined;
    for (const kind of halfKinds) {
      for (const since of this.#waiting[kind].values()) {
        if (oldest === undefined || since < oldest) oldest = since;
      }
    }
    return oldest;
  }

  /** When the first in line of a half began to wait. */
  firstWaiting(kind: HalfKind): WallMs | undefined {
    return this.#waiting[kind].values().next().value;
  }

  /** When the first of the events that must wait may go; undefined when none is waiting for a time. */
  nextRetry(): MonotonicMs | undefined {
    let next: MonotonicMs | undefined;
    for (const kind of halfKinds) {
      for (const employeeId of this.#waiting[kind].keys()) {
        const notBefore = this.#agents.get(employeeId)?.halves[kind].notBefore;
        if (notBefore !== undefined && (next === undefined || notBefore < next)) next = notBefore;
      }
    }
    return next;
  }

  /** Takes an agent on, with what is known to be accepted already. Another user than before starts from nothing. */
  add(employeeId: EmployeeId, userId: CloudUserId, stored?: StoredAgent): AgentRecord {
    const known = this.#agents.get(employeeId);
    if (known !== undefined && known.userId === userId) return known;
    if (known !== undefined) this.#depart(known);
    const valid = stored !== undefined && stored.userId === userId ? stored : undefined;
    const record: AgentRecord = {
      employeeId,
      userId,
      lastAt: valid?.lastAt ?? noTime,
      ...(known?.wanted === undefined ? {} : { wanted: known.wanted }),
      halves: {
        presence: valid?.presence === undefined ? {} : { accepted: valid.presence },
        routingStatus: valid?.routingStatus === undefined ? {} : { accepted: valid.routingStatus },
      },
    };
    this.#agents.set(employeeId, record);
    const both = acceptedState(record);
    if (both !== undefined && isPair(both)) record.consistent = both;
    for (const kind of halfKinds) this.#updateWaiting(record, kind);
    return record;
  }

  remove(employeeId: EmployeeId): void {
    const agent = this.#agents.get(employeeId);
    if (agent !== undefined) this.#depart(agent);
    this.#agents.delete(employeeId);
    for (const kind of halfKinds) this.#waiting[kind].delete(employeeId);
  }

  clear(): void {
    for (const agent of this.#agents.values()) this.#depart(agent);
    this.#agents.clear();
    for (const kind of halfKinds) this.#waiting[kind].clear();
  }

  /**
   * The agent's state is another one. Injected time: that of the event, but later than the last one of this agent and
   * never in the future.
   */
  want(
    employeeId: EmployeeId,
    change: { readonly state: CloudState; readonly since: WallMs; readonly receivedAt?: MonotonicMs },
    now: WallMs,
  ): void {
    const agent = this.#agents.get(employeeId);
    if (agent === undefined) return;
    // What is no time at all must not spoil the request that it travels in.
    const since = change.since >= 0 && change.since <= now ? change.since : now;
    const at = this.#nextTime(agent, since, now);
    agent.wanted = {
      state: change.state,
      at,
      decidedAt: now,
      ...(change.receivedAt === undefined ? {} : { receivedAt: change.receivedAt }),
    };
    delete agent.refusedState;
    for (const kind of halfKinds) this.#updateWaiting(agent, kind);
  }

  /**
   * @rule Every half hour the known states are sent once more with the present time, which heals the far side.
   * @test outbox.test.ts: sends both halves with the present time, once
   */
  reassert(now: WallMs): void {
    for (const agent of this.#agents.values()) {
      const state = agent.refusedState ?? agent.wanted?.state ?? acceptedState(agent);
      if (state === undefined) continue;
      for (const kind of halfKinds) agent.halves[kind].reassert = true;
      this.#again(agent, state, now);
    }
  }

  /** Lets refused states be tried again, for example because the mapping changed. */
  retryRefused(now: WallMs): void {
    for (const agent of this.#agents.values()) {
      const state = agent.refusedState ?? (hasRefusal(agent) ? agent.wanted?.state : undefined);
      if (state !== undefined) this.#again(agent, state, now);
    }
  }

  /** Up to `limit` events of one half that may go now, longest waiting first; they count as in flight. */
  take(kind: HalfKind, limit: number, now: MonotonicMs): OutgoingEvent[] {
    const events: OutgoingEvent[] = [];
    for (const employeeId of this.#waiting[kind].keys()) {
      if (events.length >= limit) break;
      const agent = this.#agents.get(employeeId);
      const wanted = agent?.wanted;
      if (agent === undefined || wanted === undefined) continue;
      const half = agent.halves[kind];
      if (!this.#mayGo(agent, kind, now)) continue;
      const event: OutgoingEvent = {
        kind,
        employeeId,
        userId: agent.userId,
        value: wanted.state[kind],
        at: wanted.at,
        ...(wanted.receivedAt === undefined ? {} : { receivedAt: wanted.receivedAt }),
      };
      half.inFlight = event;
      events.push(event);
    }
    for (const { employeeId } of events) this.#waiting[kind].delete(employeeId);
    return events;
  }

  /** Events of one half that could go at this moment. */
  ready(kind: HalfKind, now: MonotonicMs, limit: number): number {
    let count = 0;
    for (const employeeId of this.#waiting[kind].keys()) {
      if (count >= limit) break;
      const agent = this.#agents.get(employeeId);
      if (agent !== undefined && this.#mayGo(agent, kind, now)) count += 1;
    }
    return count;
  }

  /** The cloud took the event. */
  accepted(event: OutgoingEvent): AgentRecord | undefined {
    const agent = this.#answered(event);
    if (agent === undefined) return undefined;
    const half = agent.halves[event.kind];
    delete half.inFlight;
    delete half.notBefore;
    if (half.reassert === true && agent.wanted?.at === event.at) delete half.reassert;
    half.accepted = { value: event.value, at: event.at };
    const both = acceptedState(agent);
    if (both !== undefined && isPair(both)) {
      agent.consistent = both;
      if (agent.refusedState === undefined) delete agent.lastError;
    }
    this.#updateWaiting(agent, event.kind);
    return agent;
  }

  /**
   * The event may be sent again, not before `notBefore`; the newest wanted value goes then.
   * `outcomeUnknown`: the cloud may have taken it, so what it shows is not known any more.
   */
  retry(
    event: OutgoingEvent,
    options: { notBefore: MonotonicMs; error: string; outcomeUnknown: boolean },
  ): void {
    const agent = this.#answered(event);
    if (agent === undefined) return;
    const half = agent.halves[event.kind];
    delete half.inFlight;
    if (options.outcomeUnknown) delete half.accepted;
    half.notBefore = options.notBefore;
    agent.lastError = options.error;
    this.#updateWaiting(agent, event.kind);
  }

  /**
   * The cloud refused the event for good. So that the two halves do not contradict each other, the other half goes back
   * to the last state that was accepted as a whole; the next change tries both again.
   *
   * @rule When one half is refused for good the other goes back to the last whole state, so that the two never
   *   contradict each other.
   * @test outbox.test.ts: takes the other half back to the last whole state, so that the two do not contradict each
   *   other
   */
  refused(event: OutgoingEvent, error: string): void {
    const agent = this.#answered(event);
    if (agent === undefined) return;
    const half = agent.halves[event.kind];
    delete half.inFlight;
    delete half.reassert;
    agent.lastError = error;
    const { wanted } = agent;
    if (wanted !== undefined && wanted.at === event.at) {
      half.refusedAt = event.at;
      const fallback = agent.consistent;
      if (fallback !== undefined && fallback[event.kind] !== event.value) {
        agent.refusedState = wanted.state;
        agent.lastAt = laterBy(agent.lastAt, 1);
        agent.wanted = { state: fallback, at: agent.lastAt, decidedAt: wanted.decidedAt };
        half.refusedAt = agent.lastAt;
      }
    }
    for (const kind of halfKinds) this.#updateWaiting(agent, kind);
  }

  #again(agent: AgentRecord, state: CloudState, now: WallMs): void {
    const at = this.#nextTime(agent, now, now);
    agent.wanted = { state, at, decidedAt: now };
    delete agent.refusedState;
    for (const kind of halfKinds) {
      delete agent.halves[kind].refusedAt;
      this.#updateWaiting(agent, kind);
    }
  }

  /** Later than the last time of the agent; one that a wrong clock left in the future does not hold for ever. */
  #nextTime(agent: AgentRecord, since: WallMs, now: WallMs): WallMs {
    const aheadMs = agent.lastAt - now;
    if (aheadMs > toleranceMs) {
      this.#options.onFutureTime?.(agent.employeeId, aheadMs);
      agent.lastAt = now;
    } else {
      agent.lastAt = latest(laterBy(agent.lastAt, 1), since);
    }
    return agent.lastAt;
  }

  #mayGo({ userId, halves }: AgentRecord, kind: HalfKind, now: MonotonicMs): boolean {
    const { inFlight, notBefore = atOnce } = halves[kind];
    return inFlight === undefined && notBefore <= now && !this.#departed[kind].has(userId);
  }

  #depart({ userId, halves }: AgentRecord): void {
    for (const kind of halfKinds) {
      const { inFlight } = halves[kind];
      if (inFlight !== undefined) this.#departed[kind].set(userId, inFlight);
    }
  }

  /** The event has its outcome. Answers its agent; undefined when that one has left meanwhile. */
  #answered(event: OutgoingEvent): AgentRecord | undefined {
    const departed = this.#departed[event.kind];
    if (departed.get(event.userId) === event) departed.delete(event.userId);
    const agent = this.#agents.get(event.employeeId);
    return agent?.halves[event.kind].inFlight === event ? agent : undefined;
  }

  /** Puts a half on the waiting list or takes it off; one that waits already keeps its place. */
  #updateWaiting(agent: AgentRecord, kind: HalfKind): void {
    const { wanted } = agent;
    const half = agent.halves[kind];
    const waiting = this.#waiting[kind];
    const open =
      wanted !== undefined &&
      half.inFlight === undefined &&
      half.refusedAt !== wanted.at &&
      (half.reassert === true || half.accepted?.value !== wanted.state[kind]);
    if (!open) waiting.delete(agent.employeeId);
    else if (!waiting.has(agent.employeeId)) waiting.set(agent.employeeId, wanted.decidedAt);
  }
}

/** What the cloud shows, where both halves are known. */
export function acceptedState(agent: AgentRecord): CloudState | undefined {
  const presence = agent.halves.presence.accepted?.value;
  const routingStatus = agent.halves.routingStatus.accepted?.value;
  if (presence === undefined || routingStatus === undefined) return undefined;
  return { presence: presence as PresenceName, routingStatus: routingStatus as RoutingStatus };
}

/** On Queue goes with a routing status other than OffQueue, every other presence with OffQueue. */
export function isPair({ presence, routingStatus }: CloudState): boolean {
  return (presence === 'OnQueue') === (routingStatus !== 'OffQueue');
}

function hasRefusal(agent: AgentRecord): boolean {
  return halfKinds.some((kind) => agent.halves[kind].refusedAt !== undefined);
}
