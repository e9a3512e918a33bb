/** How an answer leaves: JSON, an error body, or what a fault makes of it. */
import type { Clock } from '@exec/common/clock';
import type { FastifyReply } from 'fastify';
import type { ApiError } from '../api-error.ts';
import type { Exchange, Exchanges } from './exchange.ts';
import type { FaultEffect } from './fault-effects.ts';

export interface Carrier {
  readonly clock: Clock;
  readonly exchanges: Exchanges;
  /** Aborted when the fake closes: ends waits. */
  readonly closing: AbortSignal;
}

export function send(reply: FastifyReply, status: number, body: unknown): FastifyReply {
  if (body === undefined) return reply.code(status).send();
  return reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(body));
}

export function sendApiError(error: ApiError, correlationId: string, reply: FastifyReply): FastifyReply {
  if (error.retryAfter !== undefined) void reply.header('Retry-After', String(error.retryAfter));
  return send(reply, error.status, error.body(correlationId));
}

/** Whether the request has been answered, or never will be. */
export async function carryOut(
  carrier: Carrier,
  effect: FaultEffect,
  exchange: Exchange,
  reply: FastifyReply,
): Promise<boolean> {
  switch (effect.kind) {
    case 'none':
      return false;
    case 'wait':
      await carrier.clock.sleep(effect.ms, carrier.closing);
      return false;
    case 'error':
      sendApiError(effect.error, exchange.correlationId, reply);
      return true;
    case 'raw':
      void reply.code(effect.status).type(effect.type).send(effect.body);
      return true;
    case 'cut':
      carrier.exchanges.cut(exchange, reply);
      return true;
    case 'hang':
      reply.hijack();
      return true;
  }
}
