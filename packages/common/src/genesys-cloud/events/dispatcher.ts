/**
 * Starts requests for as long as something is ready and may be sent. What goes into a request is taken only when its place
 * in the budget is there, so that it carries what is newest then; only so many are on the way at a time.
 */
import { ExecError } from '../../errors/errors.ts';
import type { Clock, Timer } from '../../time/clock.ts';
import { workLoop } from '../../time/work-loop.ts';
import type { Permit } from '../call.ts';

/** The place where requests wait for their turn. */
export interface EventBudget {
  acquire(priority: 'events', signal?: AbortSignal): Promise<Permit>;
}

export interface DispatcherOptions<B> {
  readonly budget: EventBudget;
  readonly clock: Clock;
  /** Requests on the way at the same time. */
  readonly maxInFlight: number;
  /** Whether there is something that may be sent now. */
  readonly isReady: () => boolean;
  /** What the next request carries; undefined when nothing may be sent any more. */
  readonly take: () => B | undefined;
  /** Sends it. The permit is for its first request, and is given back in any case. Must not reject. */
  readonly send: (batch: B, permit: Permit) => Promise<void>;
  /** Monotonic time (ms) at which something that is not ready now may be; undefined when nothing waits. */
  readonly nextAt: () => number | undefined;
  /** There is no place in the budget, and there will be none for this request; who is told pauses. */
  readonly onError: (error: unknown) => void;
}

export class Dispatcher<B> {
  readonly #options: DispatcherOptions<B>;
  readonly #stopping = new AbortController();
  readonly #inFlight = new Set<Promise<void>>();
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;
  /** Something may be ready, or may be sent now, that could not be before. */
  readonly wake: () => void;

  constructor(options: DispatcherOptions<B>) {
    this.#options = options;
    this.wake = workLoop(
      () => this.#fill(),
      (error) => {
        if (!this.stopping.aborted) options.onError(error);
      },
    );
  }

  /** Aborted when nothing more is begun. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  get isPaused(): boolean {
    return this.#pausedUntil > this.#options.clock.monotonic();
  }

  /** Nothing can be sent: no request is started for so long. */
  pause(ms: number): void {
    this.#pausedUntil = this.#options.clock.monotonic() + ms;
    this.#wakeForLater();
  }

  /** Starts no further request and waits for those on the way. */
  async stop(): Promise<void> {
    this.#stopping.abort(new ExecError('service.unavailable', 'The service is stopping.'));
    this.#timer?.cancel();
    await Promise.allSettled(this.#inFlight);
  }

  get #mayStart(): boolean {
    const { isReady, maxInFlight } = this.#options;
    return !this.stopping.aborted && !this.isPaused && this.#inFlight.size < maxInFlight && isReady();
  }

  async #fill(): Promise<void> {
    const { budget, take } = this.#options;
    this.#timer?.cancel();
    while (this.#mayStart) {
      const permit = await budget.acquire('events', this.stopping);
      const batch = this.stopping.aborted || this.isPaused ? undefined : take();
      if (batch === undefined) permit.release(false);
      else this.#start(batch, permit);
    }
    this.#wakeForLater();
  }

  #start(batch: B, permit: Permit): void {
    const request = this.#options.send(batch, permit).finally(() => {
      permit.release(false);
      this.#inFlight.delete(request);
      this.wake();
    });
    this.#inFlight.add(request);
  }

  #wakeForLater(): void {
    const { nextAt, clock, maxInFlight } = this.#options;
    this.#timer?.cancel();
    // The end of a request wakes it anyway; `nextAt` may have to look at all that waits.
    if (this.stopping.aborted || this.#inFlight.size >= maxInFlight) return;
    const next = nextAt();
    if (next === undefined) return;
    const wait = Math.max(next, this.#pausedUntil) - clock.monotonic();
    if (wait > 0) this.#timer = clock.setTimer(wait, this.wake);
  }
}
