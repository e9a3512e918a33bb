/** The sockets of a server and what is being answered on them, so that a stop need not wait for callers that keep theirs. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** The newest answer of a socket. A property costs less than a map: each request comes by here. */
const newest = Symbol('newest answer');

type Used = Duplex & { [newest]?: ServerResponse };

/** Follows the sockets of a server from its creation on; it has to be told of requests. */
export class OpenSockets {
  /** As accepted: with TLS below the secure ones. */
  readonly #accepted = new Set<Used>();
  /** As requests come in on them. */
  readonly #usable = new Set<Used>();

  constructor(server: Server) {
    const secure = 'setSecureContext' in server;
    server.on('connection', (socket: Duplex) => {
      track(this.#accepted, socket);
      if (!secure) track(this.#usable, socket);
    });
    server.on('secureConnection', (socket: Duplex) => track(this.#usable, socket));
  }

  /** A request has come, and this is its answer. */
  began(request: IncomingMessage, answer: ServerResponse): void {
    (request.socket as Used)[newest] = answer;
  }

  /**
   * Ends the sockets that never had a request, which Node's own `closeIdleConnections` spares, and has those that are
   * being answered end with their answer: otherwise a client that keeps its connection holds the server open.
   */
  endUnused(): void {
    for (const socket of this.#usable) {
      const answer = socket[newest];
      if (answer === undefined) socket.destroy();
      else answer.shouldKeepAlive = false;
    }
  }

  endAll(): void {
    for (const socket of this.#accepted) socket.destroy();
  }
}

function track(sockets: Set<Used>, socket: Used): void {
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
}
