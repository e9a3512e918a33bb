/** Access tokens: given out, lapsed, revoked; each with a request budget of its own. */
import { randomBytes } from 'node:crypto';
import type { Clock } from '@exec/common/clock';
import type { OAuthClient } from '../options.ts';
import { RequestMeter } from './request-meter.ts';

export interface AccessToken {
  readonly value: string;
  readonly client: OAuthClient;
  /** Monotonic milliseconds. */
  readonly expiresAt: number;
  readonly meter: RequestMeter;
}

/** Tokens of one client that are remembered; the oldest go first. */
const maxTokensPerClient = 200;

export class TokenStore {
  readonly #tokens = new Map<string, AccessToken>();
  readonly #clock: Clock;
  readonly #requestsPerMinute: number;

  constructor(clock: Clock, requestsPerMinute: number) {
    this.#clock = clock;
    this.#requestsPerMinute = requestsPerMinute;
  }

  issue(client: OAuthClient, lifetimeSeconds: number): AccessToken {
    this.#forgetOldest(client);
    const token: AccessToken = {
      value: randomBytes(32).toString('base64url'),
      client,
      expiresAt: this.#clock.monotonic() + lifetimeSeconds * 1000,
      meter: new RequestMeter(this.#requestsPerMinute),
    };
    this.#tokens.set(token.value, token);
    return token;
  }

  /** The token, unless it is unknown, revoked or expired. */
  find(value: string): AccessToken | undefined {
    const token = this.#tokens.get(value);
    return token !== undefined && token.expiresAt > this.#clock.monotonic() ? token : undefined;
  }

  /** Answers how many became invalid. */
  revoke(clientId?: string): number {
    let count = 0;
    for (const [value, token] of this.#tokens) {
      if (clientId !== undefined && token.client.clientId !== clientId) continue;
      this.#tokens.delete(value);
      count++;
    }
    return count;
  }

  all(): IterableIterator<AccessToken> {
    return this.#tokens.values();
  }

  #forgetOldest(client: OAuthClient): void {
    const own = [...this.#tokens.values()].filter((token) => token.client.clientId === client.clientId);
    for (const token of own.slice(0, Math.max(0, own.length - maxTokensPerClient + 1)))
      this.#tokens.delete(token.value);
  }
}
