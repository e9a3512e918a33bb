/** One request on its way through the fake: what is known about it, and how it is cut off without an answer. */
import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RequestFault } from '../fault-board.ts';
import type { AccessToken } from '../oauth/tokens.ts';
import type { Operation } from './operations.ts';

export interface Exchange {
  /** `ININ-Correlation-Id` of the answer and `contextId` of its error body. */
  readonly correlationId: string;
  /** Name in the record; undefined for paths that are no operation. */
  operationId: string | undefined;
  operation: Operation | undefined;
  token: AccessToken | undefined;
  fault: RequestFault | undefined;
  /** Place of its arrival among all arrivals and answers. */
  arrival: number;
  /** Ends without an answer. */
  isCut: boolean;
}

export class Exchanges {
  readonly #exchanges = new WeakMap<FastifyRequest, Exchange>();
  readonly #open = new Map<Exchange, FastifyReply>();

  begin(request: FastifyRequest, reply: FastifyReply, arrival: number): Exchange {
    const exchange: Exchange = {
      correlationId: randomUUID(),
      operationId: undefined,
      operation: undefined,
      token: undefined,
      fault: undefined,
      arrival,
      isCut: false,
    };
    this.#exchanges.set(request, exchange);
    this.#open.set(exchange, reply);
    reply.raw.once('close', () => this.#open.delete(exchange));
    return exchange;
  }

  of(request: FastifyRequest): Exchange | undefined {
    return this.#exchanges.get(request);
  }

  /** Resets the connection instead of answering. */
  cut(exchange: Exchange, reply: FastifyReply): void {
    exchange.isCut = true;
    reply.hijack();
    reply.raw.socket?.resetAndDestroy();
  }

  /** Resets the connections of all operations that have not been answered. */
  cutAll(): void {
    for (const [exchange, reply] of this.#open)
      if (exchange.operationId !== undefined) this.cut(exchange, reply);
  }
}
