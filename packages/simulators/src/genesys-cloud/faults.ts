/** Faults on command: what goes wrong, for which operation, how often. */
import type { EventKind } from './events/kinds.ts';

export type Fault =
  /** 429 of the documented shape. `retryAfter`: header value; `null` leaves it out; absent: 1. */
  | { readonly kind: 'rate-limited'; readonly retryAfter?: number | string | null }
  /** An `ErrorBody` with this status; `code` defaults to the common code of the status. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly code?: string;
      readonly message?: string;
      readonly retryAfter?: number | string;
      /** Whether the request has had its effect before the error is answered. Default false. */
      readonly applied?: boolean;
    }
  /** 502 with an HTML page, as a proxy in front of the platform answers. */
  | { readonly kind: 'bad-gateway'; readonly applied?: boolean }
  /** The connection is reset before or after the request has had its effect. */
  | { readonly kind: 'reset'; readonly when: 'before' | 'after' }
  /** The answer comes this much later; the effect is at once unless `when` is `before`. */
  | { readonly kind: 'slow'; readonly ms: number; readonly when?: 'before' | 'after' }
  /** The request is read and never answered; `applied`: it has had its effect. */
  | { readonly kind: 'hang'; readonly applied?: boolean }
  /** A success status with a body that does not belong to the operation. */
  | { readonly kind: 'garbage'; readonly body?: string }
  /** Events of one request are refused one by one; those that match count, not requests. */
  | {
      readonly kind: 'event-errors';
      /** `undefined` leaves the member out. */
      readonly retryable: boolean | undefined;
      readonly message?: string;
      readonly match?: EventMatch;
    }
  /** Login only: 401 `invalid_client`. */
  | { readonly kind: 'login-refused' }
  /** Login only: 400 `invalid_request`, description `rate limit exceeded; …`. */
  | { readonly kind: 'login-throttled' };

/** Every member given must fit. */
export interface EventMatch {
  readonly kinds?: readonly EventKind[];
  readonly eventIds?: readonly string[];
  /** Conversation IDs, or user IDs for agent states. */
  readonly subjects?: readonly string[];
}

export interface FaultRule {
  /** operationId, several of them, or `*` for every API operation; `postOauthToken` is the login. Default `*`. */
  readonly operation?: string | readonly string[];
  /** Only requests of this OAuth client. */
  readonly clientId?: string;
  /** How many requests (events for `event-errors`) it hits. Default 1; `Infinity` (or null in JSON): until cancelled. */
  readonly times?: number;
  /** How many fitting requests (or events) pass before the first hit. Default 0. */
  readonly after?: number;
  /** Only event requests with at least so many events: a batch that can be halved. Default: any request. */
  readonly minEvents?: number;
  readonly fault: Fault;
}

/** A fault that has been set. */
export interface InjectedFault {
  readonly id: number;
  readonly rule: FaultRule;
  /** Requests (or events) it has hit. */
  readonly hits: number;
  cancel(): void;
}

export interface FaultControl {
  inject(rule: FaultRule): InjectedFault;
  /** Faults that may still hit. */
  readonly active: readonly InjectedFault[];
  /** Makes tokens invalid: those of one client, or all. Answers how many. */
  revokeTokens(clientId?: string): number;
  /**
   * Every connection is reset, as if the service were gone. With `durationMs` it ends by itself;
   * the returned function ends it at once.
   */
  outage(durationMs?: number): () => void;
  readonly outageActive: boolean;
  /** Ends all faults and any outage; revoked tokens stay revoked. */
  clear(): void;
}
