/** A peer that stands before a good one and changes what that says: a bridge with a fault. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { ServerAddress } from '@exec/engage-link';
import { encodeFrame, type Frame, FrameDecoder } from '@exec/engage-link/wire';

/** What is sent in place of the frame; bytes go as they are. `connection` counts from 1. */
export type Mutation = (frame: Frame, connection: number) => readonly (Frame | Uint8Array)[];

/** Of what a client says: whether the good peer hears it, or what is answered in its place. */
export type Hearing = (frame: Frame) => boolean | Frame;

export class Mutant {
  readonly address: ServerAddress;
  readonly #server: Server;
  readonly #sockets: ReadonlySet<Socket>;

  private constructor(server: Server, sockets: ReadonlySet<Socket>) {
    this.#server = server;
    this.#sockets = sockets;
    this.address = { host: '127.0.0.1', port: (server.address() as { port: number }).port, tls: false };
  }

  /**
   * @param mutate of what the good peer says
   */
  static async start(before: ServerAddress, mutate: Mutation, hear: Hearing = () => true): Promise<Mutant> {
    const sockets = new Set<Socket>();
    let connections = 0;
    const server = createServer((client) => {
      const connection = ++connections;
      const peer = connect({ host: before.host, port: before.port });
      const say = (socket: Socket, what: Frame | Uint8Array) =>
        socket.write(what instanceof Uint8Array ? what : encodeFrame(what.message, what.attributes));
      relay(client, peer, (frame) => {
        const heard = hear(frame);
        if (heard === true) say(peer, frame);
        else if (heard !== false) say(client, heard);
      });
      relay(peer, client, (frame) => {
        for (const one of mutate(frame, connection)) say(client, one);
      });
      for (const socket of [client, peer]) sockets.add(socket);
    });
    server.listen({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    return new Mutant(server, sockets);
  }

  /** Breaks what is connected. */
  drop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.drop();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }
}

/** Lines that are no frames go through as they are: the decoder would not give them back. */
function relay(from: Socket, to: Socket, onFrame: (frame: Frame) => void): void {
  const decoder = new FrameDecoder();
  from.on('error', () => undefined);
  from.once('close', () => to.destroySoon());
  from.on('data', (bytes: Buffer) => {
    try {
      decoder.push(bytes, onFrame);
    } catch {
      to.write(bytes);
    }
  });
}
