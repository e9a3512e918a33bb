/** Who may call `/api`: bearers of the token, or without a token callers on this machine. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Secret } from '../config/secret.ts';
import { ExecError } from '../errors/errors.ts';
import type { Logger } from '../logging/logging.ts';

/** Callers whose refusal was logged already; bounded, since anybody can add to it. */
const rememberedCallers = 1000;

/** Lets requests pass that carry the token; each refused caller is logged once. */
export class ApiGuard {
  readonly #token: Secret | undefined;
  readonly #logger: Logger;
  readonly #refused = new Set<string>();

  constructor(token: Secret | undefined, logger: Logger) {
    this.#token = token;
    this.#logger = logger;
    if (token === undefined)
      logger.warn('API_TOKEN is not set: /api answers only callers on this machine (loopback)');
    else if (token.reveal().length < 16)
      logger.warn('API_TOKEN is shorter than 16 characters; use a random one of 128 bits or more');
  }

  /** @throws ExecError `request.unauthorized`, `request.forbidden` */
  check(request: FastifyRequest): void {
    if (this.#token === undefined) {
      if (isLoopbackAddress(request.socket.remoteAddress)) return;
      this.#note(request, 'not on loopback and no API_TOKEN set');
      throw new ExecError(
        'request.forbidden',
        'Without API_TOKEN this service answers /api on loopback only.',
      );
    }
    const given = /^Bearer +([\x21-\x7e]+) *$/i.exec(request.headers.authorization ?? '')?.[1];
    if (given !== undefined && isOneOf(given, this.#token.reveal())) return;
    const reason = given === undefined ? 'no bearer token' : 'wrong bearer token';
    this.#note(request, reason);
    throw new ExecError('request.unauthorized', `The request has ${reason}.`);
  }

  #note(request: FastifyRequest, reason: string): void {
    const address = request.socket.remoteAddress ?? 'unknown';
    const key = `${address} ${reason}`;
    if (this.#refused.has(key)) return;
    if (this.#refused.size >= rememberedCallers) this.#refused.clear();
    this.#refused.add(key);
    this.#logger.warn(
      { 'client.address': address, 'trace.id': request.id, 'exec.reason': reason },
      'Request to /api refused; further ones from this address are not logged',
    );
  }
}

/** Whether `given` is a token of the comma list: while tokens are changed two are taken. Looks at all of them. */
function isOneOf(given: string, list: string): boolean {
  return list
    .split(',')
    .map((token) => timingSafeEqual(digest(given), digest(token.trim())))
    .includes(true);
}

/** Digests have one length, so that comparing them tells nothing about the token. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Whether an address of a socket is one of this machine, IPv4 or IPv6. */
export function isLoopbackAddress(address: string | undefined): boolean {
  if (address === undefined) return false;
  const plain = address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
  return plain === '::1' || /^127\.\d+\.\d+\.\d+$/.test(plain);
}
