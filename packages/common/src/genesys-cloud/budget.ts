/** The one gate to the cloud: who may send the next request, when, and with which token. */

import type { Clock, Timer } from '../time/clock.ts';
import type { MonotonicMs } from '../time/instants.ts';
import { type Permit, type Priority, priorities } from './call.ts';
import { CloudError } from './errors.ts';
import { Pacer } from './pacer.ts';

/** A pause longer than this stops the token: nobody waits for it (a daily limit may ask for hours). */
export const longestWaitedPauseMs = 180_000;

export interface BudgetOptions {
  /** Requests in any 60 seconds per token. */
  readonly requestsPerMinute: number;
  /** Number of tokens; each has a budget of its own. */
  readonly tokens: number;
  readonly clock: Clock;
  /** Requests on the way at the same time, over all tokens (default 16 per token). */
  readonly maxInFlight?: number | undefined;
  /** Requests that may wait (default 10,000); more are refused with `cloud.overloaded`. */
  readonly maxWaiting?: number | undefined;
  /** Which tokens a request may use now; all of them if absent. */
  readonly readiness?: Readiness | undefined;
  /** Called with how long a request waited, in milliseconds. */
  readonly onWaited?: ((ms: number) => void) | undefined;
}

/** What tokens can do besides their budgets; `TokenPool` fits. */
export interface Readiness {
  /** Those of some tokens that a request may use now, at least one. */
  choose(tokenIndexes: readonly number[]): readonly number[];
  /** Whether a request of one token may go on with another. */
  canReplace(tokenIndex: number, by: number): boolean;
  /** More requests wait than the tokens carry that may be used. */
  extend(): void;
}

export interface BudgetUsage {
  /** Requests that all tokens together allow in 60 seconds. */
  readonly limit: number;
  /** Requests that count now, over all tokens. */
  readonly used: number;
  /** The same by priority: what the slow comparison takes can be kept within its share. */
  readonly usedBy: Readonly<Record<Priority, number>>;
  readonly inFlight: number;
  readonly waiting: Readonly<Record<Priority, number>>;
  /** Milliseconds until the first token that must pause may send again; 0 if one of them does not pause. */
  readonly pausedForMs: number;
}

interface Waiter {
  readonly priority: Priority;
  readonly since: MonotonicMs;
  readonly grant: (permit: Permit) => void;
  readonly refuse: (error: unknown) => void;
}

/**
 * @rule Events go before configuration, configuration before drift; the number of requests on the way and of those
 *   that wait is bounded.
 * @test budget.test.ts: serves events before configuration before drift, each in the order of asking
 * @test budget.test.ts: keeps the number of requests on the way bounded
 */
export class RequestBudget {
  readonly #clock: Clock;
  readonly #pacers: readonly Pacer[];
  readonly #maxInFlight: number;
  readonly #maxWaiting: number;
  readonly #readiness: Readiness | undefined;
  readonly #onWaited: (ms: number) => void;
  readonly #waiting: Record<Priority, Set<Waiter>> = {
    events: new Set(),
    configuration: new Set(),
    drift: new Set(),
  };
  #inFlight = 0;
  #timer: Timer | undefined;
  #closed = false;

  constructor(options: BudgetOptions) {
    this.#clock = options.clock;
    this.#pacers = Array.from({ length: options.tokens }, () => new Pacer(options.requestsPerMinute));
    this.#maxInFlight = options.maxInFlight ?? 16 * options.tokens;
    this.#maxWaiting = options.maxWaiting ?? 10_000;
    this.#readiness = options.readiness;
    this.#onWaited = options.onWaited ?? (() => undefined);
  }

  /** Requests that may be on the way at the same time, over all tokens. */
  get maxInFlight(): number {
    return this.#maxInFlight;
  }

  /** Requests per second in steady running, over all tokens: the divisor of a forecast. */
  get ratePerSecond(): number {
    return this.#pacers.reduce((sum, pacer) => sum + 1000 / pacer.spacingMs, 0);
  }

  /**
   * Waits for the next free place; higher priorities go first, equal ones in the order of asking.
   * @throws CloudError `cloud.lane-stopped`, `cloud.overloaded`, `cloud.closed`; the reason of the signal
   */
  acquire(priority: Priority, signal?: AbortSignal): Promise<Permit> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (this.#closed) throw closed();
      if (this.#waitingCount() >= this.#maxWaiting) throw overloaded(this.#maxWaiting);
      const queue = this.#waiting[priority];
      const onAbort = () => {
        queue.delete(waiter);
        reject(signal?.reason as Error);
      };
      const waiter: Waiter = {
        priority,
        since: this.#clock.monotonic(),
        grant: (permit) => {
          signal?.removeEventListener('abort', onAbort);
          resolve(permit);
        },
        refuse: (error) => {
          signal?.removeEventListener('abort', onAbort);
          reject(error as Error);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      queue.add(waiter);
      this.#serve();
    });
  }

  /**
   * Holds back all requests of a token, because the cloud asked for it.
   * @param ms from now; above longestWaitedPauseMs the token is stopped: its callers get an error instead of a wait
   */
  pause(tokenIndex: number, ms: number): void {
    this.#pacers[tokenIndex]?.pause(this.#clock.monotonic() + ms);
    this.#serve();
  }

  /** Looks again which requests can go: one more token is ready. */
  readonly wake = (): void => this.#serve();

  /** Whether a token other than this one does not pause. */
  hasOtherToken(tokenIndex: number): boolean {
    const now = this.#clock.monotonic();
    const fits = (index: number) => this.#readiness?.canReplace(tokenIndex, index) ?? index !== tokenIndex;
    return this.#pacers.some((other, index) => other.pausedFor(now) === 0 && fits(index));
  }

  usage(): BudgetUsage {
    const now = this.#clock.monotonic();
    const counts = this.#pacers.map((pacer) => pacer.counts(now));
    const sum = (priority: Priority) => counts.reduce((total, each) => total + each[priority], 0);
    const usedBy = { events: sum('events'), configuration: sum('configuration'), drift: sum('drift') };
    return {
      limit: this.#pacers.reduce((total, pacer) => total + pacer.limit, 0),
      used: usedBy.events + usedBy.configuration + usedBy.drift,
      usedBy,
      inFlight: this.#inFlight,
      waiting: {
        events: this.#waiting.events.size,
        configuration: this.#waiting.configuration.size,
        drift: this.#waiting.drift.size,
      },
      pausedForMs: Math.min(...this.#pacers.map((pacer) => pacer.pausedFor(now))),
    };
  }

  /** Refuses all that wait and all that come. */
  close(): void {
    this.#closed = true;
    this.#refuseAll(closed);
  }

  #serve(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#grantAll();
    if (!this.#closed && this.#waitingCount() > 0) this.#readiness?.extend();
  }

  #grantAll(): void {
    while (this.#inFlight < this.#maxInFlight && this.#waitingCount() > 0) {
      const now = this.#clock.monotonic();
      const usable = [...this.#pacers.keys()].filter(
        (index) => (this.#pacers[index]?.pausedFor(now) ?? 0) <= longestWaitedPauseMs,
      );
      if (usable.length === 0) {
        const retryAfterMs = Math.min(...this.#pacers.map((pacer) => pacer.pausedFor(now)));
        this.#refuseAll(() => stopped(retryAfterMs, this.#clock.now()));
        return;
      }
      let best: { readonly index: number; readonly pacer: Pacer; readonly readyAt: number } | undefined;
      for (const index of this.#readiness?.choose(usable) ?? usable) {
        const pacer = this.#pacers[index];
        if (pacer === undefined) continue;
        const readyAt = pacer.readyAt(now);
        if (best === undefined || readyAt < best.readyAt) best = { index, pacer, readyAt };
      }
      // Infinity: a request must end first, and its release comes back here.
      if (best === undefined || best.readyAt === Number.POSITIVE_INFINITY) return;
      if (best.readyAt > now) {
        this.#timer = this.#clock.setTimer(Math.ceil(best.readyAt - now), () => this.#serve());
        return;
      }
      this.#grantNext(best.index, best.pacer, now);
    }
  }

  #grantNext(index: number, pacer: Pacer, now: number): void {
    const priority = priorities.find((candidate) => this.#waiting[candidate].size > 0);
    const waiter = priority === undefined ? undefined : this.#waiting[priority].values().next().value;
    if (waiter === undefined) return;
    this.#waiting[waiter.priority].delete(waiter);
    const slot = pacer.take(now, waiter.priority);
    this.#inFlight++;
    this.#onWaited(now - waiter.since);
    let open = true;
    waiter.grant({
      tokenIndex: index,
      release: (sent = true) => {
        if (!open) return;
        open = false;
        this.#inFlight--;
        pacer.release(slot, this.#clock.monotonic(), sent);
        this.#serve();
      },
    });
  }

  #waitingCount(): number {
    return this.#waiting.events.size + this.#waiting.configuration.size + this.#waiting.drift.size;
  }

  #refuseAll(error: () => CloudError): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    for (const priority of priorities) {
      const waiters = [...this.#waiting[priority]];
      this.#waiting[priority].clear();
      for (const waiter of waiters) waiter.refuse(error());
    }
  }
}

function closed(): CloudError {
  return new CloudError('cloud.closed', 'the cloud client is closed');
}

function overloaded(limit: number): CloudError {
  return new CloudError('cloud.overloaded', `more than ${limit} requests wait for the request budget`, {
    retryable: true,
    details: { waiting: limit },
  });
}

function stopped(retryAfterMs: number, wallNow: number): CloudError {
  const until = new Date(wallNow + retryAfterMs).toISOString();
  return new CloudError(
    'cloud.lane-stopped',
    `Genesys Cloud takes no requests of this client until ${until}`,
    {
      retryable: true,
      retryAfterMs,
      details: { until },
    },
  );
}
