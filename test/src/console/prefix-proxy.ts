/** A reverse proxy that puts each service behind a prefix, and can take one away. */
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export class PrefixProxy {
  readonly #server: Server;
  readonly #away = new Set<string>();
  readonly url: string;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** @param services address of each, by its prefix without slashes */
  static async start(services: Readonly<Record<string, string>>): Promise<PrefixProxy> {
    const server = createServer((incoming, outgoing) => {
      const [, prefix = '', path = '/'] = /^\/([^/]+)(\/.*)$/.exec(incoming.url ?? '') ?? [];
      const target = services[prefix];
      if (target === undefined || proxy.#away.has(prefix)) {
        outgoing.writeHead(502).end('Bad Gateway');
        return;
      }
      const { method = 'GET', headers } = incoming;
      const forwarded = request(new URL(path, target), {
        method,
        headers: { ...headers, 'x-forwarded-for': '127.0.0.1' },
      });
      forwarded.on('response', (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      forwarded.on('error', () => outgoing.destroy());
      incoming.pipe(forwarded);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy: PrefixProxy = new PrefixProxy(server);
    return proxy;
  }

  base(prefix: string): string {
    return `${this.url}/${prefix}/`;
  }

  away(prefix: string): void {
    this.#away.add(prefix);
  }

  back(prefix: string): void {
    this.#away.delete(prefix);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
