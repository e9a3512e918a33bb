/** A TCP proxy between a client and a server that does to the traffic what a test asks for. */

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Link, type ProxyClock } from './link.ts';
import { seededRandom } from './random.ts';
import type { Direction, Toxic } from './toxics.ts';

export type { ProxyClock } from './link.ts';

export interface FaultProxyOptions {
  /** Where the server listens: `host:port` or a URL of any scheme. */
  readonly target: string;
  /** Port to listen on, on the loopback address; a free one when left out. */
  readonly port?: number;
  /** Decides jitter, slices and toxicity; the same seed and traffic give the same faults. */
  readonly seed?: number;
  /** Real time when left out. */
  readonly clock?: ProxyClock;
}

interface Connection {
  readonly number: number;
  readonly client: Socket;
  readonly server: Socket;
  readonly links: Readonly<Record<Direction, Link>>;
}

const realClock: ProxyClock = {
  monotonic: () => performance.now(),
  setTimer(ms, fire) {
    const handle = setTimeout(fire, ms);
    return { cancel: () => clearTimeout(handle) };
  },
};

/** How long a port that another connection has got is waited for. */
const portTakenMs = 60_000;

export class FaultProxy {
  readonly #target: { readonly host: string; readonly port: number };
  readonly #seed: number;
  readonly #clock: ProxyClock;
  readonly #connections = new Set<Connection>();
  readonly #toxics = new Set<Toxic>();
  readonly #server: Server;
  #port = 0;
  #accepted = 0;
  #swallowed = 0;

  private constructor(options: FaultProxyOptions) {
    this.#target = parseTarget(options.target);
    this.#seed = options.seed ?? 1;
    this.#clock = options.clock ?? realClock;
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#onClient(client));
  }

  static async start(options: FaultProxyOptions): Promise<FaultProxy> {
    const proxy = new FaultProxy(options);
    await proxy.#listen(options.port ?? 0);
    return proxy;
  }

  /** Port on 127.0.0.1; stays the same through `down` and `up`. */
  get port(): number {
    return this.#port;
  }

  /** `host:port` of the proxy. */
  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** Connections open at this moment. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Connections accepted since the start. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Bytes that faults have made vanish since the start. */
  get swallowed(): number {
    return this.#swallowed;
  }

  /** The same URL, leading through the proxy. */
  through(url: string): string {
    const changed = new URL(url);
    changed.hostname = '127.0.0.1';
    changed.port = String(this.#port);
    return changed.href;
  }

  /** Adds a fault, also to open connections; the function that is answered takes it away again. */
  add(toxic: Toxic): () => void {
    this.#toxics.add(toxic);
    for (const connection of this.#connections) this.#apply(toxic, connection);
    return () => {
      this.#toxics.delete(toxic);
      for (const { links } of this.#connections) {
        links.upstream.remove(toxic);
        links.downstream.remove(toxic);
      }
    };
  }

  /** Takes all faults away. What they have swallowed stays lost. */
  clear(): void {
    for (const toxic of this.#toxics) {
      for (const { links } of this.#connections) {
        links.upstream.remove(toxic);
        links.downstream.remove(toxic);
      }
    }
    this.#toxics.clear();
  }

  /** Closes every open connection with a reset (RST), as a crashed peer or a firewall does. */
  resetAll(): void {
    for (const { client, server } of this.#connections) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
  }

  /** Refuses new connections and cuts the open ones. */
  async down(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.resetAll();
    await closed;
  }

  /** Accepts connections again, on the same port. */
  async up(): Promise<void> {
    if (!this.#server.listening) await this.#listen(this.#port);
  }

  async close(): Promise<void> {
    this.clear();
    await this.down();
  }

  async #listen(port: number): Promise<void> {
    const end = AbortSignal.timeout(portTakenMs);
    for (;;) {
      const listening = once(this.#server, 'listening');
      this.#server.listen(port, '127.0.0.1');
      const error = await listening.then(
        () => undefined,
        (failure: unknown) => failure,
      );
      if (error === undefined) break;
      // While it was down, somebody's outgoing connection may have got the port; it is free again when that ends.
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || end.aborted) throw error;
      await delay(50);
    }
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  #onClient(client: Socket): void {
    this.#accepted += 1;
    const server = connect({ ...this.#target, allowHalfOpen: true });
    client.setNoDelay(true);
    server.setNoDelay(true);
    const number = this.#accepted;
    const cut = (): void => {
      client.destroy();
      server.destroy();
    };
    const reset = (): void => {
      client.resetAndDestroy();
      server.resetAndDestroy();
    };
    const swallow = (bytes: number): void => {
      this.#swallowed += bytes;
    };
    const ends = { clock: this.#clock, cut, reset, swallow };
    const connection: Connection = {
      number,
      client,
      server,
      links: {
        upstream: new Link({ ...ends, from: client, to: server, random: this.#random(number, 1) }),
        downstream: new Link({ ...ends, from: server, to: client, random: this.#random(number, 2) }),
      },
    };
    this.#connections.add(connection);
    for (const toxic of this.#toxics) this.#apply(toxic, connection);
    const onClose = (): void => {
      connection.links.upstream.stop();
      connection.links.downstream.stop();
      this.#connections.delete(connection);
    };
    // One end that breaks takes the other along in the same manner; its own close event ends the bookkeeping.
    client.on('error', () => server.resetAndDestroy());
    server.on('error', () => client.resetAndDestroy());
    client.once('close', () => (server.destroyed ? onClose() : server.once('close', onClose)));
  }

  #apply(toxic: Toxic, { number, links }: Connection): void {
    // Drawn from seed and connection alone, so that the order of other events does not matter.
    if (this.#random(number, 3 + [...this.#toxics].indexOf(toxic))() >= (toxic.toxicity ?? 1)) return;
    if (toxic.direction !== 'downstream') links.upstream.add(toxic);
    if (toxic.direction !== 'upstream') links.downstream.add(toxic);
  }

  #random(connection: number, purpose: number): () => number {
    return seededRandom(Math.imul(this.#seed, 0x9e3779b1) ^ Math.imul(connection, 0x85ebca6b) ^ purpose);
  }
}

function parseTarget(target: string): { host: string; port: number } {
  const url = new URL(target.includes('://') ? target : `tcp://${target}`);
  const port = Number(url.port);
  if (port === 0) throw new Error(`the proxy's target needs a port: ${url.host}`);
  return { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port };
}
