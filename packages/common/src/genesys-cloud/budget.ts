/** The one gate to the cloud: who may send the next request, when, and with which token. */
import type { Clock } from '../clock.ts';
import type { Priority } from './call.ts';

export interface BudgetOptions {
  /** Requests in any 60 seconds per token. */
  readonly requestsPerMinute: number;
  /** Number of tokens; each is a lane with a budget of its own. */
  readonly lanes: number;
  readonly clock: Clock;
  /** Requests on the way at the same time, over all lanes (default 16 per lane). */
  readonly maxInFlight?: number | undefined;
  /** Requests that may wait (default 10,000); more are refused with `cloud.overloaded`. */
  readonly maxWaiting?: number | undefined;
}

/** The right to send one request with the token of `lane`. */
export interface Permit {
  readonly lane: number;
  /**
   * To be called when the request has ended, whatever its outcome; harmless when called again.
   * @param sent false if it was never sent: then it costs nothing
   */
  release(sent?: boolean): void;
}

export interface BudgetUsage {
  /** Requests that all lanes together allow in 60 seconds. */
  readonly limit: number;
  /** Requests of the last 60 seconds that count, over all lanes. */
  readonly used: number;
  /** The same by priority: what the slow comparison takes can be kept within its share. */
  readonly usedBy: Readonly<Record<Priority, number>>;
  readonly inFlight: number;
  readonly waiting: Readonly<Record<Priority, number>>;
  /** Milliseconds until the first lane that was told to pause may send again; 0 if none pauses. */
  readonly pausedForMs: number;
}

export class RequestBudget {
  readonly #options: BudgetOptions;

  constructor(options: BudgetOptions) {
    this.#options = options;
  }

  /** Requests per second in steady running, over all lanes: the divisor of a forecast. */
  get ratePerSecond(): number {
    return (this.#options.requestsPerMinute * this.#options.lanes) / 60;
  }

  /**
   * Waits for the next free place.
   * @throws CloudError `cloud.lane-stopped`, `cloud.overloaded`, `cloud.closed`; the reason of the signal
   */
  acquire(_priority: Priority, _signal?: AbortSignal): Promise<Permit> {
    throw new Error('signature');
  }

  usage(): BudgetUsage {
    throw new Error('signature');
  }
}
