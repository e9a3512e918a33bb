/** One connection to one server: dialled, registered, kept alive, always read, and ended exactly once. */

import type { Socket } from 'node:net';
import type { Clock } from '@exec/common/clock';
import type { Secret } from '@exec/common/config';
import { ExecError } from '@exec/common/errors';
import type { WallMs } from '@exec/common/instants';
import type { Logger } from '@exec/common/logging';
import { Machine } from '@exec/common/machine';
import { textOf } from '@exec/common/trouble';
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
import {
  type ConnectionEffect,
  type ConnectionInput,
  type ConnectionState,
  type ConnectionTimer,
  type Ending,
  nextConnection,
} from './connection-state.ts';
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
  frame(frame: Frame, receivedAt: WallMs, pending: Pending<Frame> | undefined): void;
  /** Once, whatever ended it, also {@link LinkConnection.close}; no other call follows. */
  closed(ending: Ending): void;
}

/**
 * From dialling to the end of the socket: opening, keep-alive, requests. It ends once and says why; a new one is
 * made for each try.
 */
export class LinkConnection {
  readonly #options: ConnectionOptions;
  readonly #observer: ConnectionObserver;
  readonly #decoder = new FrameDecoder();
  readonly #requests: RequestTable<Frame>;
  readonly #gone = Promise.withResolvers<void>();
  readonly #machine: Machine<ConnectionState, ConnectionInput, ConnectionEffect, ConnectionTimer>;
  #socket: Socket | undefined;
  /** Whether TCP stands, so that what fails next is TLS where that is used. */
  #reached = false;
  #registrationId = 0;
  #registered: ServerConnected | undefined;

  constructor(options: ConnectionOptions, observer: ConnectionObserver) {
    this.#options = options;
    this.#observer = observer;
    const { clock, limits, logger, metrics, address } = options;
    this.#machine = new Machine<ConnectionState, ConnectionInput, ConnectionEffect, ConnectionTimer>({
      name: 'link-connection',
      fields: { 'exec.server': formatAddress(address) },
      initial: { phase: 'idle' },
      next: (state, input) => nextConnection(state, input, limits),
      carryOut: (effect) => this.#carryOut(effect),
      clock,
      logger,
      metrics: metrics.machines,
    });
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
    this.#machine.input({ type: 'dial' });
  }

  get phase(): ConnectionState['phase'] {
    return this.#machine.state.phase;
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
    if (this.phase === 'closed')
      return Promise.reject(this.#error({ code: 'link.lost', message: 'is closed' }));
    return this.#requests.request(request);
  }

  /** Fails what waits for an answer, because the server can no longer give one. */
  failRequests(ending: Ending): void {
    this.#requests.failAll(this.#error(ending));
  }

  close(ending: Ending): void {
    this.#machine.input({ type: 'end', ending });
  }

  async #dial(): Promise<void> {
    const { address, tls } = this.#options;
    try {
      const material: TlsMaterial = address.tls ? await readTlsMaterial(tls) : {};
      // It may have been closed while the files were read.
      if (this.phase === 'dialling') this.#attach(openSocket(address, material));
    } catch (error) {
      const code = address.tls ? 'link.tls-failed' : 'link.connect-failed';
      this.close({ code, message: `cannot be dialled: ${textOf(error)}` });
    }
  }

  #attach(socket: Socket): void {
    this.#socket = socket;
    socket.once('connect', () => {
      this.#reached = true;
      if (!this.#options.address.tls) this.#machine.input({ type: 'connected' });
    });
    socket.once('secureConnect', () => this.#machine.input({ type: 'connected' }));
    socket.on('data', (bytes) => this.#onData(bytes));
    socket.once('end', () => this.close(this.#lost('closed the connection')));
    socket.on('error', (error) => this.close(this.#endingOf(error)));
    socket.once('close', () => {
      this.#socket = undefined;
      this.close(this.#lost('closed the connection'));
      this.#machine.input({ type: 'gone' });
      this.#gone.resolve();
    });
  }

  #endingOf(error: Error): Ending {
    if (this.phase !== 'dialling') return { code: 'link.lost', message: `connection lost: ${error.message}` };
    const code = this.#reached && this.#options.address.tls ? 'link.tls-failed' : 'link.connect-failed';
    return { code, message: `cannot be reached: ${textOf(error)}` };
  }

  #lost(message: string): Ending {
    if (this.phase !== 'registering') return { code: 'link.lost', message };
    const hint = this.#options.address.tls ? '' : '; if it speaks TLS, its address must begin with tls://';
    return { code: 'link.lost', message: `${message} without an answer to the registration${hint}` };
  }

  #onData(bytes: Buffer): void {
    this.#machine.input({ type: 'received', at: this.#options.clock.monotonic() });
    if (this.phase === 'registering' && !this.#options.address.tls && looksLikeTls(bytes)) {
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

  #onFrame(frame: Frame, receivedAt: WallMs): void {
    const { metrics } = this.#options;
    metrics.received(frame.message);
    if (this.phase === 'closed') {
      metrics.dropped('replaced-connection');
    } else if (frame.message === KEEP_ALIVE_REQUEST) {
      this.#send(KEEP_ALIVE_RESPONSE, {});
    } else if (frame.message === KEEP_ALIVE_RESPONSE) {
      // Its arrival was all that it had to say.
    } else if (this.phase === 'registering') {
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
        this.#machine.input({ type: 'registered', at: this.#options.clock.monotonic() });
        break;
      case 'failed':
        this.close(answer.ending);
        break;
      case 'other':
        this.#options.metrics.dropped('not-registered');
        break;
    }
  }

  #carryOut(effect: ConnectionEffect): void {
    switch (effect.type) {
      case 'dial':
        void this.#dial();
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
      case 'cut':
        this.#socket?.destroy();
        break;
    }
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
      this.close({ code: 'link.frame-too-long', message: `cannot be registered at: ${textOf(error)}` });
    }
  }

  /** @throws {ExecError} link.frame-too-long */
  #send(message: string, attributes: object): void {
    const socket = this.#socket;
    if (socket === undefined || this.phase === 'closed') return;
    socket.write(encodeFrame(message, attributes));
    if (socket.writableLength > this.#options.limits.writeBufferBytes)
      this.close({
        code: 'link.not-reading',
        message: `does not read: ${socket.writableLength} bytes wait for it`,
      });
  }

  #tearDown(ending: Ending): void {
    this.#requests.failAll(this.#error(ending));
    const socket = this.#socket;
    if (socket === undefined) {
      this.#gone.resolve();
    } else if (this.#registrationId > 0 && socket.writable && socket.writableLength === 0) {
      // Everything is written: the peer gets an orderly end.
      socket.destroySoon();
      this.#machine.input({ type: 'farewell' });
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
