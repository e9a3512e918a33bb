/** Who looks on while the fake decides and answers: told at once, for histories that are judged afterwards. */
import type { EventKind } from '../events/kinds.ts';
import type { EventRefusal } from './types.ts';

/** What became of one event of one request. */
export interface ObservedDecision {
  /** Clock time, milliseconds since 1970. */
  readonly at: number;
  /** Number of the request, the same as in its {@link ObservedAnswer}. */
  readonly request: number;
  readonly kind: EventKind;
  readonly eventId: string;
  /** Conversation ID, or user ID for agent states. */
  readonly subject: string;
  /** `eventDateTime` in milliseconds since 1970. */
  readonly eventAt: number;
  /** `repeat`: accepted before with the same content, whatever the repeat mode answers. */
  readonly outcome: 'accepted' | 'repeat' | 'refused';
  readonly refusal?: EventRefusal;
  readonly event: Readonly<Record<string, unknown>>;
}

/** How one request of the API ended. */
export interface ObservedAnswer {
  readonly at: number;
  readonly request: number;
  readonly operation: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** The OAuth client, where the token was known. */
  readonly client: string | undefined;
  /** 0: no answer, the connection was cut. */
  readonly status: number;
}

export interface CloudObserver {
  decided(decision: ObservedDecision): void;
  answered(answer: ObservedAnswer): void;
}
