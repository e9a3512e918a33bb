/** The sockets of a server, so that a stop need not wait for those on which nothing happens. */
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** Follows the sockets of a server from its creation on. */
export class OpenSockets {
  /** As accepted: with TLS below the secure ones. */
  readonly #accepted = new Set<Duplex>();
  /** As requests come in on them. */
  readonly #usable = new Set<Duplex>();
  readonly #busy = new Map<Duplex, number>();

  constructor(server: Server) {
    const secure = 'setSecureContext' in server;
    server.on('connection', (socket: Duplex) => {
      track(this.#accepted, socket);
      if (!secure) track(this.#usable, socket);
    });
    server.on('secureConnection', (socket: Duplex) => track(this.#usable, socket));
    server.on('request', (request, response) => {
      const { socket } = request;
      this.#busy.set(socket, (this.#busy.get(socket) ?? 0) + 1);
      response.once('close', () => {
        const left = (this.#busy.get(socket) ?? 1) - 1;
        if (left > 0) this.#busy.set(socket, left);
        else this.#busy.delete(socket);
      });
    });
  }

  /** Ends those without a request; Node's own `closeIdleConnections` spares those that never had one. */
  endUnused(): void {
    for (const socket of this.#usable) if (!this.#busy.has(socket)) socket.destroy();
  }

  endAll(): void {
    for (const socket of this.#accepted) socket.destroy();
  }
}

function track(sockets: Set<Duplex>, socket: Duplex): void {
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
}
