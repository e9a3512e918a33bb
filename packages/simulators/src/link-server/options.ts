/** How a simulated server listens, and what it demands of its clients. */
import type { Clock } from '@exec/common/clock';

export interface TlsMaterial {
  /** PEM texts. */
  readonly key: string;
  readonly cert: string;
  /** Authority of client certificates; with it, a client without one is refused. */
  readonly ca?: string;
}

export interface LinkServerOptions {
  readonly clock: Clock;
  /** Default 127.0.0.1. */
  readonly host?: string;
  readonly tls?: TlsMaterial | undefined;
  /** The ApplicationPassword that clients must give; absent: any or none. */
  readonly password?: string | undefined;
  /**
   * Milliseconds without a frame after which a keep-alive request is sent; after the same again the connection is
   * closed. False: never, for tests whose clock runs ahead of the sockets. Default 10,000.
   */
  readonly keepAliveMs?: number | false;
  /** Frames that the recorder keeps, newest first to stay. Default 10,000. */
  readonly recordedFrames?: number;
}

/** Informative codes of EventError. */
export const refusals = {
  protocolVersion: 1,
  password: 2,
  notRegistered: 3,
  unknownRequest: 4,
  invalidAttributes: 5,
  notUsable: 6,
  unknownAddress: 7,
  unknownObject: 8,
  unknownStatistic: 9,
  ordered: 10,
} as const;

export type Refusal = keyof typeof refusals;
