/**
 * What every agent should show, what the cloud accepted, and what is on its way: decides which events go next.
 *
 * Presence and routing status travel in requests of their own, hence two lanes per agent. A lane has at most one event
 * in flight; the last state wins, so a lane never holds more than one wanted value. No I/O and no clock in here.
 */
import type { CloudUserId, EmployeeId } from '@exec/common/ids';
import type { CloudState, PresenceName, RoutingStatus } from '../state/table.ts';

export const laneKinds = ['presence', 'routingStatus'] as const;
export type LaneKind = (typeof laneKinds)[number];

/** A value that the cloud accepted. `at`: the time that was injected with it, milliseconds since 1970. */
export interface Accepted {
  readonly value: string;
  readonly at: number;
}

/** One event to send. */
export interface OutgoingEvent {
  readonly kind: LaneKind;
  readonly employeeId: EmployeeId;
  readonly userId: CloudUserId;
  readonly value: PresenceName | RoutingStatus;
  /** Time to inject, milliseconds since 1970. */
  readonly at: number;
  /** When the notification arrived, on the monotonic clock; absent for a re-assertion or a restored state. */
  readonly receivedAt?: number;
}

interface Wanted {
  readonly state: CloudState;
  readonly at: number;
  /** When it was decided, milliseconds since 1970. */
  readonly decidedAt: number;
  readonly receivedAt?: number;
}

interface Lane {
  /** Absent when nothing was accepted yet, or when the outcome of the last sending is not known. */
  accepted?: Accepted;
  inFlight?: OutgoingEvent;
  /** Send even though the cloud has accepted the value before. */
  reassert?: boolean;
  /** Injected time of the wanted state that the cloud refused for good: not sent again until something changes. */
  refusedAt?: number;
  /** Monotonic time before which a retryable refusal is not repeated. */
  notBefore?: number;
}

export interface AgentRecord {
  readonly employeeId: EmployeeId;
  userId: CloudUserId;
  wanted?: Wanted;
  /** Last time that was given to a state of this agent; the next is later. */
  lastAt: number;
  lastError?: string;
  readonly lanes: Readonly<Record<LaneKind, Lane>>;
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
  readonly lastAt: number;
}

export class Outbox {
  readonly #agents = new Map<EmployeeId, AgentRecord>();
  /** Agents with something to send, in the order in which they began to wait; the value is when (wall time). */
  readonly #waiting: Readonly<Record<LaneKind, Map<EmployeeId, number>>> = {
    presence: new Map(),
    routingStatus: new Map(),
  };

  agents(): Iterable<AgentRecord> {
    return this.#agents.values();
  }

  agent(employeeId: EmployeeId): AgentRecord | undefined {
    return this.#agents.get(employeeId);
  }

  get size(): number {
    return this.#agents.size;
  }

  waiting(kind: LaneKind): number {
    return this.#waiting[kind].size;
  }

  /** Agents of which at least one half waits. */
  get pendingAgents(): number {
    const { presence, routingStatus } = this.#waiting;
    let both = 0;
    for (const employeeId of presence.keys()) if (routingStatus.has(employeeId)) both += 1;
    return presence.size + routingStatus.size - both;
  }

  /** Since when the longest waiting half waits, milliseconds since 1970. */
  get oldestWaiting(): number | undefined {
    let oldest: number | undefined;
    for (const kind of laneKinds) {
      for (const since of this.#waiting[kind].values()) {
        if (oldest === undefined || since < oldest) oldest = since;
      }
    }
    return oldest;
  }

  /** When the lane's first in line began to wait, milliseconds since 1970. */
  firstWaiting(kind: LaneKind): number | undefined {
    return this.#waiting[kind].values().next().value;
  }

  /** Monotonic time at which the first of the events that must wait may go; undefined when none is waiting for a time. */
  nextRetry(): number | undefined {
    let next: number | undefined;
    for (const kind of laneKinds) {
      for (const employeeId of this.#waiting[kind].keys()) {
        const notBefore = this.#agents.get(employeeId)?.lanes[kind].notBefore;
        if (notBefore !== undefined && (next === undefined || notBefore < next)) next = notBefore;
      }
    }
    return next;
  }

  /** Takes an agent on, with what is known to be accepted already. Another user than before starts from nothing. */
  add(employeeId: EmployeeId, userId: CloudUserId, stored?: StoredAgent): AgentRecord {
    const known = this.#agents.get(employeeId);
    if (known !== undefined && known.userId === userId) return known;
    const valid = stored !== undefined && stored.userId === userId ? stored : undefined;
    const record: AgentRecord = {
      employeeId,
      userId,
      lastAt: valid?.lastAt ?? 0,
      ...(known?.wanted === undefined ? {} : { wanted: known.wanted }),
      lanes: {
        presence: valid?.presence === undefined ? {} : { accepted: valid.presence },
        routingStatus: valid?.routingStatus === undefined ? {} : { accepted: valid.routingStatus },
      },
    };
    this.#agents.set(employeeId, record);
    const both = acceptedState(record);
    if (both !== undefined && isPair(both)) record.consistent = both;
    for (const kind of laneKinds) this.#settle(record, kind);
    return record;
  }

  remove(employeeId: EmployeeId): void {
    this.#agents.delete(employeeId);
    for (const kind of laneKinds) this.#waiting[kind].delete(employeeId);
  }

  clear(): void {
    this.#agents.clear();
    for (const kind of laneKinds) this.#waiting[kind].clear();
  }

  /**
   * The agent's state is another one. Injected time: that of the event, but later than the last one of this agent and
   * never in the future.
   */
  want(
    employeeId: EmployeeId,
    change: { readonly state: CloudState; readonly since: number; readonly receivedAt?: number },
    now: number,
  ): void {
    const agent = this.#agents.get(employeeId);
    if (agent === undefined) return;
    const at = Math.max(agent.lastAt + 1, Math.min(change.since, now));
    agent.lastAt = at;
    agent.wanted = {
      state: change.state,
      at,
      decidedAt: now,
      ...(change.receivedAt === undefined ? {} : { receivedAt: change.receivedAt }),
    };
    delete agent.refusedState;
    for (const kind of laneKinds) this.#settle(agent, kind);
  }

  /** Sends every known state once more, with the present time: heals what went wrong on the far side. */
  reassert(now: number): void {
    for (const agent of this.#agents.values()) {
      const state = agent.refusedState ?? agent.wanted?.state ?? acceptedState(agent);
      if (state === undefined) continue;
      for (const kind of laneKinds) agent.lanes[kind].reassert = true;
      this.#again(agent, state, now);
    }
  }

  /** Lets refused states be tried again, for example because the mapping changed. */
  retryRefused(now: number): void {
    for (const agent of this.#agents.values()) {
      const state = agent.refusedState ?? (hasRefusal(agent) ? agent.wanted?.state : undefined);
      if (state !== undefined) this.#again(agent, state, now);
    }
  }

  /** Up to `limit` events of a lane that may go now, longest waiting first; they count as in flight. */
  take(kind: LaneKind, limit: number, monotonicNow: number): OutgoingEvent[] {
    const events: OutgoingEvent[] = [];
    for (const employeeId of this.#waiting[kind].keys()) {
      if (events.length >= limit) break;
      const agent = this.#agents.get(employeeId);
      const wanted = agent?.wanted;
      if (agent === undefined || wanted === undefined) continue;
      const lane = agent.lanes[kind];
      if (lane.inFlight !== undefined || (lane.notBefore ?? 0) > monotonicNow) continue;
      const event: OutgoingEvent = {
        kind,
        employeeId,
        userId: agent.userId,
        value: wanted.state[kind],
        at: wanted.at,
        ...(wanted.receivedAt === undefined ? {} : { receivedAt: wanted.receivedAt }),
      };
      lane.inFlight = event;
      events.push(event);
    }
    for (const { employeeId } of events) this.#waiting[kind].delete(employeeId);
    return events;
  }

  /** Events of a lane that could go at this moment. */
  ready(kind: LaneKind, monotonicNow: number, limit: number): number {
    let count = 0;
    for (const employeeId of this.#waiting[kind].keys()) {
      if (count >= limit) break;
      const lane = this.#agents.get(employeeId)?.lanes[kind];
      if (lane !== undefined && lane.inFlight === undefined && (lane.notBefore ?? 0) <= monotonicNow)
        count += 1;
    }
    return count;
  }

  /** The cloud took the event. */
  accepted(event: OutgoingEvent): AgentRecord | undefined {
    const agent = this.#current(event);
    if (agent === undefined) return undefined;
    const lane = agent.lanes[event.kind];
    delete lane.inFlight;
    delete lane.notBefore;
    if (lane.reassert === true && agent.wanted?.at === event.at) delete lane.reassert;
    lane.accepted = { value: event.value, at: event.at };
    const both = acceptedState(agent);
    if (both !== undefined && isPair(both)) {
      agent.consistent = both;
      if (agent.refusedState === undefined) delete agent.lastError;
    }
    this.#settle(agent, event.kind);
    return agent;
  }

  /**
   * The event may be sent again, not before the monotonic time `notBefore`; the newest wanted value goes then.
   * `outcomeUnknown`: the cloud may have taken it, so what it shows is not known any more.
   */
  retry(event: OutgoingEvent, options: { notBefore: number; error: string; outcomeUnknown: boolean }): void {
    const agent = this.#current(event);
    if (agent === undefined) return;
    const lane = agent.lanes[event.kind];
    delete lane.inFlight;
    if (options.outcomeUnknown) delete lane.accepted;
    lane.notBefore = options.notBefore;
    agent.lastError = options.error;
    this.#settle(agent, event.kind);
  }

  /**
   * The cloud refused the event for good. So that the two halves do not contradict each other, the other half goes back
   * to the last state that was accepted as a whole; the next change tries both again.
   */
  refused(event: OutgoingEvent, error: string): void {
    const agent = this.#current(event);
    if (agent === undefined) return;
    const lane = agent.lanes[event.kind];
    delete lane.inFlight;
    delete lane.reassert;
    agent.lastError = error;
    const { wanted } = agent;
    if (wanted !== undefined && wanted.at === event.at) {
      lane.refusedAt = event.at;
      const fallback = agent.consistent;
      if (fallback !== undefined && fallback[event.kind] !== event.value) {
        agent.refusedState = wanted.state;
        agent.lastAt += 1;
        agent.wanted = { state: fallback, at: agent.lastAt, decidedAt: wanted.decidedAt };
        lane.refusedAt = agent.lastAt;
      }
    }
    for (const kind of laneKinds) this.#settle(agent, kind);
  }

  #again(agent: AgentRecord, state: CloudState, now: number): void {
    const at = Math.max(agent.lastAt + 1, now);
    agent.lastAt = at;
    agent.wanted = { state, at, decidedAt: now };
    delete agent.refusedState;
    for (const kind of laneKinds) {
      delete agent.lanes[kind].refusedAt;
      this.#settle(agent, kind);
    }
  }

  #current(event: OutgoingEvent): AgentRecord | undefined {
    const agent = this.#agents.get(event.employeeId);
    return agent?.lanes[event.kind].inFlight === event ? agent : undefined;
  }

  /** Puts a lane on the waiting list or takes it off; a lane that waits already keeps its place. */
  #settle(agent: AgentRecord, kind: LaneKind): void {
    const { wanted } = agent;
    const lane = agent.lanes[kind];
    const waiting = this.#waiting[kind];
    const open =
      wanted !== undefined &&
      lane.inFlight === undefined &&
      lane.refusedAt !== wanted.at &&
      (lane.reassert === true || lane.accepted?.value !== wanted.state[kind]);
    if (!open) waiting.delete(agent.employeeId);
    else if (!waiting.has(agent.employeeId)) waiting.set(agent.employeeId, wanted.decidedAt);
  }
}

/** What the cloud shows, where both halves are known. */
export function acceptedState(agent: AgentRecord): CloudState | undefined {
  const presence = agent.lanes.presence.accepted?.value;
  const routingStatus = agent.lanes.routingStatus.accepted?.value;
  if (presence === undefined || routingStatus === undefined) return undefined;
  return { presence: presence as PresenceName, routingStatus: routingStatus as RoutingStatus };
}

/** On Queue goes with a routing status other than OffQueue, every other presence with OffQueue. */
export function isPair({ presence, routingStatus }: CloudState): boolean {
  return (presence === 'OnQueue') === (routingStatus !== 'OffQueue');
}

function hasRefusal(agent: AgentRecord): boolean {
  return laneKinds.some((kind) => agent.lanes[kind].refusedAt !== undefined);
}
