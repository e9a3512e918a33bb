/**
 * Several tokens of one client: which of them a request may use, and when one more logs in. Log-ins are throttled by
 * the cloud, so they come one after another, and a token is fetched only when the others are not enough.
 */
import type { Clock } from '../time/clock.ts';
import type { CloudAccess } from './access.ts';
import type { LoginOutcome } from './login.ts';
import { type TokenSource, until } from './token-source.ts';

/** From the end of a log-in to the begin of one with a further token. */
const betweenLoginsMs = 250;

export type Login = (access: CloudAccess, signal: AbortSignal) => Promise<LoginOutcome>;

/**
 * @rule With several tokens a request waits for no log-in while another token is ready; a token that is refused or
 *   limited slows only itself.
 * @test token-pool.test.ts: lets no request wait for a log-in while another token is ready
 * @test token-pool.test.ts: goes on with the others while one pauses, for however long
 * @test token-pool.test.ts: goes on with the others when the log-ins of one are refused
 * @test token-pool.test.ts: goes on with the others when every token of one is refused
 */
export class TokenPool {
  readonly sources: readonly TokenSource[];
  readonly #clock: Clock;
  readonly #onReady: () => void;
  #notBefore = Number.NEGATIVE_INFINITY;

  /** @param onReady called when one more token may be used */
  constructor(sources: readonly TokenSource[], clock: Clock, onReady: () => void) {
    this.sources = sources;
    this.#clock = clock;
    this.#onReady = onReady;
  }

  /** @throws RangeError if there is no such token */
  source(tokenIndex: number): TokenSource {
    const source = this.sources[tokenIndex];
    if (source === undefined) throw new RangeError(`no token source ${tokenIndex}`);
    return source;
  }

  /**
   * Those of some tokens that a request may use: the ready ones; without any the first, so that one log-in serves all
   * who wait, and one that was refused is not tried again with the next token.
   */
  choose(tokenIndexes: readonly number[]): readonly number[] {
    if (this.sources.length === 1) return tokenIndexes;
    const ready = tokenIndexes.filter((index) => this.source(index).isReady);
    return ready.length > 0 ? ready : tokenIndexes.slice(0, 1);
  }

  /** Whether a token other than this one is ready, or may become so by a log-in. */
  canReplace(tokenIndex: number, by: number): boolean {
    return tokenIndex !== by && !this.source(by).isOut;
  }

  /** Whether a token other than this one is ready. */
  hasOtherReady(tokenIndex: number): boolean {
    return this.sources.some((source, index) => index !== tokenIndex && source.isReady);
  }

  /** More requests wait than the ready tokens carry: one more logs in, unless one does so now. */
  extend(): void {
    const idle = this.sources.filter((source) => !source.isReady);
    // The first log-in is that of a request: it proves the client.
    if (idle.length === this.sources.length || idle.some((source) => source.isLoggingIn)) return;
    if (this.#clock.monotonic() < this.#notBefore) return;
    const next = idle.find((source) => !source.isOut);
    const ended = () => {
      this.#notBefore = this.#clock.monotonic() + betweenLoginsMs;
      this.#onReady();
    };
    next?.get().then(ended, ended);
  }
}

/**
 * @rule Log-ins of several tokens come one after another, never at once.
 * @test token-pool.test.ts: logs in with one token after another
 */
export function oneAfterAnother(login: Login): Login {
  let last: Promise<void> = Promise.resolve();
  return async (access, signal) => {
    const before = last;
    const { promise, resolve: done } = Promise.withResolvers<void>();
    last = promise;
    try {
      await until(before, signal);
      signal.throwIfAborted();
      return await login(access, signal);
    } finally {
      // Whoever gives up does not let the next one in before its turn.
      void before.then(done);
    }
  };
}
