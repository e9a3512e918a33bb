/** A small real HTTP server for tests: hands out tokens and answers requests as the test tells it. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

export interface SeenRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface StubAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, text as it is. */
  readonly body?: unknown;
}

/** Instead of an answer: the connection is cut, or nothing (more) is ever sent. */
export type StubBehaviour =
  | StubAnswer
  /** The connection is reset. */
  | 'reset'
  /** No byte of an answer. */
  | 'silent'
  /** Headers and half of a body, then nothing. */
  | 'half'
  /** Headers and half of a body, then a reset. */
  | 'half-then-reset';

export type StubHandler = (request: SeenRequest, index: number) => StubBehaviour | Promise<StubBehaviour>;

export class CloudStub {
  /** All requests but log-ins. */
  readonly requests: SeenRequest[] = [];
  readonly logins: SeenRequest[] = [];
  /** Log-ins that have not been answered yet. */
  loginsOnTheWay = 0;
  /** Answers requests; default 200 `{}`. */
  handler: StubHandler = () => ({});
  /** Answers log-ins; default a fresh token for a day. */
  loginHandler: StubHandler = (_, index) => ({
    body: { access_token: `token-${index + 1}`, token_type: 'bearer', expires_in: 86_400 },
  });
  readonly #server: ReturnType<typeof createServer>;
  readonly #sockets = new Set<Socket>();
  readonly #scheme: string;
  #waiters: { readonly count: number; readonly resolve: () => void }[] = [];

  private constructor(tls: { readonly cert: string; readonly key: string } | undefined) {
    const serve = (request: IncomingMessage, response: ServerResponse) => {
      this.#serve(request, response).catch(() => request.socket.destroy());
    };
    this.#server = tls === undefined ? createServer(serve) : createTlsServer(tls, serve);
    this.#scheme = tls === undefined ? 'http' : 'https';
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => undefined);
    });
  }

  static async start(tls?: { readonly cert: string; readonly key: string }): Promise<CloudStub> {
    const stub = new CloudStub(tls);
    stub.#server.listen(0, '127.0.0.1');
    await once(stub.#server, 'listening');
    return stub;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Origin, with the host as a client would name it. */
  get url(): string {
    return `${this.#scheme}://127.0.0.1:${this.port}`;
  }

  get openSockets(): number {
    return this.#sockets.size;
  }

  /** Resolves when `count` requests (log-ins aside) have come in. */
  async received(count: number): Promise<void> {
    if (this.requests.length >= count) return;
    await new Promise<void>((resolve) => this.#waiters.push({ count, resolve }));
  }

  async close(): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const seen: SeenRequest = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    };
    const isLogin = seen.path === '/oauth/token';
    const list = isLogin ? this.logins : this.requests;
    list.push(seen);
    if (isLogin) {
      this.loginsOnTheWay++;
      response.on('close', () => this.loginsOnTheWay--);
    }
    const answer = await (isLogin ? this.loginHandler : this.handler)(seen, list.length - 1);
    this.#answer(request, response, answer);
    if (isLogin) return;
    for (const waiter of this.#waiters) if (this.requests.length >= waiter.count) waiter.resolve();
    this.#waiters = this.#waiters.filter((waiter) => this.requests.length < waiter.count);
  }

  #answer(request: IncomingMessage, response: ServerResponse, answer: StubBehaviour): void {
    if (answer === 'silent') return;
    if (answer === 'reset') {
      request.socket.resetAndDestroy();
      return;
    }
    if (answer === 'half' || answer === 'half-then-reset') {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"id":', () => {
        if (answer === 'half-then-reset') request.socket.resetAndDestroy();
      });
      return;
    }
    const { status = 200, headers = {}, body } = answer;
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
    response.writeHead(status, {
      'content-type': 'application/json',
      'inin-correlation-id': `correlation-${this.requests.length}`,
      ...headers,
    });
    response.end(text);
  }
}
