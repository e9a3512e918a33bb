/** What the services answer, as far as the console shows it. */

export type Right = 'operator' | 'reader';

export interface Session {
  readonly service: 'excs' | 'exas' | 'excp';
  readonly version: string;
  readonly instanceId: string;
  readonly right: Right;
  readonly name: string;
  /** Whether it can be ended: without a token there is nothing to log out of. */
  readonly loggedIn: boolean;
  /** Paths below `/api/v1` that this service answers. */
  readonly offers: readonly string[];
  readonly links: readonly ServiceLink[];
}

export interface ServiceLink {
  readonly name: string;
  readonly url: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export interface Dependency {
  readonly name: string;
  readonly up: boolean;
  readonly since: string;
  readonly detail: string;
  readonly required: boolean;
}

export interface Minute {
  readonly at: string;
  readonly requests: number;
  /** Seconds; null when nothing was delivered in that minute. */
  readonly delayMedian: number | null;
  readonly delayHigh: number | null;
}

export interface Overview {
  readonly service: string;
  readonly version: string;
  readonly instanceId: string;
  readonly startedAt: string;
  readonly ready: boolean;
  readonly active?: boolean;
  readonly stopping: boolean;
  readonly dependencies: readonly Dependency[];
  readonly budget: { readonly perMinute: number; readonly usedInLastMinute: number };
  /** What the delays are of, in words. */
  readonly delayOf: string;
  readonly minutes: readonly Minute[];
}

export interface SyncOverview {
  readonly state: string;
  readonly active: boolean;
  readonly paused: boolean;
  readonly stopped: { readonly reason: string; readonly detail: string } | null;
  readonly review: { readonly planId: string; readonly reason: string; readonly detail: string } | null;
  readonly running: {
    readonly startedAt: string;
    readonly progress: { readonly total: number; readonly done: number; readonly etaSeconds: number } | null;
  } | null;
  readonly last: {
    readonly startedAt: string;
    readonly endedAt: string;
    readonly operations: number;
    readonly done: number;
    readonly failed: number;
    readonly outcome: string;
    readonly detail?: string;
  } | null;
  readonly lastSuccessAt: string | null;
  readonly planId: string | null;
  readonly counts: Readonly<Record<string, number>> | null;
  readonly waitingForSecondRead: number;
  readonly refusedKinds: readonly { readonly kind: string; readonly reason: string }[];
  readonly conflicts: number;
  readonly orphans: number;
  readonly oldestCheckAt: string | null;
  readonly failingCount: number;
}

export interface Demand {
  readonly limit: string;
  readonly inPlan: number;
  readonly before: number;
  /** Null: no limit. */
  readonly most: number | null;
}

export interface PlanSummary {
  readonly planId: string;
  readonly createdAt: string;
  readonly drift: boolean;
  readonly billableUsers: number;
  readonly waitingForSecondRead: number;
  readonly operations: number;
  /** By type, `user.create`. */
  readonly counts: Readonly<Record<string, number>>;
  readonly stopped: string | null;
  readonly review: { readonly reason: string; readonly detail: string } | null;
  readonly demands: readonly Demand[];
  readonly allowance: Readonly<Record<string, number>>;
}

export interface Operation {
  readonly id: string;
  readonly kind: string;
  readonly operation: string;
  readonly engage: {
    readonly kind: string;
    readonly dbid: number;
    readonly name: string;
    readonly path?: string;
  };
  readonly cloudId: string | null;
  readonly reason: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface Conflict {
  readonly reason: string;
  readonly kind?: string;
  readonly dbid?: number;
  readonly name?: string;
  readonly path?: string;
  readonly operation?: string;
  readonly detail: string;
  readonly remedy: string;
}

export interface Orphan {
  readonly type: string;
  readonly cloudId: string;
  readonly name: string;
  readonly dbid: number;
  readonly reason: string;
}

export interface Run {
  readonly id: string;
  readonly mode: string;
  readonly state: string;
  readonly planId: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly detail?: string;
}

export interface CloudState {
  readonly presence: string;
  readonly routingStatus: string;
}

export interface Agent {
  readonly employeeId: string;
  readonly userId: string;
  readonly engage: {
    readonly situation: string;
    readonly since: string | null;
    readonly reason?: string;
  } | null;
  readonly stale: boolean;
  readonly accepted: CloudState | null;
  readonly pending: (CloudState & { readonly since: string | null }) | null;
  readonly lastError: string | null;
}

export interface StateChange {
  readonly at: string;
  readonly kind: 'presence' | 'routingStatus';
  readonly value: string;
  readonly result: string;
}

export interface ConversationSummary {
  readonly callUuid: string;
  readonly site: string;
  readonly conversationId: string;
  readonly calls: readonly {
    readonly site: string;
    readonly callUuid: string;
    readonly type: string;
    readonly ended: boolean;
  }[];
  readonly state: 'untold' | 'open' | 'over';
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly agents?: readonly string[];
  readonly queues?: readonly string[];
}

export interface Leg {
  readonly leg: string;
  readonly kind: string;
  readonly userId?: string;
  readonly queueId?: string;
  readonly dn?: string;
  readonly name?: string;
  /** Called in a consultation. */
  readonly consult?: boolean;
  readonly state: string;
  readonly establishedAt: string;
  readonly answeredAt?: string;
  readonly endedAt?: string;
}

export interface SentEvent {
  readonly event: string;
  readonly eventId: string;
  readonly at: string;
  readonly state: 'accepted' | 'waiting' | 'refused';
  readonly leg?: string;
  /** Of a transfer: the leg that it leads to. */
  readonly target?: string;
  readonly sentAt?: string;
  readonly reason?: string;
}

export interface Conversation extends ConversationSummary {
  readonly legs: readonly Leg[];
  readonly waiting: readonly { readonly event: string; readonly eventId: string; readonly at: string }[];
  readonly events?: readonly SentEvent[];
  readonly numbers?: readonly { readonly what: string; readonly number: string }[];
}

export interface DeadLetter {
  readonly id: string;
  readonly at: string;
  readonly callUuid: string;
  readonly conversationId: string;
  readonly reason: string;
  readonly correlationId?: string;
  readonly wholeLeg: boolean;
  readonly events: readonly { readonly event: string; readonly eventId: string; readonly at: string }[];
}

export interface QuarantineEntry {
  readonly id: string;
  readonly at: string;
  readonly kind: string;
  readonly calls: readonly { readonly site: string; readonly callUuid: string }[];
  readonly conversationId?: string;
  readonly reason: string;
}

export interface Gap {
  readonly site: string;
  readonly connection: string;
  readonly from: string;
  readonly to: string;
  readonly seconds: number;
  readonly why: string;
}

export interface AuditEntry {
  readonly at: string;
  readonly who: string;
  readonly address: string;
  readonly requestId: string;
  readonly what: string;
  readonly outcome: 'done' | 'refused' | 'failed';
  /** Of the answer. */
  readonly status: number;
}
