/**
 * One OAuth token that is always ready: renewed at 80 % of its life, fetched once for all who wait, fetched anew
 * when the access changes or the cloud refuses it, and never fetched more often than the cloud bears.
 */

import type { Secret } from '../config/secret.ts';
import type { Logger } from '../logging/logging.ts';
import type { Clock, Timer } from '../time/clock.ts';
import { laterBy, type MonotonicMs, type WallMs } from '../time/instants.ts';
import { type CloudAccess, isSameAccess, isSameClient } from './access.ts';
import { CloudError } from './errors.ts';
import type { LoginOutcome } from './login.ts';

/** Part of its life after which a token is renewed; the spread keeps several instances apart. */
const renewAfter = 0.8;
const renewSpread = 0.02;
/** A try that failed for a passing reason is repeated after 1 s, doubling to 60 s, each time shortened at random. */
const firstWaitMs = 1_000;
const longestWaitMs = 60_000;
/** Failures that those who wait sit through; then they get the error, and the next try comes after the pause. */
const failuresWaited = 4;
const longestSilentWaitMs = 10_000;
/** A wrong client or secret is not tried again before this, doubling; a changed access is tried at once. */
const refusedPauseMs = 60_000;
const longestRefusedPauseMs = 600_000;
/** After a fresh token was refused: time until the next is fetched for that reason, doubling. */
const uselessPauseMs = 10_000;
const longestUselessPauseMs = 300_000;

/** A token and the access it was fetched with: it goes to no other address. */
export interface TokenGrant {
  readonly token: Secret;
  readonly access: CloudAccess;
}

interface Held {
  readonly grant: TokenGrant;
  readonly renewAt: MonotonicMs;
  readonly expiresAt: MonotonicMs;
  readonly expiresAtWall: WallMs;
  /** Whether the cloud has accepted it yet. */
  proven: boolean;
}

interface Pause {
  readonly access: CloudAccess;
  readonly until: MonotonicMs;
  readonly error: CloudError;
}

/** Ends a log-in whose access has changed meanwhile; those who wait for it start over. */
const superseded = new Error('the access changed meanwhile');

export interface TokenSourceOptions {
  readonly access: () => CloudAccess | undefined;
  readonly login: (access: CloudAccess, signal: AbortSignal) => Promise<LoginOutcome>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
}

/** Holds one access token and renews it in time; one log-in serves all who wait. */
export class TokenSource {
  readonly #options: TokenSourceOptions;
  readonly #closing = new AbortController();
  #held: Held | undefined;
  #running:
    | { readonly access: CloudAccess; readonly done: Promise<Held>; readonly stop: AbortController }
    | undefined;
  #pause: Pause | undefined;
  #failures = 0;
  #refusals = 0;
  #useless = 0;
  #refetchNotBefore = Number.NEGATIVE_INFINITY;
  /** A fresh token was refused: requests with it are in vain until another one may be fetched. */
  #isUseless = false;
  #timer: Timer | undefined;

  constructor(options: TokenSourceOptions) {
    this.#options = options;
  }

  /** When the token ends, in milliseconds since 1970; undefined without one. */
  get expiresAt(): WallMs | undefined {
    return this.#held?.expiresAtWall;
  }

  /** Whether a request gets its token at once, and one that the cloud has not just refused. */
  get isReady(): boolean {
    const access = this.#options.access();
    const held = this.#held;
    if (access === undefined || held === undefined || !isSameClient(held.grant.access, access)) return false;
    return this.#options.clock.monotonic() < held.expiresAt && !this.#isRefused;
  }

  /** Whether it is of no use for a while: its log-in failed, or fresh tokens were refused. */
  get isOut(): boolean {
    const access = this.#options.access();
    if (access === undefined) return true;
    return this.#isRefused || this.#pausedFor(access, this.#options.clock.monotonic()) !== undefined;
  }

  get isLoggingIn(): boolean {
    return this.#running !== undefined;
  }

  /**
   * A token for the present access.
   * @throws CloudError `cloud.not-configured`, `cloud.login-failed`, `cloud.login-throttled`,
   *   `cloud.host-not-allowed`, `cloud.closed`; the reason of the signal
   */
  async get(signal?: AbortSignal): Promise<TokenGrant> {
    if (this.#closing.signal.aborted) throw this.#closing.signal.reason;
    const access = this.#options.access();
    if (access === undefined) {
      this.#drop();
      throw new CloudError('cloud.not-configured', 'the settings for Genesys Cloud are not known yet', {
        retryable: true,
      });
    }
    const now = this.#options.clock.monotonic();
    // A token of another client or address must not be used; one of an old secret serves until the new one is there.
    if (this.#held !== undefined && !isSameClient(this.#held.grant.access, access)) this.#drop();
    const held = this.#held;
    if (held !== undefined && now < held.expiresAt) {
      if (now >= held.renewAt || !isSameAccess(held.grant.access, access)) this.#renew(access);
      return held.grant;
    }
    const paused = this.#pausedFor(access, now);
    if (paused !== undefined) throw paused;
    try {
      return (await until(this.#fetch(access), signal)).grant;
    } catch (error) {
      if (error === superseded) return this.get(signal);
      throw error;
    }
  }

  /** The cloud took a request with that token. */
  accepted(grant: TokenGrant): void {
    if (this.#held?.grant !== grant || this.#held.proven) return;
    this.#held.proven = true;
    this.#useless = 0;
    this.#isUseless = false;
  }

  /**
   * The cloud refused that token (401).
   * @returns whether another token is, or will be, there: then the request is worth one repeat
   */
  refused(grant: TokenGrant): boolean {
    const held = this.#held;
    if (held?.grant !== grant) return true;
    const now = this.#options.clock.monotonic();
    if (!held.proven) {
      // Fresh and refused: log-ins do not help, so they become rare.
      if (now < this.#refetchNotBefore) {
        this.#isUseless = true;
        return false;
      }
      this.#refetchNotBefore = now + Math.min(longestUselessPauseMs, uselessPauseMs * 2 ** this.#useless);
      this.#useless++;
    }
    this.#drop();
    return true;
  }

  close(): void {
    this.#closing.abort(new CloudError('cloud.closed', 'the cloud client is closed'));
    this.#running?.stop.abort(this.#closing.signal.reason);
    this.#drop();
  }

  get #isRefused(): boolean {
    return this.#isUseless && this.#options.clock.monotonic() < this.#refetchNotBefore;
  }

  #drop(): void {
    this.#held = undefined;
    this.#isUseless = false;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #pausedFor(access: CloudAccess, now: MonotonicMs): CloudError | undefined {
    const pause = this.#pause;
    if (pause === undefined || now >= pause.until || !isSameAccess(pause.access, access)) return undefined;
    return new CloudError(pause.error.code, pause.error.message, {
      ...pause.error,
      retryAfterMs: pause.until - now,
    });
  }

  /** Fetches in the background while the old token is used. */
  #renew(access: CloudAccess): void {
    if (this.#pausedFor(access, this.#options.clock.monotonic()) !== undefined) return;
    this.#fetch(access).catch(() => undefined);
  }

  /** One fetch at a time: whoever comes while it runs gets its result. */
  #fetch(access: CloudAccess): Promise<Held> {
    if (this.#running !== undefined) {
      if (isSameAccess(this.#running.access, access)) return this.#running.done;
      this.#running.stop.abort(superseded);
    }
    const stop = new AbortController();
    const done = this.#tryToLogIn(access, stop.signal);
    const running = { access, done, stop };
    this.#running = running;
    const ended = () => {
      if (this.#running === running) this.#running = undefined;
    };
    done.then(ended, ended);
    return done;
  }

  async #tryToLogIn(access: CloudAccess, signal: AbortSignal): Promise<Held> {
    for (;;) {
      const outcome = await this.#options.login(access, signal);
      signal.throwIfAborted();
      if (outcome.kind === 'token') return this.#hold(access, outcome.token, outcome.lifeMs);
      const waitMs = this.#waitAfter(outcome);
      const goesOn =
        outcome.kind !== 'refused' && this.#failures < failuresWaited && waitMs <= longestSilentWaitMs;
      if (!goesOn) throw this.#pauseFor(waitMs, access, outcome);
      await this.#options.clock.sleep(waitMs, signal);
    }
  }

  #hold(access: CloudAccess, token: Secret, lifeMs: number): Held {
    const { clock, logger, random } = this.#options;
    const now = clock.monotonic();
    const held: Held = {
      grant: { token, access },
      renewAt: laterBy(now, lifeMs * (renewAfter + renewSpread * random())),
      // A request needs a moment to get there.
      expiresAt: laterBy(now, lifeMs - Math.min(2_000, lifeMs / 20)),
      expiresAtWall: laterBy(clock.now(), lifeMs),
      proven: false,
    };
    this.#held = held;
    this.#pause = undefined;
    this.#failures = 0;
    this.#refusals = 0;
    this.#arm(held.renewAt - now);
    logger.info(
      { 'exec.client_id': access.clientId, 'exec.lifetime_seconds': Math.round(lifeMs / 1000) },
      'logged in to Genesys Cloud',
    );
    return held;
  }

  /** Renews in time also when nobody asks for the token. */
  #arm(ms: number): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.setTimer(
      Math.ceil(ms),
      () => {
        this.#timer = undefined;
        const access = this.#options.access();
        if (access !== undefined && this.#held !== undefined && isSameClient(this.#held.grant.access, access))
          this.#renew(access);
      },
      { unref: true },
    );
  }

  #waitAfter(outcome: Exclude<LoginOutcome, { kind: 'token' }>): number {
    if (outcome.kind === 'refused')
      return Math.min(longestRefusedPauseMs, refusedPauseMs * 2 ** Math.min(this.#refusals++, 10));
    const ceiling = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(this.#failures++, 10));
    return Math.max(outcome.error.retryAfterMs ?? 0, ceiling * (0.5 + 0.5 * this.#options.random()));
  }

  #pauseFor(
    waitMs: number,
    access: CloudAccess,
    outcome: Exclude<LoginOutcome, { kind: 'token' }>,
  ): CloudError {
    const { clock, logger } = this.#options;
    const until = laterBy(clock.monotonic(), waitMs);
    this.#pause = { access, until, error: outcome.error };
    if (this.#held !== undefined) this.#arm(waitMs);
    const fields = {
      'exec.client_id': access.clientId,
      'exec.retry_after_seconds': Math.round(waitMs / 1000),
      'trace.id': outcome.error.correlationId,
      'error.code': outcome.error.code,
    };
    if (outcome.kind === 'refused')
      logger.error(fields, `Genesys Cloud refused the OAuth client: ${outcome.error.message}`);
    else logger.warn(fields, outcome.error.message);
    return new CloudError(outcome.error.code, outcome.error.message, {
      ...outcome.error,
      retryAfterMs: waitMs,
    });
  }
}

/** Waits for a promise that others wait for too; a signal ends this wait only. */
export async function until<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
