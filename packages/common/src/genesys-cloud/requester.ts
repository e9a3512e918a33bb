/** Carries out calls: budget, token, try, and again as the retry rules say, until there is a value or an error. */

import type { AllowedHosts } from '../config/allowed-hosts.ts';
import { textOf } from '../errors/text-of.ts';
import type { Logger } from '../logging/logging.ts';
import type { Clock } from '../time/clock.ts';
import type { MonotonicMs } from '../time/instants.ts';
import { checkedUrl } from './addresses.ts';
import type { Availability } from './availability.ts';
import { longestWaitedPauseMs, type RequestBudget } from './budget.ts';
import {
  type Caller,
  type CallOptions,
  type CallParts,
  type CallResult,
  isRepeatable,
  type Operation,
} from './call.ts';
import {
  errorOfAnswer,
  errorOfFault,
  isUncertain,
  isUseful,
  lostOutcome,
  resultOf,
  tokenStopped,
  tryOutcomeOf,
  unusable,
  withoutToken,
} from './classify-response.ts';
import { CloudError } from './errors.ts';
import type { CloudMetrics } from './metrics.ts';
import { correlationIdOf, dateOf, retryAfterMsOf, usedUpForMs } from './read-response.ts';
import { requestUrl } from './request-url.ts';
import { decide, type TryOutcome, tokenPauseMs } from './retry.ts';
import type { TokenPool } from './token-pool.ts';
import type { TokenGrant } from './token-source.ts';
import { type HttpAnswer, type Transport, TransportFault } from './transport.ts';

/** The Date header has whole seconds: an answer that took longer tells nothing about the clock. */
const longestForSkewMs = 2_000;

export interface RequesterOptions {
  readonly budget: RequestBudget;
  /** One source for each token of the budget. */
  readonly tokens: TokenPool;
  readonly transport: Transport;
  readonly allowedHosts: AllowedHosts;
  readonly metrics: CloudMetrics;
  readonly availability: Availability;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  readonly userAgent: string;
  /** Aborted when the client closes. */
  readonly closing: AbortSignal;
}

/** What one try came to. */
type Tried =
  | {
      readonly kind: 'answer';
      readonly answer: HttpAnswer;
      readonly tokenIndex: number;
      readonly grant: TokenGrant;
      /** For how long a 429 made the token pause; 0 for all other answers. */
      readonly pauseMs: number;
    }
  | { readonly kind: 'fault'; readonly fault: TransportFault; readonly tokenIndex: number }
  /** The token that it was given cannot be had, but another one is ready. */
  | { readonly kind: 'no-token' };

/** The state of one call over its tries. */
interface Progress {
  tries: number;
  startedAt: MonotonicMs | undefined;
  /** Whether a try may have been carried out although its answer was lost. */
  unknown: boolean;
  loggedInAnew: boolean;
  /** How often it went on with another token, because its own was refused. */
  tokensChanged: number;
  /** Whether the caller's own place in the budget was used up by the first try. */
  usedPermit: boolean;
}

/**
 * Sends each call through budget, token and transport, and repeats it where that is safe.
 *
 * @throws CloudError
 */
export class Requester implements Caller {
  readonly #o: RequesterOptions;
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: RequesterOptions) {
    this.#o = options;
  }

  async call<Out>(operation: Operation<Out>, parts: CallParts, options?: CallOptions): Promise<Out> {
    return (await this.callWithResult(operation, parts, options)).value;
  }

  callWithResult<Out>(
    operation: Operation<Out>,
    parts: CallParts,
    options: CallOptions = {},
  ): Promise<CallResult<Out>> {
    const running = this.#run(operation, parts, options);
    const ended = () => this.#running.delete(running);
    this.#running.add(running);
    running.then(ended, ended);
    return running;
  }

  /** Resolves when no call is running. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  async #run<Out>(
    operation: Operation<Out>,
    parts: CallParts,
    options: CallOptions,
  ): Promise<CallResult<Out>> {
    const progress: Progress = {
      tries: 0,
      startedAt: undefined,
      unknown: false,
      loggedInAnew: false,
      tokensChanged: 0,
      usedPermit: false,
    };
    this.#o.metrics.used(operation.name);
    try {
      return await this.#tryUntilAnswered(operation, parts, options, progress);
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      this.#o.availability.failed(error);
      if (!progress.unknown || error.outcomeUnknown) throw error;
      const { cause } = error;
      throw new CloudError(error.code, error.message, { ...error, cause, outcomeUnknown: true });
    } finally {
      // A call that ended before its first try has not used the place it was given.
      options.permit?.release(false);
    }
  }

  async #tryUntilAnswered<Out>(
    operation: Operation<Out>,
    parts: CallParts,
    options: CallOptions,
    progress: Progress,
  ): Promise<CallResult<Out>> {
    const body = parts.json ?? (parts.body === undefined ? undefined : JSON.stringify(parts.body));
    for (;;) {
      const tried = await this.#try(operation, parts, body, options, progress);
      if (tried.kind === 'no-token') continue;
      let error: CloudError;
      let outcome: TryOutcome | undefined;
      if (tried.kind === 'answer') {
        const { answer, grant, tokenIndex } = tried;
        if (answer.status >= 200 && answer.status < 300) return resultOf(operation, answer, progress.unknown);
        // A repeated DELETE that finds nothing has done its work the first time.
        if (answer.status === 404 && operation.method === 'DELETE' && progress.unknown)
          return { value: undefined as Out, repeated: true, correlationId: correlationIdOf(answer) };
        error = errorOfAnswer(operation, withoutToken(answer, grant), progress.unknown);
        if (this.#logsInAnew(error, grant, tokenIndex, progress)) continue;
        outcome = tryOutcomeOf(answer, tried.pauseMs);
        if (isUncertain(answer.status) && operation.method !== 'GET') {
          progress.unknown = true;
          if (answer.status === 408 && !isRepeatable(operation)) throw lostOutcome(operation, error);
        }
      } else {
        if (tried.fault.kind === 'too-large') throw unusable(operation, tried.fault.message, undefined);
        if (tried.fault.kind !== 'not-sent' && operation.method !== 'GET') progress.unknown = true;
        error = errorOfFault(operation, tried.fault, progress.unknown);
        outcome = { kind: tried.fault.kind === 'not-sent' ? 'not-sent' : 'lost' };
      }
      if (outcome === undefined) throw error;
      await this.#waitOrThrow(operation, error, outcome, tried.tokenIndex, options, progress);
    }
  }

  /** One request; the permit goes back whatever happens. */
  async #try(
    operation: Operation<unknown>,
    parts: CallParts,
    body: string | undefined,
    options: CallOptions,
    progress: Progress,
  ): Promise<Tried> {
    const { budget, clock, metrics } = this.#o;
    const priority = options.priority ?? operation.priority ?? 'configuration';
    const permit =
      options.permit !== undefined && !progress.usedPermit
        ? options.permit
        : await budget.acquire(priority, options.signal);
    progress.usedPermit = true;
    let sent = false;
    try {
      const grant = await this.#grantOf(permit.tokenIndex, options, progress);
      if (grant === undefined) return { kind: 'no-token' };
      const { origin } = checkedUrl(grant.access.baseUrl, this.#o.allowedHosts, 'base_service_url');
      const url = requestUrl(origin, operation, parts);
      await confirmed(operation, options);
      progress.tries++;
      const startedAt = clock.monotonic();
      progress.startedAt ??= startedAt;
      const wallBefore = clock.now();
      sent = true;
      let status = 'none';
      try {
        const answer = await this.#o.transport.send({
          url,
          method: operation.method,
          headers: this.#headers(grant, body),
          body,
          timeoutMs: options.timeoutMs ?? operation.timeoutMs ?? this.#o.timeoutMs,
          signal: options.signal,
        });
        status = String(answer.status);
        this.#measureSkew(answer, wallBefore);
        // Before the permit goes back: the next in line must not slip through ahead of a pause.
        const pauseMs = this.#note(answer, permit.tokenIndex, grant, operation);
        return { kind: 'answer', answer, tokenIndex: permit.tokenIndex, grant, pauseMs };
      } catch (error) {
        if (!(error instanceof TransportFault)) throw error;
        sent = error.kind !== 'not-sent';
        return { kind: 'fault', fault: error, tokenIndex: permit.tokenIndex };
      } finally {
        metrics.request(operation.name, status, (clock.monotonic() - startedAt) / 1000);
      }
    } finally {
      permit.release(sent);
    }
  }

  /** @throws the error, when the rules say that it is final */
  async #waitOrThrow(
    operation: Operation<unknown>,
    error: CloudError,
    outcome: TryOutcome,
    tokenIndex: number,
    options: CallOptions,
    progress: Progress,
  ): Promise<void> {
    const { clock, logger } = this.#o;
    const elapsed = clock.monotonic() - (progress.startedAt ?? clock.monotonic());
    const decision = decide(outcome, {
      tries: progress.tries,
      leftMs: (options.deadlineMs ?? this.#o.deadlineMs) - elapsed,
      repeatable: isRepeatable(operation),
      otherToken: this.#o.budget.hasOtherToken(tokenIndex),
      random: this.#o.random(),
    });
    if (decision.kind === 'outcome-unknown') throw lostOutcome(operation, error);
    if (decision.kind === 'fail') {
      const pauseMs = outcome.kind === 'rate-limited' ? outcome.pauseMs : 0;
      throw pauseMs > longestWaitedPauseMs ? tokenStopped(error, pauseMs) : error;
    }
    const fields = {
      'exec.operation': operation.name,
      'exec.tries': progress.tries,
      'trace.id': error.correlationId,
      'error.code': error.code,
    };
    logger.debug(fields, `${error.message}; trying again`);
    if (decision.waitMs > 0) {
      const { closing } = this.#o;
      const signal = options.signal === undefined ? closing : AbortSignal.any([closing, options.signal]);
      await clock.sleep(decision.waitMs, signal);
    }
  }

  /** After the first 401 of a call: whether it is worth a repeat with another token. */
  #logsInAnew(error: CloudError, grant: TokenGrant, tokenIndex: number, progress: Progress): boolean {
    if (error.httpStatus !== 401 || error.cloudCode === 'ip.not.authorized') return false;
    const another = this.#o.tokens.source(tokenIndex).refused(grant);
    if (progress.loggedInAnew || !another) {
      if (!this.#goesToAnotherToken(tokenIndex, progress)) return false;
    } else progress.loggedInAnew = true;
    progress.tries--;
    return true;
  }

  /** The token for a request, or undefined if the request shall go on with another one. */
  async #grantOf(
    tokenIndex: number,
    options: CallOptions,
    progress: Progress,
  ): Promise<TokenGrant | undefined> {
    try {
      return await this.#o.tokens.source(tokenIndex).get(options.signal);
    } catch (error) {
      if (!(error instanceof CloudError) || error.code === 'cloud.closed') throw error;
      if (!this.#goesToAnotherToken(tokenIndex, progress)) throw error;
      return undefined;
    }
  }

  #goesToAnotherToken(tokenIndex: number, progress: Progress): boolean {
    const { tokens } = this.#o;
    if (progress.tokensChanged >= tokens.sources.length || !tokens.hasOtherReady(tokenIndex)) return false;
    progress.tokensChanged++;
    return true;
  }

  /**
   * What an answer tells besides its content.
   * @returns milliseconds for which a 429 makes its token pause, else 0
   */
  #note(answer: HttpAnswer, tokenIndex: number, grant: TokenGrant, operation: Operation<unknown>): number {
    const { availability, budget, metrics } = this.#o;
    if (answer.status !== 401) this.#o.tokens.source(tokenIndex).accepted(grant);
    if (isUseful(answer.status)) availability.answered();
    if (answer.status !== 429) {
      const usedUp = usedUpForMs(answer);
      if (usedUp !== undefined) budget.pause(tokenIndex, usedUp);
      return 0;
    }
    const pauseMs = tokenPauseMs(retryAfterMsOf(answer), this.#o.random());
    metrics.rateLimited();
    budget.pause(tokenIndex, pauseMs);
    this.#logPause(answer, operation, pauseMs);
    return pauseMs;
  }

  #logPause(answer: HttpAnswer, operation: Operation<unknown>, ms: number): void {
    const { clock, logger } = this.#o;
    const fields = {
      'exec.operation': operation.name,
      'exec.retry_after_seconds': Math.round(ms / 1000),
      'trace.id': correlationIdOf(answer),
    };
    if (ms <= longestWaitedPauseMs) {
      logger.warn(fields, 'Genesys Cloud answered 429: requests of this token pause');
    } else {
      const until = new Date(clock.now() + ms).toISOString();
      logger.error(fields, `Genesys Cloud takes no requests of this token until ${until}`);
    }
  }

  #measureSkew(answer: HttpAnswer, wallBefore: number): void {
    const wallAfter = this.#o.clock.now();
    const date = dateOf(answer);
    if (date === undefined || wallAfter - wallBefore > longestForSkewMs) return;
    this.#o.metrics.clockSkew((date + 500 - (wallBefore + wallAfter) / 2) / 1000);
  }

  #headers(grant: TokenGrant, body: string | undefined): Record<string, string> {
    return {
      authorization: `Bearer ${grant.token.reveal()}`,
      accept: 'application/json',
      'user-agent': this.#o.userAgent,
      ...(body === undefined ? {} : { 'content-type': 'application/json; charset=UTF-8' }),
    };
  }
}

/** @throws CloudError `cloud.held-back` */
async function confirmed(operation: Operation<unknown>, { confirm }: CallOptions): Promise<void> {
  try {
    await confirm?.();
  } catch (error) {
    throw new CloudError('cloud.held-back', `${operation.name}: ${textOf(error)}`, {
      operation: operation.name,
      cause: error,
    });
  }
}
