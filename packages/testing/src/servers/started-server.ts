/** What a caller gets when a server has been found or started. */

export interface StartedServer {
  /** Where a client connects, credentials included. A PostgreSQL URL names a database the caller may fill. */
  readonly url: string;
  /** Which source was used, in words for the person who runs the tests. */
  readonly how: string;
  /** Ends the server; of a server that was there before, removes only what was added here. */
  stop(): Promise<void>;
}

export interface StartedRedis extends StartedServer {
  /** Keys of the caller begin with this; on a server that was there before, `stop` removes them. */
  readonly keyPrefix: string;
}

/** A server that belongs to one test, which may do to it what happens to servers. */
export interface OwnServer extends StartedServer {
  /** Process of the server, to pause it for instance; none when it runs in a container. */
  readonly pid: number | undefined;
  /** Temporary folder of the server; none when it runs in a container. */
  readonly folder: string | undefined;
  /** Ends the process at once (SIGKILL); the data folder stays. */
  kill(): Promise<void>;
  /** Ends the process in an orderly way if it still runs, and starts it again on the same port and folder. */
  restart(): Promise<void>;
}
