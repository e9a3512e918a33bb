/** One request on its way through the fake: what is known about it, and how it is cut off without an answer. */
import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RequestFault } from '../fault-board.ts';
import type { AccessToken } from '../oauth/tokens.ts';
import type { Operation } from './operations.ts';

export interface Exchange {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** `ININ-Correlation-Id` of the answer and `contextId` of its error body. */
  readonly correlationId: string;
  /** Name in the record; undefined for paths that are no operation. */
  operationId: string | undefined;
  operation: Operation | undefined;
  token: AccessToken | undefined;
  fault: RequestFault | undefined;
  /** Place of its arrival among all arrivals and answers. */
  arrival: number;
  /** Its answer, or the lack of one, has been counted. */
  isCounted: boolean;
}

export class Exchanges {
  readonly #exchanges = new WeakMap<FastifyRequest, Exchange>();
  readonly #open = new Map<Exchange, FastifyReply>();
  readonly #onEnd: (exchange: Exchange, status: number) => void;

  /** `onEnd`: called once per request, when its answer leaves; status 0: it ended without one. */
  constructor(onEnd: (exchange: Exchange, status: number) => void) {
    this.#onEnd = onEnd;
  }

  begin(request: FastifyRequest, reply: FastifyReply, arrival: number): Exchange {
    const exchange: Exchange = {
      method: request.method,
      path: request.url,
      correlationId: randomUUID(),
      operationId: undefined,
      operation: undefined,
      token: undefined,
      fault: undefined,
      arrival,
      isCounted: false,
    };
    this.#exchanges.set(request, exchange);
    this.#open.set(exchange, reply);
    reply.raw.once('close', () => {
      this.#open.delete(exchange);
      this.end(exchange, 0);
    });
    return exchange;
  }

  /** Counted before the answer leaves, so that a client that has it finds it counted. */
  end(exchange: Exchange, status: number): void {
    if (exchange.isCounted) return;
    exchange.isCounted = true;
    this.#onEnd(exchange, status);
  }

  of(request: FastifyRequest): Exchange | undefined {
    return this.#exchanges.get(request);
  }

  /** Resets the connection instead of answering. */
  cut(exchange: Exchange, reply: FastifyReply): void {
    this.end(exchange, 0);
    reply.hijack();
    reply.raw.socket?.resetAndDestroy();
  }

  /** Resets the connections of all operations that have not been answered. */
  cutAll(): void {
    for (const [exchange, reply] of this.#open)
      if (exchange.operationId !== undefined) this.cut(exchange, reply);
  }
}
