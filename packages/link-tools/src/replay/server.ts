/** A server that tells its clients what was recorded: what it answered, then what happened, at its time. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { ServerAddress } from '@exec/engage-link';
import {
  encodeFrame,
  type Frame,
  FrameDecoder,
  KEEP_ALIVE_REQUEST,
  KEEP_ALIVE_RESPONSE,
  PROTOCOL_VERSION,
  referenceIdOf,
} from '@exec/engage-link/wire';
import { textOf } from '../conformance/order.ts';
import { type Stretch, statisticKey } from './script.ts';
import type { Times } from './times.ts';

export interface ReplayServerOptions {
  readonly kind: 'sip' | 'stat';
  readonly stretches: readonly Stretch[];
  readonly times: Times;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

interface Client {
  readonly socket: Socket;
  registered: boolean;
  monitoring: boolean;
  readonly addresses: Set<string>;
  /** References of statistics by their key. */
  readonly statistics: Map<string, Set<number>>;
}

export class ReplayServer {
  readonly #o: ReplayServerOptions;
  readonly #server: Server;
  readonly #clients = new Set<Client>();
  readonly #waiting = new Set<() => void>();
  #port = 0;
  #current = 0;

  private constructor(options: ReplayServerOptions) {
    this.#o = options;
    this.#server = createServer({ noDelay: true }, (socket) => this.#onSocket(socket));
  }

  static async start(options: ReplayServerOptions): Promise<ReplayServer> {
    const server = new ReplayServer(options);
    await server.#listen(options.port);
    return server;
  }

  get kind(): ReplayServerOptions['kind'] {
    return this.#o.kind;
  }

  get stretches(): readonly Stretch[] {
    return this.#o.stretches;
  }

  get address(): ServerAddress {
    return { host: this.#o.host, port: this.#port, tls: false };
  }

  /** Resolves when the clients together watch everything that was recorded of this stretch, or the signal aborts. */
  async watched(signal: AbortSignal): Promise<boolean> {
    const done = Promise.withResolvers<boolean>();
    const look = () => {
      if (this.#isWatched()) done.resolve(true);
    };
    const stop = () => done.resolve(false);
    this.#waiting.add(look);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    look();
    const watched = await done.promise;
    this.#waiting.delete(look);
    signal.removeEventListener('abort', stop);
    return watched;
  }

  tell(frame: Frame, statistic?: string): void {
    const retimed = this.#o.times.retimed(frame);
    // Whatever else a call's event carries, it is for who monitors.
    const dn = frame.message.startsWith('EventCall') ? undefined : textOf(frame.attributes.ThisDN);
    for (const client of this.#clients) {
      if (statistic !== undefined)
        for (const reference of client.statistics.get(statistic) ?? [])
          this.#send(client, retimed.message, { ...retimed.attributes, ReferenceID: reference });
      else if (dn === undefined ? client.monitoring : client.addresses.has(dn))
        this.#send(client, retimed.message, retimed.attributes);
    }
  }

  /** The connections break, and nobody gets a new one. */
  async lose(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const { socket } of this.#clients) socket.destroy();
    await closed;
  }

  /** Back, with what was told of the next stretch. */
  async comeBack(): Promise<void> {
    this.#current += 1;
    await this.#listen(this.#port);
  }

  async close(): Promise<void> {
    await this.lose();
  }

  get #stretch(): Stretch | undefined {
    return this.#o.stretches[this.#current];
  }

  async #listen(port: number): Promise<void> {
    this.#server.listen({ host: this.#o.host, port });
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  #isWatched(): boolean {
    const stretch = this.#stretch;
    if (stretch === undefined) return true;
    const clients = [...this.#clients];
    if (this.#o.kind === 'stat')
      return [...stretch.values.keys()].every((key) => clients.some(({ statistics }) => statistics.has(key)));
    const addresses = new Set(clients.flatMap((client) => [...client.addresses]));
    return (
      clients.some(({ monitoring }) => monitoring) &&
      [...stretch.registered.keys()].every((dn) => addresses.has(dn))
    );
  }

  #onSocket(socket: Socket): void {
    const client: Client = {
      socket,
      registered: false,
      monitoring: false,
      addresses: new Set(),
      statistics: new Map(),
    };
    this.#clients.add(client);
    const decoder = new FrameDecoder();
    socket.on('error', () => {});
    socket.once('close', () => this.#clients.delete(client));
    socket.on('data', (bytes) => {
      try {
        decoder.push(bytes, (frame) => this.#onFrame(client, frame));
      } catch {
        socket.destroy();
      }
      for (const look of [...this.#waiting]) look();
    });
  }

  #onFrame(client: Client, frame: Frame): void {
    const ReferenceID = referenceIdOf(frame);
    const { message, attributes } = frame;
    if (message === KEEP_ALIVE_REQUEST) this.#send(client, KEEP_ALIVE_RESPONSE, {});
    if (message === KEEP_ALIVE_REQUEST || message === KEEP_ALIVE_RESPONSE) return;
    if (message === 'RequestRegisterClient') {
      client.registered = true;
      this.#send(client, 'EventServerConnected', {
        ReferenceID,
        ProtocolVersion: PROTOCOL_VERSION,
        ServerRole: 'Primary',
        ServerStartTime: 1_000_000_000 + this.#current,
      });
      if (this.#o.kind === 'sip') this.#send(client, 'EventLinkConnected', {});
      return;
    }
    const answered =
      client.registered && ReferenceID !== undefined && this.#answer(client, ReferenceID, frame);
    if (answered) return;
    const dn = textOf(attributes.ThisDN);
    this.#send(client, 'EventError', {
      ReferenceID,
      ErrorCode: 1,
      ErrorMessage: 'not in the recording',
      ...(dn === undefined ? {} : { ThisDN: dn }),
    });
  }

  /** Whether the recording has an answer. */
  #answer(client: Client, ReferenceID: number, { message, attributes }: Frame): boolean {
    const stretch = this.#stretch;
    if (stretch === undefined) return false;
    const dn = textOf(attributes.ThisDN) ?? '';
    switch (message) {
      case 'RequestRegisterAddress': {
        const registered = stretch.registered.get(dn);
        if (registered === undefined) return false;
        client.addresses.add(dn);
        this.#send(client, 'EventRegistered', { ...registered.attributes, ReferenceID });
        return true;
      }
      case 'RequestUnregisterAddress':
        if (!client.addresses.delete(dn)) return false;
        this.#send(client, 'EventUnregistered', { ReferenceID, ThisDN: dn });
        return true;
      case 'RequestStartCallMonitoring':
        client.monitoring = true;
        this.#send(client, 'EventACK', { ReferenceID, Extensions: { Resync: 1 } });
        for (const frame of stretch.resync) {
          const retimed = this.#o.times.retimed(frame);
          this.#send(client, retimed.message, retimed.attributes);
        }
        this.#send(client, 'EventACK', { ReferenceID, Extensions: stretch.resyncDone });
        return true;
      case 'RequestStopCallMonitoring':
        client.monitoring = false;
        this.#send(client, 'EventACK', { ReferenceID });
        return true;
      case 'RequestQueryServer':
        this.#send(client, 'EventServerInfo', { ReferenceID, ServerRole: 'Primary', LinkConnected: true });
        return true;
      case 'RequestOpenStatistic': {
        const key = statisticKey(attributes);
        const value = stretch.values.get(key);
        if (value === undefined) return false;
        client.statistics.set(key, (client.statistics.get(key) ?? new Set()).add(ReferenceID));
        this.#send(client, 'EventStatisticOpened', { ReferenceID });
        this.#send(client, 'EventInfo', { ...this.#o.times.retimed(value).attributes, ReferenceID });
        return true;
      }
      case 'RequestCloseStatistic': {
        const { StatisticId } = attributes;
        for (const references of client.statistics.values()) references.delete(Number(StatisticId));
        this.#send(client, 'EventStatisticClosed', { ReferenceID, StatisticId });
        return true;
      }
      default:
        return false;
    }
  }

  #send({ socket }: Client, message: string, attributes: object): void {
    if (socket.writable) socket.write(encodeFrame(message, attributes));
  }
}
