/** A link server in the same process whose every word is scripted by a test; it listens on a free port. */
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import type { ServerAddress } from '../address.ts';
import type { Behaviour } from './behaviours.ts';
import { PeerConnection } from './peer-connection.ts';

export interface LinkServerOptions {
  /** Asked in turn for each frame until one has dealt with it; without any the server only listens. */
  readonly behaviours?: readonly Behaviour[];
  /** Speaks TLS with this material. */
  readonly tls?: TlsOptions;
}

export class LinkServer {
  readonly address: ServerAddress;
  /** Every connection so far, the oldest first. */
  readonly connections: PeerConnection[] = [];
  /** May be changed at any time; holds for all connections from then on. */
  behaviours: readonly Behaviour[];
  /** While set, the server is as good as gone: whoever connects is reset at once. */
  away = false;
  readonly #server: Server;
  /** Sockets before a connection is made of them (TLS handshake). */
  readonly #sockets = new Set<Socket>();
  #awaited: ((connection: PeerConnection) => void)[] = [];
  #taken = 0;

  private constructor(server: Server, address: ServerAddress, behaviours: readonly Behaviour[]) {
    this.#server = server;
    this.address = address;
    this.behaviours = behaviours;
  }

  static async start(options: LinkServerOptions = {}): Promise<LinkServer> {
    const accept = (socket: Socket) => started.#accept(socket);
    const server =
      options.tls === undefined
        ? createServer({ allowHalfOpen: true, noDelay: true }, accept)
        : createTlsServer(options.tls, accept);
    server.on('connection', (socket: Socket) => {
      if (started.away) socket.resetAndDestroy();
      else started.#sockets.add(socket);
      socket.once('close', () => started.#sockets.delete(socket));
      socket.on('error', () => {});
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as { port: number };
    const address = { host: '127.0.0.1', port, tls: options.tls !== undefined };
    const started = new LinkServer(server, address, options.behaviours ?? []);
    return started;
  }

  /** The next connection that has not been asked for yet, now or when it comes. */
  async connection(): Promise<PeerConnection> {
    const there = this.connections[this.#taken];
    if (there !== undefined) {
      this.#taken++;
      return there;
    }
    return await new Promise((resolve) => this.#awaited.push(resolve));
  }

  /** Stops listening and cuts what is connected. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #accept(socket: Socket): void {
    if (this.away) return;
    const connection = new PeerConnection(socket, (frame) => {
      for (const behaviour of this.behaviours) if (behaviour(connection, frame)) break;
    });
    this.connections.push(connection);
    const next = this.#awaited.shift();
    if (next === undefined) return;
    this.#taken++;
    next(connection);
  }
}
