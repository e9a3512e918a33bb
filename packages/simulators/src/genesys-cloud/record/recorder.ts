/** Writes the record of a fake: requests, answers, budgets, writes, violations. */
import type { EventKind } from '../events/kinds.ts';
import { isWrite, type Operation } from '../http/operations.ts';
import type { RequestMeter } from '../oauth/request-meter.ts';
import { BoundedList } from './bounded-list.ts';
import { EventLog } from './event-log.ts';
import type {
  CloudRecord,
  EventCounts,
  EventFilter,
  RecordedEvent,
  RecordSnapshot,
  Violation,
} from './types.ts';

const maxViolations = 1_000;

export class Recorder implements CloudRecord {
  readonly log: EventLog;
  requests = 0;
  logins = 0;
  requestsWithoutBudget = 0;
  unauthorized = 0;
  eventRequests = 0;
  eventsSent = 0;
  violationCount = 0;
  readonly #byOperation = new Map<string, number>();
  readonly #byStatus = new Map<number, number>();
  readonly #answers = new Map<string, Map<number, number>>();
  readonly #writes = new Map<string, number>();
  readonly #peaks = new Map<string, number>();
  readonly #violations = new BoundedList<Violation>(maxViolations);
  /** Meters whose peak has to start anew after a reset. */
  readonly #liveMeters: () => Iterable<RequestMeter>;

  constructor(keepEvents: number, liveMeters: () => Iterable<RequestMeter>) {
    this.log = new EventLog(keepEvents);
    this.#liveMeters = liveMeters;
  }

  countRequest(operationId: string): void {
    this.requests++;
    increase(this.#byOperation, operationId);
  }

  countLogin(operationId: string): void {
    this.logins++;
    increase(this.#byOperation, operationId);
  }

  /** `status` 0: the connection was cut instead. */
  countAnswer(operationId: string, status: number, operation?: Operation): void {
    increase(this.#byStatus, status);
    const byStatus = this.#answers.get(operationId) ?? new Map<number, number>();
    this.#answers.set(operationId, byStatus);
    increase(byStatus, status);
    if (operation !== undefined && status >= 200 && status < 300 && isWrite(operation))
      increase(this.#writes, operationId);
  }

  notePeak(clientId: string, peak: number): void {
    if (peak > (this.#peaks.get(clientId) ?? 0)) this.#peaks.set(clientId, peak);
  }

  countBatch(events: number): void {
    this.eventRequests++;
    this.eventsSent += events;
  }

  violate(violation: Violation): void {
    this.violationCount++;
    this.#violations.push(violation);
  }

  get requestsByOperation(): ReadonlyMap<string, number> {
    return this.#byOperation;
  }

  get answersByStatus(): ReadonlyMap<number, number> {
    return this.#byStatus;
  }

  answers(operation: string, status?: number): number {
    const byStatus = this.#answers.get(operation);
    if (byStatus === undefined) return 0;
    return status === undefined ? sum(byStatus) : (byStatus.get(status) ?? 0);
  }

  get answers429(): number {
    return this.#byStatus.get(429) ?? 0;
  }

  get writes(): ReadonlyMap<string, number> {
    return this.#writes;
  }

  get totalWrites(): number {
    return sum(this.#writes);
  }

  get peakPerMinute(): number {
    return Math.max(0, ...this.#peaks.values());
  }

  peakPerMinuteOf(clientId: string): number {
    return this.#peaks.get(clientId) ?? 0;
  }

  events(kind?: EventKind): EventCounts {
    return this.log.counts(kind);
  }

  accepted(filter?: EventFilter): RecordedEvent[] {
    return this.log.accepted(filter);
  }

  refused(filter?: EventFilter): RecordedEvent[] {
    return this.log.refused(filter);
  }

  get violations(): readonly Violation[] {
    return [...this.#violations];
  }

  snapshot(): RecordSnapshot {
    return {
      requests: this.requests,
      logins: this.logins,
      requestsByOperation: Object.fromEntries(this.#byOperation),
      answersByStatus: Object.fromEntries(this.#byStatus),
      answers429: this.answers429,
      requestsWithoutBudget: this.requestsWithoutBudget,
      unauthorized: this.unauthorized,
      writes: Object.fromEntries(this.#writes),
      totalWrites: this.totalWrites,
      peakPerMinute: this.peakPerMinute,
      peakPerMinuteByClient: Object.fromEntries(this.#peaks),
      eventRequests: this.eventRequests,
      eventsSent: this.eventsSent,
      events: this.events(),
      eventsByKind: Object.fromEntries(this.log.kinds().map((kind) => [kind, this.events(kind)])),
      violationCount: this.violationCount,
      violations: this.violations,
    };
  }

  reset(): void {
    this.requests = 0;
    this.logins = 0;
    this.requestsWithoutBudget = 0;
    this.unauthorized = 0;
    this.eventRequests = 0;
    this.eventsSent = 0;
    this.violationCount = 0;
    for (const counts of [this.#byOperation, this.#byStatus, this.#answers, this.#writes, this.#peaks])
      counts.clear();
    this.#violations.clear();
    this.log.clear();
    for (const meter of this.#liveMeters()) meter.resetPeak();
  }
}

function increase<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function sum(counts: ReadonlyMap<unknown, number>): number {
  let total = 0;
  for (const count of counts.values()) total += count;
  return total;
}
