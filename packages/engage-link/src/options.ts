/** What every client of an Engage server is given, and the limits it keeps. */
import type { Clock } from '@exec/common/clock';
import type { Secret } from '@exec/common/config';
import type { ErrorCode } from '@exec/common/errors';
import type { EngageSeconds } from '@exec/common/instants';
import type { Logger } from '@exec/common/logging';
import type { ServerAddress } from './address.ts';
import type { EngageLinkMetrics } from './metrics.ts';
import type { ServerRole } from './wire/index.ts';

/** Files with TLS material, read again at every dial so that a renewed certificate is taken up by itself. */
export interface LinkTls {
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
}

export interface LinkClientOptions {
  /** Which client this is, in logs and in the metric label `server`: `<name>@<host>:<port>`. */
  readonly name: string;
  /** The primary, and the backup where there is one. */
  readonly servers: readonly ServerAddress[];
  readonly applicationName: string;
  readonly password?: Secret | undefined;
  /** Used for the addresses that ask for TLS. */
  readonly tls?: LinkTls | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: EngageLinkMetrics;
  readonly limits?: Partial<LinkLimits>;
  /** Source of jitter: values from 0 up to, not including, 1. */
  readonly random?: () => number;
}

/** Times in milliseconds, sizes in bytes. */
export interface LinkLimits {
  /** For name look-up, TCP and TLS together. */
  readonly connectMs: number;
  /** Without an answer to the registration the connection is closed. */
  readonly registrationMs: number;
  /** Silence after which a keep-alive request is sent; after the same again the connection is dead. */
  readonly keepAliveMs: number;
  readonly requestMs: number;
  /** How long a SIP Server may be without its switch link before the client goes to the other server. */
  readonly linkConnectedMs: number;
  /** Requests that may be without an answer at one time; further ones wait. */
  readonly outstandingRequests: number;
  /** Requests that may wait; further ones are refused. */
  readonly waitingRequests: number;
  /** Bytes that may wait for a peer which does not read; then the connection is closed. */
  readonly writeBufferBytes: number;
  /** First and longest wait between attempts. */
  readonly backOffMinMs: number;
  readonly backOffMaxMs: number;
}

export const defaultLimits: LinkLimits = {
  connectMs: 5_000,
  registrationMs: 10_000,
  keepAliveMs: 10_000,
  requestMs: 10_000,
  linkConnectedMs: 10_000,
  outstandingRequests: 100,
  waitingRequests: 100_000,
  writeBufferBytes: 4_194_304,
  backOffMinMs: 250,
  backOffMaxMs: 15_000,
};

/** A server that can be worked with; handed over after each opening, before its first event. */
export interface UsableInfo {
  readonly server: ServerAddress;
  readonly role: ServerRole;
  /** Start of the server's run; another one than before means that it was restarted. */
  readonly serverStartTime: EngageSeconds;
}

/** Why a server is not usable, or no longer. */
export interface LinkFailure {
  readonly code: ErrorCode;
  /** For the operator: what happened at which server. */
  readonly message: string;
  readonly server: ServerAddress;
}

/** The client's view of the pair at this moment, for readiness. */
export interface LinkStatus {
  readonly usable: boolean;
  /** The server that is in use or being tried. */
  readonly server: ServerAddress;
  /** For the operator; while not usable, the newest failure. */
  readonly detail: string;
}

/** What all handlers have in common. None of the functions may throw; what they throw is logged and dropped. */
export interface LinkHandler {
  /** Nothing of an earlier connection survives: open, register and start everything again. */
  usable(info: UsableInfo): void;
  /** Follows each `usable` exactly once, also at stop: what is sent meanwhile is missed. */
  unusable(failure: LinkFailure): void;
  /** An attempt that did not end in `usable`. */
  attemptFailed?(failure: LinkFailure): void;
}
