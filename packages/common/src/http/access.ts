/** Who may do what at `/api`: the callers by their tokens, and the right that each route needs. */
import { hash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { isLoopbackHost } from '../config/allowed-hosts.ts';
import { apiTokensOf } from '../config/api-tokens.ts';
import type { Secret } from '../config/secret.ts';
import { ExecError } from '../errors/errors.ts';
import type { Logger } from '../logging/logging.ts';
import type { Clock } from '../time/clock.ts';
import { Refusals } from './refusals.ts';

/** `read`: looking and resolving; `operate`: that and everything that changes something. */
export type Right = 'read' | 'operate';

export interface Caller {
  /** As the audit says. */
  readonly name: string;
  readonly right: Right;
}

export interface AccessTokens {
  readonly API_TOKEN?: Secret | undefined;
  readonly API_READ_TOKEN?: Secret | undefined;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route under `/api` says which right it needs. */
    readonly right?: Right;
    /** Its handler has answered when it returns: nobody has to watch how long it takes. */
    readonly answersAtOnce?: true;
  }
  interface FastifyRequest {
    /** Who was let in; undefined where nobody asks. */
    caller: Caller | undefined;
  }
}

interface Known {
  readonly digest: Buffer;
  readonly caller: Caller;
}

/** Of a deployment without any token: whoever is on this machine may look. */
const local: Caller = { name: 'local', right: 'read' };

/** Lets requests pass whose caller has the right that the route needs; counts and tells refusals. */
export class Access {
  readonly #tokens: AccessTokens;
  #known: readonly Known[] = [];
  /** The lists of tokens as they were when `#known` was made of them. */
  #lists: readonly (string | undefined)[] = [];
  readonly #ways: ((request: FastifyRequest) => Caller | undefined)[] = [];
  readonly #refusals: Refusals;

  constructor(options: { readonly tokens: AccessTokens; readonly logger: Logger; readonly clock: Clock }) {
    this.#refusals = new Refusals(options);
    this.#tokens = options.tokens;
    if (options.tokens.API_TOKEN === undefined)
      options.logger.warn(
        'API_TOKEN is not set: nothing can be changed by /api' +
          (options.tokens.API_READ_TOKEN === undefined ? ', and only callers on this machine may read' : ''),
      );
  }

  /** Another way to be known besides a token, a session for instance; asked when a request carries no token. */
  alsoBy(way: (request: FastifyRequest) => Caller | undefined): void {
    this.#ways.push(way);
  }

  /** Whose token it is. Every token is compared, so that the time tells nothing about any of them. */
  byToken(token: string): Caller | undefined {
    const given = digest(token);
    let found: Caller | undefined;
    for (const { digest: expected, caller } of this.#callers())
      if (timingSafeEqual(given, expected)) found ??= caller;
    return found;
  }

  /** What the sender of a request may do; undefined for nothing. Refuses nobody and counts nothing. */
  rightOf(request: FastifyRequest): Right | undefined {
    return this.#callerOf(request).caller?.right;
  }

  /**
   * Notes the caller in the request.
   *
   * @throws ExecError `request.unauthorized`, `request.forbidden`, `request.too-many`
   */
  check(request: FastifyRequest, needed: Right): void {
    const { caller, fault } = this.#callerOf(request);
    if (caller === undefined) this.#refuse(request, fault);
    request.caller = caller;
    if (needed === 'operate' && caller.right !== 'operate')
      this.#refuse(request, caller === local ? 'change without API_TOKEN' : 'change by a reader');
  }

  /** A token that is wrong was given by somebody who may guess: counted like one at `/api`. */
  refuseToken(request: FastifyRequest): never {
    return this.#refuse(request, 'wrong bearer token');
  }

  /** Tells what is still untold. */
  close(): void {
    this.#refusals.close();
  }

  /** A secret that stands in a file may have changed. */
  #callers(): readonly Known[] {
    const { API_TOKEN: operators, API_READ_TOKEN: readers } = this.#tokens;
    const lists = [operators?.reveal(), readers?.reveal()];
    if (lists.some((list, index) => list !== this.#lists[index])) {
      this.#lists = lists;
      this.#known = [
        ...apiTokensOf(operators, 'operator').map((one) => known(one, 'operate')),
        ...apiTokensOf(readers, 'reader').map((one) => known(one, 'read')),
      ];
    }
    return this.#known;
  }

  #callerOf(request: FastifyRequest): { readonly caller?: Caller; readonly fault: Fault } {
    const { authorization } = request.headers;
    if (authorization === undefined)
      for (const way of this.#ways) {
        const caller = way(request);
        if (caller !== undefined) return { caller, fault: 'no bearer token' };
      }
    if (this.#callers().length === 0)
      return isLocal(request)
        ? { caller: local, fault: 'not on this machine' }
        : { fault: 'not on this machine' };
    const token = /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return { fault: 'no bearer token' };
    const caller = this.byToken(token);
    return { ...(caller === undefined ? {} : { caller }), fault: 'wrong bearer token' };
  }

  #refuse(request: FastifyRequest, fault: Fault): never {
    const address = request.socket.remoteAddress ?? 'unknown';
    const isGuess = fault === 'wrong bearer token';
    const { tooMany } = this.#refusals.note({ address, reason: fault, requestId: request.id, isGuess });
    if (isGuess && tooMany)
      throw new ExecError('request.too-many', 'Too many wrong tokens came from this address.');
    if (fault === 'no bearer token' || isGuess)
      throw new ExecError('request.unauthorized', `The request has ${aOrNo(fault)}.`);
    throw new ExecError('request.forbidden', answers[fault]);
  }
}

type Fault = 'no bearer token' | 'wrong bearer token' | keyof typeof answers;

const answers = {
  'not on this machine':
    'Without API_TOKEN and API_READ_TOKEN this service answers only requests from its own machine that no proxy has forwarded.',
  'change without API_TOKEN': 'Without API_TOKEN nothing can be changed.',
  'change by a reader': 'This token may read only; a change needs one of API_TOKEN.',
} as const;

function aOrNo(fault: 'no bearer token' | 'wrong bearer token'): string {
  return fault === 'no bearer token' ? fault : `a ${fault}`;
}

function known(one: { readonly name: string; readonly token: Secret }, right: Right): Known {
  return { digest: digest(one.token.reveal()), caller: { name: one.name, right } };
}

/** Digests have one length, so that comparing them tells nothing about the token. */
function digest(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}

/**
 * Whether a program on this machine asks for itself. A proxy, a tunnel or a page in a browser of this machine asks for
 * somebody else, and shows it: by what it adds, by the page that it comes from, or by the name it was asked for.
 */
function isLocal(request: FastifyRequest): boolean {
  const { headers } = request;
  if (!isLoopbackAddress(request.socket.remoteAddress) || !isNameOfLoopback(headers.host)) return false;
  for (const name in headers) if (speaksForOthers.has(name) || name.startsWith('x-forwarded-')) return false;
  return true;
}

const speaksForOthers: ReadonlySet<string> = new Set(['forwarded', 'via', 'origin', 'x-real-ip']);

/** The name that was judged last: callers on this machine ask by the same one again and again. */
let judged: { readonly name: string; readonly isLoopback: boolean } | undefined;

function isNameOfLoopback(name = ''): boolean {
  if (judged?.name !== name)
    judged = { name, isLoopback: isLoopbackHost(URL.parse(`http://${name}`)?.hostname ?? '') };
  return judged.isLoopback;
}

/** Whether an address of a socket is one of this machine, IPv4 or IPv6. */
export function isLoopbackAddress(address: string | undefined): boolean {
  if (address === undefined) return false;
  const plain = address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
  return plain === '::1' || /^127\.\d+\.\d+\.\d+$/.test(plain);
}
