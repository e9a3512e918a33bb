/** Stands before a server that speaks plain text, and speaks TLS with who connects; without a certificate it passes bytes on. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';

export interface FrontOptions {
  readonly target: { readonly host: string; readonly port: number };
  /** PEM. */
  readonly certificate: { readonly cert: string; readonly key: string } | undefined;
  /** PostgreSQL asks for TLS by a message of its own (SSLRequest), which is answered with one byte. */
  readonly asksFirst?: boolean;
}

/** Length 8, code 80877103: PostgreSQL, "Message Formats". */
const sslRequest = Buffer.from('0000000804d2162f', 'hex');

export class Front {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  static async start(options: FrontOptions): Promise<Front> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const front = new Front(server);
    server.on('connection', (socket) => void front.#serve(socket, options).catch(() => socket.destroy()));
    return front;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #serve(socket: Socket, { target, certificate, asksFirst = false }: FrontOptions): Promise<void> {
    const onward = connect(target.port, target.host);
    for (const one of [socket, onward]) {
      this.#sockets.add(one);
      one.on('error', () => {});
      one.once('close', () => {
        this.#sockets.delete(one);
        socket.destroy();
        onward.destroy();
      });
    }
    const near = certificate === undefined ? socket : await secured(socket, certificate, asksFirst);
    near.on('error', () => {});
    near.pipe(onward).pipe(near);
  }
}

async function secured(
  socket: Socket,
  certificate: { readonly cert: string; readonly key: string },
  asksFirst: boolean,
): Promise<TLSSocket> {
  if (asksFirst) {
    const [asked] = (await once(socket, 'data')) as [Buffer];
    socket.pause();
    if (!asked.equals(sslRequest)) throw new Error('the first message asks for no TLS');
    socket.write('S');
  }
  const secureContext = createSecureContext({ ...certificate, minVersion: 'TLSv1.2' });
  return new TLSSocket(socket, { isServer: true, secureContext });
}
