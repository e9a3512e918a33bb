/**
 * Keeps two statistics open for every agent on the list, on whatever Stat Server is in use.
 *
 * Openings go through a window, so that ten thousand agents do not become twenty thousand requests at once. Nothing
 * survives a connection: with each usable server everything is opened again.
 */
import type { Clock, Timer } from '@exec/common/clock';
import { ExecError } from '@exec/common/errors';
import type { EmployeeId } from '@exec/common/ids';
import type { Logger } from '@exec/common/logging';
import type { UsableInfo } from '@exec/engage-link';
import {
  type AgentStatus,
  agentStatistic,
  type Statistic,
  type StatisticCategory,
} from '@exec/engage-link/wire';
import { toTree } from './convert.ts';
import { agreementMs, type StatisticInput, type StatisticKind } from './input.ts';

/** What the watcher needs of a Stat Server client. */
export interface StatisticSource {
  open(statistic: Statistic, signal?: AbortSignal): Promise<number>;
  close(referenceId: number): Promise<void>;
}

export interface WatcherOptions {
  readonly source: StatisticSource;
  readonly tenantName: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Openings that may be without an answer at one time. */
  readonly window?: number;
  readonly onInput: (employeeId: EmployeeId, input: StatisticInput) => void;
  /** An agent that the Stat Server does not know, or that could not be opened for another reason. */
  readonly onRefused: (employeeId: EmployeeId, kind: StatisticKind, error: unknown) => void;
}

const kinds: readonly StatisticKind[] = ['status', 'reasons'];
const categoryOf: Readonly<Record<StatisticKind, StatisticCategory>> = {
  status: 'CurrentState',
  reasons: 'CurrentStateReasons',
};

interface Watched {
  readonly open: Map<StatisticKind, number>;
  /** Kinds the server refused; tried again at the next look at the list. */
  readonly refused: Set<StatisticKind>;
  deadline: Timer | undefined;
}

export class StatisticWatcher {
  readonly #options: WatcherOptions;
  readonly #window: number;
  readonly #agents = new Map<EmployeeId, Watched>();
  readonly #byReference = new Map<
    number,
    { readonly employeeId: EmployeeId; readonly kind: StatisticKind }
  >();
  /** To be opened, in this order, from `#next` on: taking the first away would move tens of thousands each time. */
  readonly #wanted: { readonly employeeId: EmployeeId; readonly kind: StatisticKind }[] = [];
  #next = 0;
  #connection: AbortController | undefined;
  #opening = 0;

  constructor(options: WatcherOptions) {
    this.#options = options;
    this.#window = options.window ?? 200;
  }

  /** Agents on the list. */
  get agents(): number {
    return this.#agents.size;
  }

  /** Statistics that are open now. */
  get openStatistics(): number {
    return this.#byReference.size;
  }

  isWatched(employeeId: EmployeeId): boolean {
    return this.#agents.has(employeeId);
  }

  /** Follows a new list: opens what is missing, closes what left. */
  setAgents(employeeIds: Iterable<EmployeeId>): void {
    const next = new Set(employeeIds);
    for (const [employeeId, watched] of this.#agents) {
      if (!next.has(employeeId)) this.#drop(employeeId, watched);
    }
    for (const employeeId of next) {
      if (this.#agents.has(employeeId)) continue;
      this.#agents.set(employeeId, { open: new Map(), refused: new Set(), deadline: undefined });
      for (const kind of kinds) this.#wanted.push({ employeeId, kind });
    }
    this.#fill();
  }

  /** Tries once more what the server refused: the agent may be known there by now. */
  retryRefused(): void {
    for (const [employeeId, watched] of this.#agents) {
      for (const kind of watched.refused) this.#wanted.push({ employeeId, kind });
      watched.refused.clear();
    }
    this.#fill();
  }

  /** Statistics that the server refused and that wait for another try. */
  get refusedStatistics(): number {
    let count = 0;
    for (const { refused } of this.#agents.values()) count += refused.size;
    return count;
  }

  /** A server can be worked with: opens everything on it. */
  usable(_info: UsableInfo): void {
    this.unusable();
    this.#connection = new AbortController();
    this.#wantNothing();
    for (const [employeeId, watched] of this.#agents) {
      watched.refused.clear();
      for (const kind of kinds) this.#wanted.push({ employeeId, kind });
    }
    this.#fill();
  }

  /** The server is gone: its references mean nothing any more. */
  unusable(): void {
    this.#connection?.abort();
    this.#connection = undefined;
    this.#byReference.clear();
    this.#opening = 0;
    for (const watched of this.#agents.values()) {
      watched.open.clear();
      watched.deadline?.cancel();
      watched.deadline = undefined;
    }
  }

  /** A value of a statistic; values of unknown references are late ones of a closed statistic. */
  info(referenceId: number, value: AgentStatus): void {
    const target = this.#byReference.get(referenceId);
    if (target === undefined) return;
    const watched = this.#agents.get(target.employeeId);
    if (watched === undefined) return;
    const at = this.#options.clock.monotonic();
    this.#options.onInput(target.employeeId, { type: 'tree', kind: target.kind, tree: toTree(value), at });
    this.#armDeadline(target.employeeId, watched);
  }

  stop(): void {
    this.unusable();
    this.#agents.clear();
    this.#wantNothing();
  }

  /** One timer per agent at most: it gives the other statistic its time, then lets the newest tree through. */
  #armDeadline(employeeId: EmployeeId, watched: Watched): void {
    watched.deadline?.cancel();
    watched.deadline = this.#options.clock.setTimer(agreementMs, () => {
      watched.deadline = undefined;
      this.#options.onInput(employeeId, { type: 'time', at: this.#options.clock.monotonic() });
    });
  }

  #drop(employeeId: EmployeeId, watched: Watched): void {
    this.#agents.delete(employeeId);
    watched.deadline?.cancel();
    for (const referenceId of watched.open.values()) this.#close(referenceId);
  }

  #close(referenceId: number): void {
    this.#byReference.delete(referenceId);
    this.#options.source.close(referenceId).catch((error: unknown) => {
      // The statistic dies with its connection anyway.
      this.#options.logger.debug({ err: error }, 'A statistic could not be closed');
    });
  }

  #fill(): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    while (this.#opening < this.#window) {
      const next = this.#wanted[this.#next];
      if (next === undefined) {
        this.#wantNothing();
        return;
      }
      this.#next += 1;
      const watched = this.#agents.get(next.employeeId);
      if (watched === undefined || watched.open.has(next.kind)) continue;
      this.#opening += 1;
      void this.#open(next.employeeId, watched, next.kind, connection);
    }
  }

  #wantNothing(): void {
    this.#wanted.length = 0;
    this.#next = 0;
  }

  async #open(
    employeeId: EmployeeId,
    watched: Watched,
    kind: StatisticKind,
    connection: AbortController,
  ): Promise<void> {
    const { source, tenantName, clock } = this.#options;
    try {
      const statistic = agentStatistic({ employeeId, tenantName, category: categoryOf[kind] });
      const referenceId = await source.open(statistic, connection.signal);
      if (connection.signal.aborted) return;
      if (this.#agents.get(employeeId) !== watched) {
        this.#close(referenceId);
      } else {
        watched.open.set(kind, referenceId);
        this.#byReference.set(referenceId, { employeeId, kind });
      }
    } catch (error) {
      if (connection.signal.aborted) return;
      if (this.#agents.get(employeeId) !== watched) return;
      watched.refused.add(kind);
      this.#options.onRefused(employeeId, kind, error);
      // The other statistic alone is used from now on.
      if (isRefusal(error)) {
        this.#options.onInput(employeeId, { type: 'unavailable', kind, at: clock.monotonic() });
      }
    } finally {
      if (this.#connection === connection) {
        this.#opening -= 1;
        this.#fill();
      }
    }
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof ExecError && error.code === 'link.request-refused';
}
