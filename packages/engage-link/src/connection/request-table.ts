/** Requests and their answers: a window of outstanding ones, a bounded queue behind it, one time limit for all. */
import type { Clock, Timer } from '@exec/common/clock';
import { ExecError } from '@exec/common/errors';
import { laterBy, type MonotonicMs, monotonicMs } from '@exec/common/instants';

export interface OutgoingRequest {
  readonly message: string;
  readonly attributes: { readonly ReferenceID: number };
  /** The event that answers it; EventError refuses it. */
  readonly answer: string;
  readonly signal?: AbortSignal | undefined;
}

export interface RequestTableOptions {
  readonly clock: Clock;
  /** Milliseconds from sending to failure. */
  readonly timeoutMs: number;
  readonly outstandingMax: number;
  readonly waitingMax: number;
  /** May refuse a request by throwing. */
  readonly send: (message: string, attributes: object) => void;
}

interface Entry<Answer> {
  readonly request: OutgoingRequest;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
  /** When it has failed; set when it is sent. */
  deadline: MonotonicMs;
}

/**
 * At most `outstanding` requests on the way, the others wait in order; each gets its answer, its time-out or the end
 * of the connection.
 */
export class RequestTable<Answer> {
  readonly #options: RequestTableOptions;
  /** By ReferenceID, in the order of sending, which is the order of the deadlines. */
  readonly #outstanding = new Map<number, Entry<Answer>>();
  readonly #waiting = new Set<Entry<Answer>>();
  #timer: Timer | undefined;

  constructor(options: RequestTableOptions) {
    this.#options = options;
  }

  get outstanding(): number {
    return this.#outstanding.size;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Whether an answer with this ReferenceID is waited for. */
  has(referenceId: number): boolean {
    return this.#outstanding.has(referenceId);
  }

  /**
   * Sends the request, at once or when the window has room; fulfilled by {@link Pending.resolve}.
   * @throws {ExecError} link.too-many-requests, link.request-timeout, or what {@link failAll} was given; the
   *   signal's reason when it is aborted (an answer that comes afterwards is a late one).
   */
  request(request: OutgoingRequest): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const { signal } = request;
    if (signal?.aborted === true) {
      reject(signal.reason as Error);
      return promise;
    }
    if (this.#waiting.size >= this.#options.waitingMax) {
      reject(tooMany(request, this.#waiting.size));
      return promise;
    }
    const onAbort = () => this.#abandon(entry, signal?.reason as Error);
    const stopListening = () => signal?.removeEventListener('abort', onAbort);
    const entry: Entry<Answer> = {
      request,
      deadline: monotonicMs(Number.POSITIVE_INFINITY),
      resolve: (answer) => {
        stopListening();
        resolve(answer);
      },
      reject: (error) => {
        stopListening();
        reject(error);
      },
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#waiting.add(entry);
    this.#fillWindow();
    return promise;
  }

  /** Takes the request that `message` with this ReferenceID answers out of the table; its promise is the caller's. */
  take(referenceId: number, message: string): Pending<Answer> | undefined {
    const entry = this.#outstanding.get(referenceId);
    // Something else with a ReferenceID that happens to be ours answers nothing.
    if (entry === undefined || (message !== entry.request.answer && message !== 'EventError'))
      return undefined;
    this.#outstanding.delete(referenceId);
    this.#fillWindow();
    return { message: entry.request.message, resolve: entry.resolve, reject: entry.reject };
  }

  /** Fails everything, sent or not. */
  failAll(error: ExecError): void {
    const entries = [...this.#outstanding.values(), ...this.#waiting];
    this.#outstanding.clear();
    this.#waiting.clear();
    this.#stopTimerWhenIdle();
    for (const entry of entries) entry.reject(error);
  }

  #fillWindow(): void {
    for (const entry of this.#waiting) {
      if (this.#outstanding.size >= this.#options.outstandingMax) break;
      // Its own listener is about to take it out: one signal may end many requests.
      if (entry.request.signal?.aborted === true) continue;
      this.#waiting.delete(entry);
      entry.deadline = laterBy(this.#options.clock.monotonic(), this.#options.timeoutMs);
      const { message, attributes } = entry.request;
      this.#outstanding.set(attributes.ReferenceID, entry);
      try {
        this.#options.send(message, attributes);
      } catch (error) {
        this.#outstanding.delete(attributes.ReferenceID);
        entry.reject(error as Error);
      }
    }
    this.#stopTimerWhenIdle();
    if (this.#outstanding.size > 0) this.#timer ??= this.#arm(this.#options.timeoutMs);
  }

  #abandon(entry: Entry<Answer>, reason: Error): void {
    this.#waiting.delete(entry);
    const id = entry.request.attributes.ReferenceID;
    if (this.#outstanding.get(id) === entry) this.#outstanding.delete(id);
    entry.reject(reason);
    this.#fillWindow();
  }

  /** One timer for the oldest; it is set again only when it fires too early. */
  #arm(ms: number): Timer {
    return this.#options.clock.setTimer(ms, () => {
      this.#timer = undefined;
      this.#expire();
    });
  }

  #expire(): void {
    const now = this.#options.clock.monotonic();
    for (const [id, entry] of this.#outstanding) {
      if (entry.deadline > now) {
        this.#timer ??= this.#arm(entry.deadline - now);
        break;
      }
      this.#outstanding.delete(id);
      entry.reject(timedOut(entry.request, this.#options.timeoutMs));
    }
    this.#fillWindow();
  }

  #stopTimerWhenIdle(): void {
    if (this.#outstanding.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}

/** A request whose answer has arrived. */
export interface Pending<Answer> {
  /** Name of the request. */
  readonly message: string;
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

function timedOut(request: OutgoingRequest, ms: number): ExecError {
  return new ExecError('link.request-timeout', `no answer to ${request.message} for ${ms} ms`, {
    retryable: true,
    details: { request: request.message },
  });
}

function tooMany(request: OutgoingRequest, waiting: number): ExecError {
  return new ExecError(
    'link.too-many-requests',
    `${request.message} not sent: ${waiting} requests wait already`,
    {
      retryable: true,
      details: { request: request.message },
    },
  );
}
