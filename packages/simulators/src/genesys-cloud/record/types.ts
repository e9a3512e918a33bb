/** What a fake has seen and decided: the figures and lists that tests and the demo count from. */
import type { EventKind } from '../events/kinds.ts';

/**
 * Why an event was refused. `rule`: it broke a rule of the events (a violation). `repeat`: accepted before, mode
 * `refuse-repeat`. `injected`: a fault on command.
 */
export type RefusalCause = 'rule' | 'repeat' | 'injected';

export interface EventRefusal {
  readonly cause: RefusalCause;
  /** Stable name of the rule, e.g. `leg.ended`. Not part of the API's answer. */
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean | undefined;
}

export interface RecordedEvent {
  /** Counts up over all events of all kinds, from 1. */
  readonly sequence: number;
  /** Clock time of the decision, milliseconds since 1970. */
  readonly receivedAt: number;
  readonly kind: EventKind;
  readonly eventId: string;
  /** Conversation ID, or user ID for agent states. */
  readonly subject: string;
  /** `eventDateTime` in milliseconds since 1970. */
  readonly at: number;
  /** The event as it was sent. */
  readonly event: Readonly<Record<string, unknown>>;
  /** Absent when it was accepted. */
  readonly refusal?: EventRefusal;
}

/** A rule that was broken: by one event, or (without eventId) by a whole request. */
export interface Violation {
  readonly receivedAt: number;
  readonly code: string;
  readonly message: string;
  readonly operation: string;
  readonly kind?: EventKind;
  readonly eventId?: string;
  readonly subject?: string;
}

export interface EventCounts {
  /** Accepted with effect: distinct event IDs. */
  readonly accepted: number;
  /** Sent again with the same content after they had been accepted; in both repeat modes. */
  readonly duplicates: number;
  readonly refused: number;
  readonly refusedBy: Readonly<Record<RefusalCause, number>>;
}

export interface EventFilter {
  readonly kind?: EventKind | readonly EventKind[];
  readonly subject?: string;
}

export interface CloudRecord {
  /** API requests (without log-ins), whatever the answer. */
  readonly requests: number;
  readonly logins: number;
  readonly requestsByOperation: ReadonlyMap<string, number>;
  readonly answersByStatus: ReadonlyMap<number, number>;
  /** Answers of one operation, all or by status. */
  answers(operation: string, status?: number): number;
  /** 429 answers, injected ones included. */
  readonly answers429: number;
  /** Requests that came although the token's minute was full: answered 429 by the budget. */
  readonly requestsWithoutBudget: number;
  /** API requests without a valid token. */
  readonly unauthorized: number;
  /** Successful requests that change configuration (no reads, no events, no search), by operation. */
  readonly writes: ReadonlyMap<string, number>;
  readonly totalWrites: number;
  /** Most requests of one token in any 60 s, over all tokens. */
  readonly peakPerMinute: number;
  /** The same for the tokens of one OAuth client: the highest of its tokens. */
  peakPerMinuteOf(clientId: string): number;
  /** Event requests with at least one event, and the events in them: how well batches are filled. */
  readonly eventRequests: number;
  readonly eventsSent: number;

  /** Over all kinds, or of one. */
  events(kind?: EventKind): EventCounts;
  /** In the order of their acceptance. Duplicates are not in it. */
  accepted(filter?: EventFilter): RecordedEvent[];
  refused(filter?: EventFilter): RecordedEvent[];
  readonly violations: readonly Violation[];
  /** Number of violations, also of those no longer in the list. */
  readonly violationCount: number;
  /** Everything as plain data, without the lists of events. */
  snapshot(): RecordSnapshot;
  /** Sets all figures to zero; state, event IDs and budgets stay. */
  reset(): void;
}

export interface RecordSnapshot {
  readonly requests: number;
  readonly logins: number;
  readonly requestsByOperation: Readonly<Record<string, number>>;
  readonly answersByStatus: Readonly<Record<string, number>>;
  readonly answers429: number;
  readonly requestsWithoutBudget: number;
  readonly unauthorized: number;
  readonly writes: Readonly<Record<string, number>>;
  readonly totalWrites: number;
  readonly peakPerMinute: number;
  readonly peakPerMinuteByClient: Readonly<Record<string, number>>;
  readonly eventRequests: number;
  readonly eventsSent: number;
  readonly events: EventCounts;
  readonly eventsByKind: Readonly<Record<string, EventCounts>>;
  readonly violationCount: number;
  readonly violations: readonly Violation[];
}
