/** What a route gets and gives: a checked request in, a status and a body out. */

import type { AccessToken, TokenStore } from '../oauth/tokens.ts';
import type { Quirks } from '../options.ts';
import type { CloudState } from '../store/cloud-state.ts';
import type { Visibility } from '../store/visibility.ts';
import type { Operation } from './operations.ts';
import type { Query } from './query.ts';

export interface ApiCall {
  readonly operation: Operation;
  /** Path without query, as it was sent. */
  readonly path: string;
  /** Decoded path parameters. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  /** Has passed the operation's schema. */
  readonly body: unknown;
  readonly token: AccessToken;
  /** Position of the request's arrival among all arrivals and answers. */
  readonly arrival: number;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

export type Handler = (call: ApiCall) => Answer;
export type Handlers = Readonly<Record<string, Handler>>;

/** What the routes of all entities work on. */
export interface CloudContext {
  readonly state: CloudState;
  readonly quirks: Quirks;
  readonly visibility: Visibility;
  readonly tokens: TokenStore;
  readonly requestsPerMinute: number;
}

export function ok(body?: unknown): Answer {
  return { status: 200, body };
}

export const noContent: Answer = { status: 204 };

/** The body as the type that its schema guarantees. */
export function bodyOf<Body>(call: ApiCall): Body {
  return call.body as Body;
}

/** A path parameter; the router guarantees that it is there. */
export function param(call: ApiCall, name: string): string {
  return call.params[name] ?? '';
}

/** ISO-8601 UTC with milliseconds. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
