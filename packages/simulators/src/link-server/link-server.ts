/** What a SIP Server and a Stat Server have in common: a listener, registered clients, faults on command. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createServer as createTlsServer } from 'node:tls';
import type { ServerAddress } from '@exec/engage-link';
import { type Frame, PROTOCOL_VERSION, referenceIdOf, type ServerRole } from '@exec/engage-link/wire';
import { LinkConnection } from './connection.ts';
import { type LinkServerOptions, type Refusal, refusals } from './options.ts';
import { Recorder } from './recorder.ts';

/** What makes the server one kind or the other. */
export interface LinkService {
  /** The client is registered; EventServerConnected has been sent. */
  registered(connection: LinkConnection): void;
  /** A request of a registered client. */
  request(connection: LinkConnection, frame: Frame): void;
  closed(connection: LinkConnection): void;
}

const registrationMs = 10_000;
/** How long its own port is waited for when another connection has got it. */
const portTakenMs = 60_000;

export class LinkServer {
  readonly recorder: Recorder;
  /** Start of the server's run, Unix time in seconds: when it last began to listen. */
  startTime: number;
  role: ServerRole;
  readonly #o: LinkServerOptions;
  readonly #service: LinkService;
  readonly #server: Server;
  readonly #connections = new Set<LinkConnection>();
  readonly #registered = new Set<LinkConnection>();
  #accepted = 0;
  #protocolErrors = 0;
  #silent = false;
  #delayOf: ((connection: LinkConnection) => number | (() => number)) | undefined;
  #port = 0;

  constructor(o: LinkServerOptions, role: ServerRole, service: LinkService) {
    this.#o = o;
    this.role = role;
    this.#service = service;
    this.recorder = new Recorder(o.recordedFrames ?? 10_000);
    this.startTime = Math.floor(o.clock.now() / 1000);
    const onSocket = (socket: Socket) => this.#onSocket(socket);
    if (o.tls === undefined) this.#server = createServer(onSocket);
    else {
      const { key, cert, ca } = o.tls;
      const demand = ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: true };
      this.#server = createTlsServer({ key, cert, ...demand }, onSocket);
    }
  }

  /** Registered clients. */
  get clients(): ReadonlySet<LinkConnection> {
    return this.#registered;
  }

  get address(): ServerAddress {
    return { host: this.#host, port: this.#port, tls: this.#o.tls !== undefined };
  }

  /** Lines of clients that were no frames. */
  get protocolErrors(): number {
    return this.#protocolErrors;
  }

  /** Port 0: any free one at first, the same one ever after. */
  async listen(port = this.#port): Promise<void> {
    if (this.#server.listening) return;
    const end = AbortSignal.timeout(portTakenMs);
    for (;;) {
      const error = await this.#tryToListen(port);
      if (error === undefined) break;
      // While it was away, somebody's outgoing connection may have got its port; it is free again when that ends.
      const isTaken = port !== 0 && port === this.#port && error.code === 'EADDRINUSE';
      if (!isTaken || end.aborted) throw error;
      await delay(50);
    }
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Breaks all connections and accepts no more until `listen` is called again. */
  async unlisten(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.dropConnections();
    await closed;
  }

  dropConnections(): void {
    for (const connection of this.#connections) connection.destroy();
  }

  /** Ends all connections after what was sent. */
  closeConnections(): void {
    for (const connection of this.#connections) connection.close();
  }

  /** True: connections, also new ones, stay open, but nothing is answered or sent. */
  silence(on: boolean): void {
    this.#silent = on;
    for (const connection of this.#connections) connection.silence(on);
  }

  /** Every client, also one that comes later, gets its frames that much later (milliseconds), in order. */
  delayClients(delayOf: (connection: LinkConnection) => number | (() => number)): void {
    this.#delayOf = delayOf;
    for (const connection of this.#registered) connection.delay(delayOf(connection));
  }

  refuse(connection: LinkConnection, frame: Frame, why: Refusal, message: string, more: object = {}): void {
    const referenceId = referenceIdOf(frame);
    connection.send('EventError', {
      ...(referenceId === undefined ? {} : { ReferenceID: referenceId }),
      ErrorCode: refusals[why],
      ErrorMessage: message,
      ...more,
    });
  }

  async #tryToListen(port: number): Promise<NodeJS.ErrnoException | undefined> {
    this.startTime = Math.floor(this.#o.clock.now() / 1000);
    const listening = once(this.#server, 'listening');
    this.#server.listen({ host: this.#host, port, backlog: 1024 });
    return listening.then(
      () => undefined,
      (error: NodeJS.ErrnoException) => error,
    );
  }

  get #host(): string {
    return this.#o.host ?? '127.0.0.1';
  }

  #onSocket(socket: Socket): void {
    this.#accepted += 1;
    const connection = new LinkConnection({
      number: this.#accepted,
      socket,
      clock: this.#o.clock,
      recorder: this.recorder,
      keepAliveMs: this.#o.keepAliveMs ?? 10_000,
      handler: {
        frame: (from, frame) => this.#onFrame(from, frame),
        closed: (from) => {
          limit?.cancel();
          this.#onClosed(from);
        },
        protocolError: () => {
          this.#protocolErrors += 1;
        },
      },
    });
    const limit =
      this.#o.keepAliveMs === false
        ? undefined
        : this.#o.clock.setTimer(registrationMs, () => {
            if (!this.#registered.has(connection)) connection.destroy();
          });
    connection.silence(this.#silent);
    this.#connections.add(connection);
  }

  #onFrame(connection: LinkConnection, frame: Frame): void {
    if (this.#registered.has(connection)) {
      if (frame.message === 'RequestRegisterClient')
        this.refuse(connection, frame, 'unknownRequest', 'the client is registered already');
      else if (!frame.message.startsWith('Request'))
        this.refuse(connection, frame, 'unknownRequest', `${frame.message} is no request`);
      else this.#service.request(connection, frame);
      return;
    }
    const fault = this.#registrationFault(frame);
    if (fault !== undefined) {
      this.refuse(connection, frame, ...fault);
      connection.close();
      return;
    }
    const { ReferenceID, ApplicationName } = frame.attributes;
    connection.applicationName = String(ApplicationName);
    this.#registered.add(connection);
    if (this.#delayOf !== undefined) connection.delay(this.#delayOf(connection));
    connection.send('EventServerConnected', {
      ReferenceID,
      ProtocolVersion: PROTOCOL_VERSION,
      ServerRole: this.role,
      ServerStartTime: this.startTime,
    });
    this.#service.registered(connection);
  }

  #registrationFault(frame: Frame): [Refusal, string] | undefined {
    const { ProtocolVersion, ApplicationName, ApplicationPassword } = frame.attributes;
    if (frame.message !== 'RequestRegisterClient')
      return ['notRegistered', 'the first frame must be RequestRegisterClient'];
    if (referenceIdOf(frame) === undefined || typeof ApplicationName !== 'string')
      return ['invalidAttributes', 'ReferenceID and ApplicationName are needed'];
    if (ProtocolVersion !== PROTOCOL_VERSION)
      return ['protocolVersion', `this server speaks ${PROTOCOL_VERSION}`];
    if (this.#o.password !== undefined && ApplicationPassword !== this.#o.password)
      return ['password', 'the application name or password is wrong'];
    return undefined;
  }

  #onClosed(connection: LinkConnection): void {
    this.#connections.delete(connection);
    if (this.#registered.delete(connection)) this.#service.closed(connection);
  }
}
