/** How an operation is described and called; the operations know nothing of tokens, budget or sockets. */
import type { z } from 'zod';

/**
 * Who goes first when requests wait for the budget: conversation and agent-state events, then changes of the
 * configuration, then the slow comparison.
 */
export type Priority = 'events' | 'configuration' | 'drift';

export const priorities: readonly Priority[] = ['events', 'configuration', 'drift'];

/** The right to send one request with one of the OAuth tokens. */
export interface Permit {
  readonly tokenIndex: number;
  /**
   * To be called when the request has ended, whatever its outcome; harmless when called again.
   * @param sent false if it was never sent: then it costs nothing
   */
  release(sent?: boolean): void;
}

export interface CallOptions {
  /** Ends the call, also while it waits; it then rejects with the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
  /**
   * A place in the budget that the caller has got already, so that it builds the request from what is newest at that moment.
   * The first try uses and releases it; further tries ask for their own.
   */
  readonly permit?: Permit | undefined;
  /**
   * Asked right before each try, when budget and token are there: what it throws ends the call with `cloud.held-back`.
   */
  readonly confirm?: (() => Promise<void>) | undefined;
  /** Default: `events` for events, `configuration` for all else. */
  readonly priority?: Priority | undefined;
  /** Milliseconds for one try, from sending to the last byte of the answer. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds from the first sending after which no further try is made (default 120,000). */
  readonly deadlineMs?: number | undefined;
}

export type Method = 'GET' | 'HEAD' | 'PUT' | 'DELETE' | 'POST' | 'PATCH';

export interface Operation<Out> {
  /** operationId of the public API definition: the label of metrics and logs. */
  readonly name: string;
  readonly method: Method;
  /** Path below `/api/v2` with `{name}` placeholders. */
  readonly path: string;
  /**
   * Whether the same request may be sent again when its answer was lost. Default: GET, HEAD, PUT and DELETE may,
   * POST and PATCH may not.
   */
  readonly repeatable?: boolean;
  /** Shape of the answer; without it the body of the answer is ignored. */
  readonly answer?: z.ZodType<Out>;
  /** Default priority; `configuration` if absent. */
  readonly priority?: Priority;
  /** Milliseconds for one try, if the operation needs more than the usual time. */
  readonly timeoutMs?: number;
}

export type QueryValue = string | number | boolean | readonly string[] | undefined;

export interface CallParts {
  /** Values of the placeholders of the path; each is percent-encoded. */
  readonly path?: Readonly<Record<string, string>>;
  /** Arrays become repeated keys; undefined is left out. */
  readonly query?: Readonly<Record<string, QueryValue>>;
  /** A value to be sent as JSON. */
  readonly body?: object | undefined;
  /** JSON text that is ready to send, instead of `body`. */
  readonly json?: string | undefined;
}

/** What came back besides the value. */
export interface CallResult<Out> {
  readonly value: Out;
  /** Whether an earlier try of this call may have been carried out although its answer was lost. */
  readonly repeated: boolean;
  readonly correlationId: string | undefined;
}

export interface Caller {
  /** @throws CloudError */
  call<Out>(operation: Operation<Out>, parts: CallParts, options?: CallOptions): Promise<Out>;
  /** As `call`, with the circumstances. */
  callWithResult<Out>(
    operation: Operation<Out>,
    parts: CallParts,
    options?: CallOptions,
  ): Promise<CallResult<Out>>;
}

/** Describes one operation; keeps the type of its answer. */
export function operation<Out = undefined>(description: Operation<Out>): Operation<Out> {
  return description;
}

/** Whether a request may be sent again after a lost answer. */
export function isRepeatable(described: Operation<unknown>): boolean {
  return described.repeatable ?? (described.method !== 'POST' && described.method !== 'PATCH');
}
