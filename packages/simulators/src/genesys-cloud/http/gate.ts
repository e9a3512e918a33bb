/** What every request of an operation meets first: budget of its token, faults on command, the token itself. */
import type { Clock } from '@exec/common/clock';
import type { FastifyReply } from 'fastify';
import { ApiError } from '../api-error.ts';
import type { FaultBoard } from '../fault-board.ts';
import type { AccessToken, TokenStore } from '../oauth/tokens.ts';
import type { Quirks } from '../options.ts';
import type { Recorder } from '../record/recorder.ts';
import type { Exchange } from './exchange.ts';
import { effectOnArrival, type FaultEffect, rateLimited } from './fault-effects.ts';
import type { Operation } from './operations.ts';

export class Gate {
  readonly #tokens: TokenStore;
  readonly #faults: FaultBoard;
  readonly #recorder: Recorder;
  readonly #quirks: Quirks;
  readonly #clock: Clock;
  readonly #requestsPerMinute: number;

  constructor(o: {
    readonly tokens: TokenStore;
    readonly faults: FaultBoard;
    readonly recorder: Recorder;
    readonly quirks: Quirks;
    readonly clock: Clock;
    readonly requestsPerMinute: number;
  }) {
    this.#tokens = o.tokens;
    this.#faults = o.faults;
    this.#recorder = o.recorder;
    this.#quirks = o.quirks;
    this.#clock = o.clock;
    this.#requestsPerMinute = o.requestsPerMinute;
  }

  /** Raises 429 or 401; otherwise answers the effect of a fault that hits the request. */
  enter(
    exchange: Exchange,
    operation: Operation,
    authorization: string | undefined,
    reply: FastifyReply,
  ): FaultEffect {
    exchange.operation = operation;
    exchange.operationId = operation.id;
    this.#recorder.countRequest(operation.id);
    const bearer = /^Bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1];
    const token = bearer === undefined ? undefined : this.#tokens.find(bearer);
    exchange.token = token;
    if (token !== undefined) this.#spend(token, reply);
    exchange.fault = this.#faults.forRequest(operation.id, token?.client.clientId);
    const effect = effectOnArrival(exchange.fault);
    if (effect.kind !== 'none' || token !== undefined) return effect;
    this.#recorder.unauthorized++;
    throw bearer === undefined
      ? new ApiError(401, 'authentication.required', 'No authentication bearer token specified.')
      : new ApiError(401, 'bad.credentials', 'Invalid login credentials.');
  }

  #spend(token: AccessToken, reply: FastifyReply): void {
    const now = this.#clock.monotonic();
    const metered = token.meter.take(now);
    if (this.#quirks.rateLimitHeaders)
      reply.headers({
        'inin-ratelimit-count': metered.count,
        'inin-ratelimit-allowed': this.#requestsPerMinute,
        'inin-ratelimit-reset': Math.ceil(token.meter.resetMs(now) / 1000),
      });
    if (metered.allowed) {
      this.#recorder.notePeak(token.client.clientId, token.meter.peak);
      return;
    }
    this.#recorder.requestsWithoutBudget++;
    throw rateLimited(Math.max(1, Math.ceil(metered.retryAfterMs / 1000)));
  }
}
