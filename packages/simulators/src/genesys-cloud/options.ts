/** What a fake Genesys Cloud can be told when it starts, and the quirks that can be switched while it runs. */
import type { Clock } from '@exec/common/clock';
import type { CloudObserver } from './record/observer.ts';

/** An OAuth client that may log in with client credentials. */
export interface OAuthClient {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly name: string;
  /** ID of another organisation to which the client belongs; by default that of the fake. */
  readonly organizationId?: string;
}

/**
 * What happens to an event whose ID was accepted before with the same content. The real effect is not published.
 * `dedupe`: accepted silently, without effect. `refuse-repeat`: refused by a per-event error, not retryable.
 * Other content under an accepted ID is refused in both.
 */
export type RepeatMode = 'dedupe' | 'refuse-repeat';

/** Behaviour that the published sources leave open or describe in two ways. Writable at any time. */
export interface Quirks {
  repeatMode: RepeatMode;
  /** `expires_in` of tokens given out from now on, in seconds. */
  tokenLifetimeSeconds: number;
  /** Whether answers carry `inin-ratelimit-*`. */
  rateLimitHeaders: boolean;
  /** Stale `version` of a user: 409 `general.conflict`, or 400 with `does not match the current version`. */
  versionConflict: 'status-409' | 'status-400';
  /** Status of `general.conflict` for an e-mail address or skill name that is taken. */
  duplicateStatus: 409 | 400;
  /** Answer of `POST /users/{userId}/externalid`: declared as an array, seen as a single object. */
  externalIdAnswer: 'object' | 'array';
  /** `errors` of an event batch in which nothing failed. */
  noEventErrors: 'empty' | 'null' | 'absent';
  /** `retryable` of a per-event error about a rule of the events; `undefined` leaves the member out. */
  eventErrorRetryable: boolean | undefined;
  /** Milliseconds until an object that was created, or a member that was added or removed, shows. */
  visibilityDelayMs: number;
  /** Up to this many milliseconds more, different per object, so that objects show out of order. */
  visibilityJitterMs: number;
  /** Milliseconds by which the user search is behind. */
  searchDelayMs: number;
  /** Milliseconds until a deleted queue is gone. */
  queueDeleteDelayMs: number;
  /** Milliseconds between the effect of an event request and its answer: the time it is in flight. */
  eventLatencyMs: number;
  /** Events later than now plus this many milliseconds are refused; `undefined`: not checked. */
  futureToleranceMs: number | undefined;
}

export interface FakeGenesysCloudOptions extends Partial<Quirks> {
  /** 0 (default): any free port. */
  readonly port?: number;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  readonly organizationId?: string;
  readonly organizationName?: string;
  /** Short name of the organisation, `thirdPartyOrgName` of the API. */
  readonly organizationShortName?: string;
  /** Default: one client for each of the three services, see `defaultClients`. */
  readonly clients?: readonly OAuthClient[];
  /** Requests in any 60 s per token (default 300); `Infinity` lifts the budget. */
  readonly requestsPerMinute?: number;
  /** Accepted and refused events kept in full; older ones are counted only. Default 100,000. */
  readonly keepEvents?: number;
  /** Ended conversations kept; default 50,000. */
  readonly keepConversations?: number;
  /** Default: the system's. Budget, token lifetimes, visibility and recorded times follow it. */
  readonly clock?: Clock;
  /** Told of every decision about an event and of every answer. */
  readonly observer?: CloudObserver;
}

export const defaultClients: readonly OAuthClient[] = [
  { clientId: 'config-sync', clientSecret: 'config-sync-secret', name: 'Config Sync' },
  { clientId: 'agent-state-sync', clientSecret: 'agent-state-sync-secret', name: 'Agent State Sync' },
  {
    clientId: 'conversation-provider',
    clientSecret: 'conversation-provider-secret',
    name: 'Conversation Provider',
  },
];

export const defaultOrganizationId = '6f1d2c1e-8f1b-4c0a-9d0e-2b7f5a3c9e11';

/** The quirks of a fake started with these options. */
export function quirksOf(options: FakeGenesysCloudOptions): Quirks {
  return {
    repeatMode: options.repeatMode ?? 'dedupe',
    tokenLifetimeSeconds: options.tokenLifetimeSeconds ?? 86_400,
    rateLimitHeaders: options.rateLimitHeaders ?? false,
    versionConflict: options.versionConflict ?? 'status-409',
    duplicateStatus: options.duplicateStatus ?? 409,
    externalIdAnswer: options.externalIdAnswer ?? 'object',
    noEventErrors: options.noEventErrors ?? 'empty',
    eventErrorRetryable: 'eventErrorRetryable' in options ? options.eventErrorRetryable : false,
    visibilityDelayMs: options.visibilityDelayMs ?? 0,
    visibilityJitterMs: options.visibilityJitterMs ?? 0,
    searchDelayMs: options.searchDelayMs ?? options.visibilityDelayMs ?? 0,
    queueDeleteDelayMs: options.queueDeleteDelayMs ?? 0,
    eventLatencyMs: options.eventLatencyMs ?? 0,
    futureToleranceMs: options.futureToleranceMs,
  };
}
