/** One connection to one server: dialled, registered, kept alive, always read, and ended exactly once. */
import type { Socket } from 'node:net';
import type { Clock, Timer } from '@exec/common/clock';
import type { Secret } from '@exec/common/config';
import { ExecError } from '@exec/common/errors';
import type { Logger } from '@exec/common/logging';
import { formatAddress, type ServerAddress } from '../address.ts';
import type { EngageLinkMetrics } from '../metrics.ts';
import type { LinkLimits, LinkTls } from '../options.ts';
import {
  encodeFrame,
  type Frame,
  FrameDecoder,
  KEEP_ALIVE_REQUEST,
  KEEP_ALIVE_RESPONSE,
  PROTOCOL_VERSION,
  ProtocolError,
  referenceIdOf,
  type ServerConnected,
} from '../wire/index.ts';
import { type Ending, nextPhase, type Phase, type PhaseInput, type PhaseTimer } from './phase.ts';
import { readRegistrationAnswer } from './registration.ts';
import { type OutgoingRequest, type Pending, RequestTable } from './request-table.ts';
import { looksLikeTls, openSocket, readTlsMaterial, type TlsMaterial } from './socket.ts';

export interface ConnectionOptions {
  readonly address: ServerAddress;
  readonly applicationName: string;
  readonly password: Secret | undefined;
  readonly tls: LinkTls;
  readonly limits: LinkLimits;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: EngageLinkMetrics;
  /** ReferenceIDs are unique over all connections of a client. */
  readonly nextReferenceId: () => number;
}

export interface ConnectionObserver {
  opened(answer: ServerConnected): void;
  /** Every frame after the opening but keep-alive; `pending` is the request that it answers. */
  frame(frame: Frame, receivedAt: number, pending: Pending<Frame> | undefined): void;
  /** Once, whatever ended it, also {@link LinkConnection.close}; nothing else is told after it. */
  closed(ending: Ending): void;
}

/** Time that the orderly end of a socket may take before it is cut. */
const FAREWELL_MS = 1_000;

export class LinkConnection {
  readonly #options: ConnectionOptions;
  readonly #observer: ConnectionObserver;
  readonly #decoder = new FrameDecoder();
  readonly #requests: RequestTable<Frame>;
  readonly #gone = Promise.withResolvers<void>();
  #phase: Phase = 'dialling';
  #socket: Socket | undefined;
  #timer: Timer | undefined;
  /** Whether TCP stands, so that what fails next is TLS where that is used. */
  #reached = false;
  /** Monotonic time of the last bytes, or of the keep-alive request when it is later. */
  #silentSince = 0;
  #registrationId = 0;
  #registered: ServerConnected | undefined;

  constructor(options: ConnectionOptions, observer: ConnectionObserver) {
    this.#options = options;
    this.#observer = observer;
    const { clock, limits } = options;
    this.#requests = new RequestTable({
      clock,
      timeoutMs: limits.requestMs,
      outstandingMax: limits.outstandingRequests,
      waitingMax: limits.waitingRequests,
      send: (message, attributes) => this.#send(message, attributes),
    });
  }

  /** Dials; called once. */
  open(): void {
    this.#arm('connect');
    void this.#dial();
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Fulfilled when the connection has ended and its socket is gone. */
  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  /** Whether this ReferenceID waits for its answer. */
  awaits(referenceId: number): boolean {
    return this.#requests.has(referenceId);
  }

  /** @throws what RequestTable.request throws; {@link ExecError} link.lost when the connection ends before. */
  request(request: OutgoingRequest): Promise<Frame> {
    if (this.#phase === 'closed')
      return Promise.reject(this.#error({ code: 'link.lost', message: 'is closed' }));
    return this.#requests.request(request);
  }

  /** Fails what waits for an answer, because the server can no longer give one. */
  failRequests(ending: Ending): void {
    this.#requests.failAll(this.#error(ending));
  }

  close(ending: Ending): void {
    this.#input({ type: 'end', ending });
  }

  async #dial(): Promise<void> {
    const { address, tls } = this.#options;
    try {
      const material: TlsMaterial = address.tls ? await readTlsMaterial(tls) : {};
      // It may have been closed while the files were read.
      if (this.#phase === 'dialling') this.#attach(openSocket(address, material));
    } catch (error) {
      const code = address.tls ? 'link.tls-failed' : 'link.connect-failed';
      this.close({ code, message: `cannot be dialled: ${messageOf(error)}` });
    }
  }

  #attach(socket: Socket): void {
    this.#socket = socket;
    socket.once('connect', () => {
      this.#reached = true;
      if (!this.#options.address.tls) this.#input({ type: 'connected' });
    });
    socket.once('secureConnect', () => this.#input({ type: 'connected' }));
    socket.on('data', (bytes) => this.#onData(bytes));
    socket.once('end', () => this.close(this.#lost('closed the connection')));
    socket.on('error', (error) => this.close(this.#endingOf(error)));
    socket.once('close', () => {
      this.#socket = undefined;
      this.close(this.#lost('closed the connection'));
      this.#timer?.cancel();
      this.#gone.resolve();
    });
  }

  #endingOf(error: Error): Ending {
    if (this.#phase !== 'dialling')
      return { code: 'link.lost', message: `connection lost: ${error.message}` };
    const code = this.#reached && this.#options.address.tls ? 'link.tls-failed' : 'link.connect-failed';
    return { code, message: `cannot be reached: ${messageOf(error)}` };
  }

  #lost(message: string): Ending {
    if (this.#phase !== 'registering') return { code: 'link.lost', message };
    const hint = this.#options.address.tls ? '' : '; if it speaks TLS, its address must begin with tls://';
    return { code: 'link.lost', message: `${message} without an answer to the registration${hint}` };
  }

  #onData(bytes: Buffer): void {
    this.#silentSince = this.#options.clock.monotonic();
    this.#input({ type: 'received' });
    if (this.#phase === 'registering' && !this.#options.address.tls && looksLikeTls(bytes)) {
      this.close({
        code: 'link.tls-failed',
        message: 'answers with TLS: its address must begin with tls://',
      });
      return;
    }
    const now = this.#options.clock.now();
    try {
      this.#decoder.push(bytes, (frame) => this.#onFrame(frame, now));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#onProtocolError(error);
    }
  }

  #onProtocolError(error: ProtocolError): void {
    const { address, logger, metrics } = this.#options;
    metrics.protocolError();
    logger.warn(
      {
        'exec.server': formatAddress(address),
        'exec.line_bytes': error.length,
        'exec.line_offset': error.offset,
        'exec.line_sha256': error.sha256,
        'error.code': error.code,
      },
      `Protocol error, connection closed: ${error.message}`,
    );
    this.close({ code: error.code, message: `sent a bad line: ${error.message}` });
  }

  #onFrame(frame: Frame, receivedAt: number): void {
    const { metrics } = this.#options;
    metrics.received(frame.message);
    if (this.#phase === 'closed') {
      metrics.dropped('replaced-connection');
    } else if (frame.message === KEEP_ALIVE_REQUEST) {
      this.#send(KEEP_ALIVE_RESPONSE, {});
    } else if (frame.message === KEEP_ALIVE_RESPONSE) {
      // Its arrival was all that it had to say.
    } else if (this.#phase === 'registering') {
      this.#onRegistrationFrame(frame);
    } else {
      const id = referenceIdOf(frame);
      const pending = id === undefined ? undefined : this.#requests.take(id, frame.message);
      this.#tell(() => this.#observer.frame(frame, receivedAt, pending));
    }
  }

  #onRegistrationFrame(frame: Frame): void {
    const answer = readRegistrationAnswer(frame, this.#registrationId, this.#options.password);
    switch (answer.kind) {
      case 'accepted':
        this.#registered = answer.answer;
        this.#input({ type: 'registered' });
        break;
      case 'failed':
        this.close(answer.ending);
        break;
      case 'other':
        this.#options.metrics.dropped('not-registered');
        break;
    }
  }

  #input(input: PhaseInput): void {
    const step = nextPhase(this.#phase, input);
    if (step === undefined) return;
    this.#phase = step.phase;
    for (const effect of step.effects) {
      switch (effect.type) {
        case 'arm':
          this.#arm(effect.timer);
          break;
        case 'send-registration':
          this.#register();
          break;
        case 'send-keep-alive':
          this.#send(KEEP_ALIVE_REQUEST, {});
          break;
        case 'tell-open': {
          const answer = this.#registered;
          if (answer !== undefined) this.#tell(() => this.#observer.opened(answer));
          break;
        }
        case 'tear-down':
          this.#tearDown(effect.ending);
          break;
      }
    }
  }

  #arm(timer: PhaseTimer): void {
    const { limits } = this.#options;
    this.#timer?.cancel();
    switch (timer) {
      case 'connect':
        this.#setTimer(limits.connectMs);
        break;
      case 'registration':
        this.#setTimer(limits.registrationMs);
        break;
      case 'keep-alive':
        this.#silentSince = this.#options.clock.monotonic();
        this.#watchSilence(limits.keepAliveMs);
        break;
    }
  }

  #setTimer(ms: number): void {
    this.#timer = this.#options.clock.setTimer(ms, () => this.#input({ type: 'timeout' }));
  }

  /** One timer however many frames arrive: when it fires too early, it is set for what is left of the silence. */
  #watchSilence(ms: number): void {
    const { clock, limits } = this.#options;
    this.#timer = clock.setTimer(ms, () => {
      const left = this.#silentSince + limits.keepAliveMs - clock.monotonic();
      if (left > 0) this.#watchSilence(left);
      else this.#input({ type: 'timeout' });
    });
  }

  #register(): void {
    const { applicationName, password, nextReferenceId } = this.#options;
    this.#registrationId = nextReferenceId();
    try {
      this.#send('RequestRegisterClient', {
        ReferenceID: this.#registrationId,
        ProtocolVersion: PROTOCOL_VERSION,
        ApplicationName: applicationName,
        ...(password === undefined ? {} : { ApplicationPassword: password.reveal() }),
      });
    } catch (error) {
      this.close({ code: 'link.frame-too-long', message: `cannot be registered at: ${messageOf(error)}` });
    }
  }

  /** @throws {ExecError} link.frame-too-long */
  #send(message: string, attributes: object): void {
    const socket = this.#socket;
    if (socket === undefined || this.#phase === 'closed') return;
    socket.write(encodeFrame(message, attributes));
    if (socket.writableLength > this.#options.limits.writeBufferBytes)
      this.close({
        code: 'link.not-reading',
        message: `does not read: ${socket.writableLength} bytes wait for it`,
      });
  }

  #tearDown(ending: Ending): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#requests.failAll(this.#error(ending));
    const socket = this.#socket;
    if (socket === undefined) {
      this.#gone.resolve();
    } else if (this.#registrationId > 0 && socket.writable && socket.writableLength === 0) {
      // Everything is written: the peer gets an orderly end.
      socket.destroySoon();
      this.#timer = this.#options.clock.setTimer(FAREWELL_MS, () => socket.destroy());
    } else {
      socket.destroy();
    }
    this.#tell(() => this.#observer.closed(ending));
  }

  /** What the owner does with the news must not break the connection. */
  #tell(news: () => void): void {
    try {
      news();
    } catch (error) {
      this.#options.logger.error(
        { err: error },
        'A handler of the Engage link threw; the frame is lost to it',
      );
    }
  }

  #error(ending: Ending): ExecError {
    const server = formatAddress(this.#options.address);
    return new ExecError(ending.code, `${server} ${ending.message}`, {
      retryable: true,
      details: { server },
    });
  }
}

/** Of several failed addresses of one name, Node gives an error without a message of its own. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
