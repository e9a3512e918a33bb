/** Who is logged in to the console: in memory only, for a bounded time, and never longer than the token is one. */
import { createHash, randomBytes } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Clock } from '../../time/clock.ts';
import type { Caller } from '../access.ts';

/** After this time one logs in again, whatever one does; without a request, after the shorter one. Milliseconds. */
const longestMs = 12 * 3_600_000;
const idleMs = 1_800_000;
const mostSessions = 500;

/**
 * A page of another origin can make a browser send a cookie, but not this header: for that the browser would ask the
 * service first, which never allows it.
 */
export const ownHeader = 'x-console';

interface Entry {
  readonly token: string;
  readonly openedAt: number;
  usedAt: number;
}

export interface SessionsOptions {
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Name of the cookie; another one for each instance, since cookies do not tell ports apart. */
  readonly cookie: string;
  readonly byToken: (token: string) => Caller | undefined;
}

export class Sessions {
  readonly #options: SessionsOptions;
  /** By a digest of what the cookie holds, the one that was opened first in front. */
  readonly #entries = new Map<string, Entry>();

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Answers the header `set-cookie`. `token`: one that is known. */
  open(token: string, o: { readonly secure: boolean }): string {
    const now = this.#options.clock.monotonic();
    for (const [key, entry] of this.#entries)
      if (this.#entries.size >= mostSessions || isOver(entry, now)) this.#entries.delete(key);
    const id = randomBytes(32).toString('base64url');
    this.#entries.set(keyOf(id), { token, openedAt: now, usedAt: now });
    return this.#cookie(id, longestMs / 1000, o);
  }

  /** Who sends the request, by its session. */
  callerOf(request: Pick<FastifyRequest, 'headers'>): Caller | undefined {
    if (request.headers[ownHeader] === undefined) return undefined;
    const id = this.#idOf(request);
    const entry = id === undefined ? undefined : this.#entries.get(keyOf(id));
    if (id === undefined || entry === undefined) return undefined;
    const now = this.#options.clock.monotonic();
    const caller = isOver(entry, now) ? undefined : this.#options.byToken(entry.token);
    if (caller === undefined) this.#entries.delete(keyOf(id));
    else entry.usedAt = now;
    return caller;
  }

  /** Ends the session of the request; answers the header `set-cookie` that takes it from the browser. */
  close(request: Pick<FastifyRequest, 'headers'>, o: { readonly secure: boolean }): string {
    const id = this.#idOf(request);
    if (id !== undefined) this.#entries.delete(keyOf(id));
    return this.#cookie('', 0, o);
  }

  /** For every path: which prefix a proxy puts before ours is not known here. */
  #cookie(value: string, seconds: number, { secure }: { readonly secure: boolean }): string {
    const attributes = ['Path=/', `Max-Age=${seconds}`, 'HttpOnly', 'SameSite=Strict'];
    return [`${this.#options.cookie}=${value}`, ...attributes, ...(secure ? ['Secure'] : [])].join('; ');
  }

  #idOf({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
    const prefix = `${this.#options.cookie}=`;
    const found = headers.cookie
      ?.split(';')
      .map((part) => part.trim())
      .find((part) => part.startsWith(prefix));
    return found?.slice(prefix.length);
  }
}

function isOver({ openedAt, usedAt }: Entry, now: number): boolean {
  return now - openedAt >= longestMs || now - usedAt >= idleMs;
}

/** Looked up by a digest: how long a comparison takes tells nothing about an ID. */
function keyOf(id: string): string {
  return createHash('sha256').update(id).digest('base64');
}
