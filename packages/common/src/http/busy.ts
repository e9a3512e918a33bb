/** How many requests to `/api` are at work: those beyond the limit are refused at once, so that the rest is answered. */
import type { FastifyRequest } from 'fastify';
import { ExecError } from '../errors/errors.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** It counts as one that is at work. */
    isAtWork: boolean;
  }
}

export class Busy {
  readonly #most: number;
  #now = 0;

  /** @param most requests at work at one time */
  constructor(most: number) {
    this.#most = most;
  }

  /** @throws ExecError `request.too-many` */
  enter(request: FastifyRequest): void {
    if (this.#now >= this.#most)
      throw new ExecError('request.too-many', `${this.#most} requests to /api are at work already.`);
    this.#now += 1;
    request.isAtWork = true;
  }

  /** Nothing happens when it is not at work. */
  leave(request: FastifyRequest): void {
    if (request.isAtWork) this.#now -= 1;
    request.isAtWork = false;
  }
}
