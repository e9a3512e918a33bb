/** Keeps one usable connection to a pair of servers: carries out what the state machine of the pair decides. */
import { ExecError } from '@exec/common/errors';
import { engageSeconds, type WallMs, wallMs } from '@exec/common/instants';
import { Machine } from '@exec/common/machine';
import { formatAddress, type ServerAddress } from '../address.ts';
import { LinkConnection } from '../connection/connection.ts';
import type { Ending } from '../connection/connection-state.ts';
import { refusalText } from '../connection/registration.ts';
import type { Pending } from '../connection/request-table.ts';
import {
  defaultLimits,
  type LinkClientOptions,
  type LinkFailure,
  type LinkHandler,
  type LinkLimits,
  type LinkStatus,
} from '../options.ts';
import {
  boundsFault,
  type Frame,
  type LinkRefusal,
  type Parsed,
  type ServerConnected,
} from '../wire/index.ts';
import { LogOnce } from './log-once.ts';
import { nextPair, type PairEffect, type PairInput, type PairState, type PairTimer } from './pair-state.ts';

/** What a kind of server adds to the pair. */
export interface PairProtocol<Event extends Frame> {
  readonly needsLink: boolean;
  readonly parse: (frame: Frame) => Parsed<Event>;
  /** Each valid frame but those about the link; `answered` is the request that it answers, if any. */
  readonly event: (event: Event, receivedAt: WallMs, answered: string | undefined) => void;
  /** Whether a ReferenceID still has a meaning, apart from requests. */
  readonly inUse: (referenceId: number) => boolean;
}

/** A request without its ReferenceID, which is given when it is made. */
export interface PairRequest {
  readonly message: string;
  readonly answer: string;
  readonly attributes?: object;
  readonly referenceId?: number;
  readonly signal?: AbortSignal | undefined;
}

const LAST_REFERENCE_ID = 2_147_483_647;

/**
 * Keeps one usable connection to the primary of a pair and follows its switch-over. All requests throw ExecError
 * `link.…` when they are not answered.
 */
export class LinkPair<Event extends Frame> {
  readonly #options: LinkClientOptions;
  readonly #limits: LinkLimits;
  readonly #handler: LinkHandler;
  readonly #protocol: PairProtocol<Event>;
  readonly #logOnce: LogOnce;
  readonly #machine: Machine<PairState, PairInput, PairEffect, PairTimer>;
  #connection: LinkConnection | undefined;
  /** Ended connections whose socket is not gone yet. */
  readonly #leaving = new Set<LinkConnection>();
  #opening: ServerConnected | undefined;
  #dials = 0;
  #failedAttempts = 0;
  #referenceId = 0;
  #server: ServerAddress;
  #detail = 'not started';
  /** Wall time minus monotonic time, the most that it ever was. */
  #wallAhead = Number.NEGATIVE_INFINITY;

  /** @throws RangeError without a server */
  constructor(options: LinkClientOptions, handler: LinkHandler, protocol: PairProtocol<Event>) {
    const [primary] = options.servers;
    if (primary === undefined) throw new RangeError(`${options.name}: no server given`);
    this.#server = primary;
    this.#options = options;
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#handler = handler;
    this.#protocol = protocol;
    this.#logOnce = new LogOnce(options.logger, options.name);
    const { linkConnectedMs, backOffMinMs: minMs, backOffMaxMs: maxMs } = this.#limits;
    const { needsLink } = protocol;
    const rules = { servers: options.servers.length, needsLink, linkConnectedMs, backOff: { minMs, maxMs } };
    this.#machine = new Machine<PairState, PairInput, PairEffect, PairTimer>({
      name: 'link-pair',
      fields: { 'exec.link': options.name },
      initial: { phase: 'idle' },
      next: (state, input) => nextPair(state, input, rules),
      carryOut: (effect) => this.#carryOut(effect),
      clock: options.clock,
      logger: options.logger,
      metrics: options.metrics.machines,
    });
    for (const server of options.servers) options.metrics.register(this.#label(server));
  }

  get usable(): boolean {
    return this.#machine.state.phase === 'usable';
  }

  get status(): LinkStatus {
    return { usable: this.usable, server: this.#server, detail: this.#detail };
  }

  start(): void {
    this.#machine.input({ type: 'start' });
  }

  async stop(): Promise<void> {
    this.#machine.input({ type: 'stop' });
    await Promise.all([...this.#leaving].map((connection) => connection.gone));
  }

  /** An ID that nothing on the current connection uses. */
  nextReferenceId(): number {
    do {
      this.#referenceId = this.#referenceId >= LAST_REFERENCE_ID ? 1 : this.#referenceId + 1;
    } while (this.#connection?.awaits(this.#referenceId) === true || this.#protocol.inUse(this.#referenceId));
    return this.#referenceId;
  }

  /** @throws {ExecError} link.not-usable, link.request-refused, link.request-timeout, link.lost, … */
  async request(request: PairRequest): Promise<Frame> {
    const connection = this.#connection;
    if (!this.usable || connection === undefined)
      throw new ExecError('link.not-usable', `${request.message} not sent: ${this.#detail}`, {
        retryable: true,
      });
    const ReferenceID = request.referenceId ?? this.nextReferenceId();
    return await connection.request({
      message: request.message,
      answer: request.answer,
      attributes: { ReferenceID, ...request.attributes },
      signal: request.signal,
    });
  }

  #carryOut(effect: PairEffect): void {
    switch (effect.type) {
      case 'dial':
        this.#dial(this.#options.servers[effect.server] ?? this.#server);
        break;
      case 'close':
        this.#connection?.close(effect.ending);
        break;
      case 'tell-usable':
        this.#tellUsable();
        break;
      case 'tell-unusable':
        this.#tellUnusable(effect.ending);
        break;
      case 'tell-failed':
        this.#tellFailed(effect.ending);
        break;
    }
  }

  #dial(server: ServerAddress): void {
    const { applicationName, password, tls, clock, logger, metrics } = this.#options;
    this.#server = server;
    if (this.#dials++ > 0) metrics.reconnect(this.#label(server));
    const connection = new LinkConnection(
      {
        address: server,
        applicationName,
        password,
        tls: tls ?? {},
        limits: this.#limits,
        clock,
        logger,
        metrics,
        nextReferenceId: () => this.nextReferenceId(),
      },
      {
        opened: (answer) => {
          this.#opening = answer;
          this.#machine.input({ type: 'opened', role: answer.ServerRole, at: clock.monotonic() });
        },
        frame: (frame, receivedAt, pending) => this.#onFrame(frame, receivedAt, pending),
        closed: (ending) => {
          this.#connection = undefined;
          this.#leave(connection);
          const random = (this.#options.random ?? Math.random)();
          this.#machine.input({ type: 'closed', ending, at: clock.monotonic(), random });
        },
      },
    );
    this.#connection = connection;
    connection.open();
  }

  #leave(connection: LinkConnection): void {
    this.#leaving.add(connection);
    void connection.gone.then(() => this.#leaving.delete(connection));
  }

  #onFrame(frame: Frame, receivedAt: WallMs, pending: Pending<Frame> | undefined): void {
    const { metrics } = this.#options;
    const parsed = this.#protocol.parse(frame);
    if (parsed.kind === 'unknown') {
      metrics.dropped('unknown-event');
      this.#logOnce.unknownEvent(frame.message);
      return;
    }
    if (parsed.kind === 'invalid') {
      metrics.dropped('invalid-attributes');
      this.#logOnce.invalid(frame.message, parsed.issues);
      pending?.reject(invalidAnswer(pending.message, frame.message, parsed.issues));
      return;
    }
    const fault = boundsFault(frame, this.#wallTime());
    if (fault !== undefined) {
      metrics.dropped(fault);
      this.#logOnce.outOfBounds(frame.message, fault);
      pending?.reject(invalidAnswer(pending.message, frame.message, [fault]));
      return;
    }
    for (const { attribute, name } of parsed.unknownNames) {
      metrics.unknownName(attribute);
      this.#logOnce.unknownName(frame.message, attribute, name);
    }
    const event = parsed.value;
    try {
      this.#onEvent(event, receivedAt, pending?.message);
    } finally {
      // Frames that have a place in the order are delivered before the caller goes on.
      if (event.message === 'EventError') pending?.reject(refused(pending.message, event.attributes));
      else pending?.resolve(event);
    }
  }

  /** Once it was later, it stays so: a clock that is set back must not make frames too new. */
  #wallTime(): WallMs {
    const { clock } = this.#options;
    this.#wallAhead = Math.max(this.#wallAhead, clock.now() - clock.monotonic());
    return wallMs(clock.monotonic() + this.#wallAhead);
  }

  #onEvent(event: Event, receivedAt: WallMs, answered: string | undefined): void {
    switch (event.message) {
      case 'EventLinkConnected':
        this.#machine.input({ type: 'link-connected', at: this.#options.clock.monotonic() });
        break;
      case 'EventLinkDisconnected':
        this.#connection?.failRequests({ code: 'link.lost', message: 'lost the link to its switch' });
        this.#machine.input({ type: 'link-disconnected' });
        break;
      default:
        this.#protocol.event(event, receivedAt, answered);
    }
  }

  #tellUsable(): void {
    const { metrics, logger, name } = this.#options;
    const opening = this.#opening;
    if (opening === undefined) return;
    this.#failedAttempts = 0;
    this.#detail = `${formatAddress(this.#server)} is in use`;
    metrics.up(this.#label(this.#server), true);
    logger.info(
      { 'exec.link': name, 'exec.server': formatAddress(this.#server) },
      `Engage link ${name} is usable`,
    );
    const info = {
      server: this.#server,
      role: opening.ServerRole,
      serverStartTime: engageSeconds(opening.ServerStartTime),
    };
    this.#tell(() => this.#handler.usable(info));
  }

  #tellUnusable(ending: Ending): void {
    const failure = this.#failure(ending);
    const { metrics, logger, name } = this.#options;
    metrics.up(this.#label(this.#server), false);
    const fields = this.#fields(failure);
    if (ending.code === 'link.stopped') logger.info(fields, `Engage link ${name} was stopped`);
    else logger.warn(fields, `Engage link ${name} is not usable: ${failure.message}`);
    this.#tell(() => this.#handler.unusable(failure));
  }

  #tellFailed(ending: Ending): void {
    const failure = this.#failure(ending);
    const n = ++this.#failedAttempts;
    const { logger, name } = this.#options;
    const text = `Engage link ${name}: attempt ${n} failed: ${failure.message}`;
    // The first, the second, the fourth …: a server that is away for a day takes a screen, not a disk.
    if ((n & (n - 1)) === 0) logger.warn(this.#fields(failure), text);
    else logger.debug(this.#fields(failure), text);
    this.#tell(() => this.#handler.attemptFailed?.(failure));
  }

  #failure(ending: Ending): LinkFailure {
    this.#detail = `${formatAddress(this.#server)} ${ending.message}`;
    return { code: ending.code, message: this.#detail, server: this.#server };
  }

  #fields(failure: LinkFailure): object {
    return {
      'exec.link': this.#options.name,
      'exec.server': formatAddress(failure.server),
      'error.code': failure.code,
    };
  }

  #tell(news: () => void): void {
    try {
      news();
    } catch (error) {
      this.#options.logger.error({ err: error }, 'A handler of the Engage link threw');
    }
  }

  #label(server: ServerAddress): string {
    const host = server.host.includes(':') ? `[${server.host}]` : server.host;
    return `${this.#options.name}@${host}:${server.port}`;
  }
}

function refused(request: string, refusal: LinkRefusal): ExecError {
  const text = refusalText(refusal.ErrorCode, refusal.ErrorMessage);
  return new ExecError('link.request-refused', `${request} was refused${text}`, {
    details: {
      request,
      ...(refusal.ErrorCode === undefined ? {} : { errorCode: String(refusal.ErrorCode) }),
    },
  });
}

function invalidAnswer(request: string, message: string, issues: readonly string[]): ExecError {
  return new ExecError(
    'link.answer-invalid',
    `${request} was answered by a ${message} that is not valid: ${issues.join('; ')}`,
    { details: { request } },
  );
}
