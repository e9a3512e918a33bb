/** One Stat Server: opens statistics of agents and tells their values, at once and at every change. */

import type { Clock, Timer } from '@exec/common/clock';
import { type Frame, parseStatRequest, type StatRequest } from '@exec/engage-link/wire';
import type { LinkConnection } from '../link-server/connection.ts';
import { LinkServer } from '../link-server/link-server.ts';
import type { LinkServerOptions } from '../link-server/options.ts';
import type { AgentChange, AgentStates, Subject } from './agent-states.ts';

interface Statistic {
  readonly employeeId: string;
  readonly subject: Subject;
}

export class StatServer {
  readonly link: LinkServer;
  readonly #states: AgentStates;
  /** By the ReferenceID of the opening. */
  readonly #statistics = new Map<LinkConnection, Map<number, Statistic>>();
  /** Who watches an agent, by which ReferenceIDs. */
  readonly #watchers = new Map<string, Map<LinkConnection, Set<number>>>();
  readonly #refusedAgents = new Set<string>();
  readonly #clock: Clock;
  readonly #late = new Set<Timer>();
  #lagMs: Readonly<Record<Subject, number>> = { DNStatus: 0, DNAction: 0 };

  constructor(o: LinkServerOptions, role: 'Primary' | 'Backup', states: AgentStates) {
    this.#states = states;
    this.#clock = o.clock;
    this.link = new LinkServer(o, role, {
      registered: (connection) => void this.#statistics.set(connection, new Map()),
      request: (connection, frame) => this.#onRequest(connection, frame),
      closed: (connection) => this.#onClosed(connection),
    });
  }

  /** Statistics of this agent are refused, as for one it does not know, or again accepted. */
  refuseAgent(employeeId: string, refused: boolean): void {
    if (refused) this.#refusedAgents.add(employeeId);
    else this.#refusedAgents.delete(employeeId);
  }

  /** The values of one kind of statistic leave later than those of the other, as on a loaded server. Milliseconds. */
  lag(lagMs: Partial<Record<Subject, number>>): void {
    this.#lagMs = { ...this.#lagMs, ...lagMs };
  }

  /** Ends the timers of values that are late. */
  close(): void {
    for (const timer of this.#late) timer.cancel();
    this.#late.clear();
  }

  /** Statistics that are open, over all clients. */
  get openStatistics(): number {
    return [...this.#statistics.values()].reduce((sum, open) => sum + open.size, 0);
  }

  /** Tells the clients that watch this agent. */
  deliver(change: AgentChange): void {
    for (const [connection, referenceIds] of this.#watchers.get(change.employeeId) ?? []) {
      for (const referenceId of referenceIds) {
        const statistic = this.#statistics.get(connection)?.get(referenceId);
        if (statistic !== undefined && (statistic.subject === 'DNStatus' ? change.status : change.actions))
          this.#tell(connection, referenceId, statistic);
      }
    }
  }

  #onRequest(connection: LinkConnection, frame: Frame): void {
    const parsed = parseStatRequest(frame);
    if (parsed.kind === 'unknown')
      this.link.refuse(connection, frame, 'unknownRequest', `${frame.message} is not known`);
    else if (parsed.kind === 'invalid')
      this.link.refuse(connection, frame, 'invalidAttributes', parsed.issues.join('; '));
    else this.#answer(connection, frame, parsed.value);
  }

  #answer(connection: LinkConnection, frame: Frame, request: StatRequest): void {
    const open = this.#statistics.get(connection);
    if (open === undefined || request.message === 'RequestRegisterClient') return;
    const { ReferenceID } = request.attributes;
    if (request.message === 'RequestCloseStatistic') {
      const { StatisticId } = request.attributes;
      const statistic = open.get(StatisticId);
      if (statistic === undefined) {
        this.link.refuse(connection, frame, 'unknownStatistic', `statistic ${StatisticId} is not open`);
        return;
      }
      open.delete(StatisticId);
      this.#unwatch(connection, StatisticId, statistic);
      connection.send('EventStatisticClosed', { ReferenceID, StatisticId });
      return;
    }
    const employeeId = request.attributes.StatisticObject.ObjectId;
    if (this.#refusedAgents.has(employeeId) || !this.#states.has(employeeId)) {
      this.link.refuse(connection, frame, 'unknownObject', 'there is no such agent');
      return;
    }
    if (open.has(ReferenceID)) {
      this.link.refuse(connection, frame, 'invalidAttributes', 'a statistic with this ReferenceID is open');
      return;
    }
    const statistic = { employeeId, subject: request.attributes.StatisticMetric.Subject };
    open.set(ReferenceID, statistic);
    this.#watch(connection, ReferenceID, statistic);
    connection.send('EventStatisticOpened', { ReferenceID });
    this.#tell(connection, ReferenceID, statistic);
  }

  #tell(connection: LinkConnection, referenceId: number, statistic: Statistic): void {
    const value = this.#states.value(statistic.employeeId, statistic.subject);
    if (value === undefined) return;
    const send = () => connection.send('EventInfo', { ReferenceID: referenceId, ObjectValue: value });
    const lagMs = this.#lagMs[statistic.subject];
    if (lagMs <= 0) {
      send();
      return;
    }
    const timer = this.#clock.setTimer(lagMs, () => {
      this.#late.delete(timer);
      if (this.#statistics.get(connection)?.get(referenceId) === statistic) send();
    });
    this.#late.add(timer);
  }

  #watch(connection: LinkConnection, referenceId: number, { employeeId }: Statistic): void {
    const watchers = this.#watchers.get(employeeId) ?? new Map<LinkConnection, Set<number>>();
    this.#watchers.set(employeeId, watchers);
    watchers.set(connection, (watchers.get(connection) ?? new Set()).add(referenceId));
  }

  #unwatch(connection: LinkConnection, referenceId: number, { employeeId }: Statistic): void {
    const watchers = this.#watchers.get(employeeId);
    const referenceIds = watchers?.get(connection);
    referenceIds?.delete(referenceId);
    if (referenceIds?.size === 0) watchers?.delete(connection);
    if (watchers?.size === 0) this.#watchers.delete(employeeId);
  }

  #onClosed(connection: LinkConnection): void {
    for (const [referenceId, statistic] of this.#statistics.get(connection) ?? [])
      this.#unwatch(connection, referenceId, statistic);
    this.#statistics.delete(connection);
  }
}
