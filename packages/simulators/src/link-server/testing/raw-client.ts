/** A client that knows only lines of JSON, to test servers from the outside. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { ServerAddress } from '@exec/engage-link';
import type { Frame } from '@exec/engage-link/wire';

export class RawClient {
  readonly socket: Socket;
  /** Everything that has come and was not taken yet. */
  readonly frames: Frame[] = [];
  readonly #waiting: {
    readonly wanted: (frame: Frame) => boolean;
    readonly resolve: (frame: Frame) => void;
  }[] = [];
  readonly #closed: Promise<unknown>;
  #text = '';

  private constructor(socket: Socket) {
    this.socket = socket;
    this.#closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => this.#onData(chunk));
  }

  static async connect(address: ServerAddress, tls?: ConnectionOptions): Promise<RawClient> {
    const { host, port } = address;
    const socket = tls === undefined ? connect({ host, port }) : connectTls({ host, port, ...tls });
    await once(socket, tls === undefined ? 'connect' : 'secureConnect');
    return new RawClient(socket);
  }

  /** Connects and registers. */
  static async registered(address: ServerAddress): Promise<RawClient> {
    const client = await RawClient.connect(address);
    client.register();
    await client.next('EventServerConnected');
    return client;
  }

  register(more: object = {}): void {
    this.send('RequestRegisterClient', {
      ReferenceID: 1,
      ProtocolVersion: 'engage-link/1',
      ApplicationName: 'raw',
      ...more,
    });
  }

  send(message: string, attributes: object = {}): void {
    this.socket.write(`${JSON.stringify({ message, attributes })}\n`);
  }

  /** Takes the next frame of that name; what came before it stays. */
  next(message: string, more: (frame: Frame) => boolean = () => true): Promise<Frame> {
    const wanted = (frame: Frame) => frame.message === message && more(frame);
    const index = this.frames.findIndex(wanted);
    if (index >= 0) {
      const [frame] = this.frames.splice(index, 1);
      if (frame !== undefined) return Promise.resolve(frame);
    }
    return new Promise((resolve) => {
      this.#waiting.push({ wanted, resolve });
    });
  }

  /** Sends a request and takes its answer. */
  async ask(
    message: string,
    attributes: { readonly ReferenceID: number; readonly [name: string]: unknown },
    answer: string,
  ): Promise<Frame> {
    this.send(message, attributes);
    return this.next(answer, (frame) => frame.attributes.ReferenceID === attributes.ReferenceID);
  }

  /** Resolves when the server has ended the connection. */
  async ended(): Promise<void> {
    await this.#closed;
  }

  close(): void {
    this.socket.destroy();
  }

  #onData(chunk: string): void {
    const lines = `${this.#text}${chunk}`.split('\n');
    this.#text = lines.pop() ?? '';
    for (const line of lines) {
      const frame = JSON.parse(line) as Frame;
      const index = this.#waiting.findIndex((one) => one.wanted(frame));
      const [waiting] = index >= 0 ? this.#waiting.splice(index, 1) : [];
      if (waiting === undefined) this.frames.push(frame);
      else waiting.resolve(frame);
    }
  }
}
