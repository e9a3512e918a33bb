/** The faults of a network link, by the names that Toxiproxy gives them (github.com/Shopify/toxiproxy, README). */

/** `upstream` is from the client to the server, `downstream` from the server to the client. */
export type Direction = 'upstream' | 'downstream';

interface ToxicCommon {
  /** Which way the fault lies; both ways when it is left out. */
  readonly direction?: Direction;
  /** Share of connections that have the fault, 0 to 1; all when it is left out. Drawn from the proxy's seed. */
  readonly toxicity?: number;
}

export type Toxic = ToxicCommon &
  (
    | {
        /** Every piece of data is late by this much, give or take the jitter. */
        readonly type: 'latency';
        readonly latencyMs: number;
        readonly jitterMs?: number;
      }
    | { /** Data flows at this rate. */ readonly type: 'bandwidth'; readonly bytesPerSecond: number }
    | {
        /** The end of the stream is passed on late. */ readonly type: 'slow_close';
        readonly delayMs: number;
      }
    | {
        /** Data vanishes; after the time (0: never) the connection is closed. */
        readonly type: 'timeout';
        readonly timeoutMs: number;
      }
    | {
        /** After the time (0: at once) both ends see a reset (RST). */
        readonly type: 'reset_peer';
        readonly timeoutMs: number;
      }
    | {
        /** Data arrives in slices of the average size, give or take the variation, with a pause between them. */
        readonly type: 'slicer';
        readonly averageBytes: number;
        readonly variationBytes?: number;
        readonly delayMs?: number;
      }
    | {
        /** After so many bytes the connection is closed; what is beyond them never arrives. */
        readonly type: 'limit_data';
        readonly bytes: number;
      }
  );
