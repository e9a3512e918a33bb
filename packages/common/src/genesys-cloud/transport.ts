/**
 * One HTTP request and its whole answer, or a fault that says whether the request may have arrived.
 * The only place that talks HTTP to the cloud; no redirect is followed.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { redactText } from '../logging/redaction.ts';
import type { Clock, Timer } from '../time/clock.ts';
import type { Method } from './call.ts';

/** An answer larger than this is refused: 500 expanded users are about 3 MB. */
const maxAnswerBytes = 16 * 1024 * 1024;
/** Of an answer that is an error only so much is kept. */
const maxErrorBytes = 64 * 1024;

export interface HttpRequest {
  readonly url: URL;
  readonly method: Method;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Milliseconds from now to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** `not-sent`: certainly not carried out. The others may have been. */
export type FaultKind = 'not-sent' | 'lost' | 'timed-out' | 'too-large';

/** No answer came; `kind` says whether the request may have been carried out. */
export class TransportFault extends Error {
  override readonly name = 'TransportFault';
  readonly kind: FaultKind;

  constructor(kind: FaultKind, reason: string) {
    super(reason);
    this.kind = kind;
  }
}

/** One HTTP exchange, bounded in time and in the bytes of the answer. */
export class Transport {
  readonly #dispatcher: Dispatcher;
  readonly #clock: Clock;
  readonly #maxAnswerBytes: number;

  constructor(dispatcher: Dispatcher, clock: Clock, limits: { readonly maxAnswerBytes?: number } = {}) {
    this.#dispatcher = dispatcher;
    this.#clock = clock;
    this.#maxAnswerBytes = limits.maxAnswerBytes ?? maxAnswerBytes;
  }

  /** @throws TransportFault; the reason of the signal when it is aborted */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    request.signal?.throwIfAborted();
    const exchange = new Exchange(this.#maxAnswerBytes);
    const timer: Timer = this.#clock.setTimer(request.timeoutMs, () => exchange.timeOut(request.timeoutMs));
    const onAbort = () => exchange.fail(request.signal?.reason);
    request.signal?.addEventListener('abort', onAbort, { once: true });
    try {
      this.#dispatcher.dispatch(
        {
          origin: request.url.origin,
          path: request.url.pathname + request.url.search,
          method: request.method,
          headers: { ...request.headers },
          body: request.body ?? null,
          headersTimeout: request.timeoutMs,
          bodyTimeout: request.timeoutMs,
        },
        exchange,
      );
      return await exchange.answer;
    } finally {
      timer.cancel();
      request.signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Ends all connections at once. */
  async close(): Promise<void> {
    await this.#dispatcher.destroy(new TransportFault('lost', 'the cloud client was closed'));
  }
}

/** Collects one answer. Once given up, it also stops a request that only starts later. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly answer: Promise<HttpAnswer>;
  readonly #resolve: (answer: HttpAnswer) => void;
  readonly #reject: (error: unknown) => void;
  readonly #maxAnswerBytes: number;
  #controller: Dispatcher.DispatchController | undefined;
  /** Answered or given up: nothing that comes later counts. */
  #ended = false;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(maxAnswerBytes: number) {
    const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
    this.answer = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#maxAnswerBytes = maxAnswerBytes;
  }

  fail(error: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#chunks = [];
    this.#reject(error);
    this.#controller?.abort(new Error('given up'));
  }

  timeOut(ms: number): void {
    if (this.#controller === undefined)
      this.fail(new TransportFault('not-sent', `no connection after ${ms} ms`));
    else this.fail(new TransportFault('timed-out', `no complete answer after ${ms} ms`));
  }

  /** The connection is there; from here on the request may arrive. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#ended) controller.abort(new Error('given up'));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#ended) return;
    this.#bytes += chunk.length;
    if (this.#status >= 300) {
      this.#chunks.push(chunk.subarray(0, maxErrorBytes));
      if (this.#bytes < maxErrorBytes) return;
      // What an error says stands at its beginning; the rest is not waited for.
      this.onResponseEnd();
      controller.abort(new Error('the rest is not needed'));
    } else if (this.#bytes > this.#maxAnswerBytes) {
      this.fail(new TransportFault('too-large', `the answer is larger than ${this.#maxAnswerBytes} bytes`));
    } else {
      this.#chunks.push(chunk);
    }
  }

  onResponseEnd(): void {
    if (this.#ended) return;
    this.#ended = true;
    const body = Buffer.concat(this.#chunks).toString('utf8');
    this.#resolve({ status: this.#status, headers: this.#headers, body });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(
      new TransportFault(this.#controller === undefined ? 'not-sent' : faultOf(error), reasonOf(error)),
    );
  }
}

function faultOf(error: Error): FaultKind {
  const code = codeOf(error);
  return code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT' ? 'timed-out' : 'lost';
}

/** What went wrong, for people; addresses of proxies may hold passwords, so those are taken out. */
function reasonOf(error: Error): string {
  const code = codeOf(error);
  const text = redactText(error.message).slice(0, 200);
  if (code === undefined || text.includes(code)) return text === '' ? error.name : text;
  return text === '' ? code : `${code}: ${text}`;
}

function codeOf(error: Error): string | undefined {
  const code = (error as { readonly code?: unknown }).code;
  return typeof code === 'string' ? code : undefined;
}
