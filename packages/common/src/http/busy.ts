/** How many requests to `/api` are at work: those beyond the limit are refused at once, so that the rest is answered. */
import { finished } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { ExecError } from '../errors/errors.ts';

export class Busy {
  readonly #most: number;
  #now = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** @throws ExecError `request.too-many` */
  enter(reply: FastifyReply): void {
    if (this.#now >= this.#most)
      throw new ExecError('request.too-many', `${this.#most} requests to /api are at work already.`);
    this.#now += 1;
    // Also of a caller who went away without waiting for the answer.
    finished(reply.raw, () => {
      this.#now -= 1;
    });
  }
}
