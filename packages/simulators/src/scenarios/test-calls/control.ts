/** Test calls over HTTP: `GET /people`, `POST /test-calls {"name"}`, `POST /test-calls/go-on`. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { type TestCaller, testCallNames } from './test-caller.ts';

const bodySchema = z.strictObject({ name: z.enum(testCallNames) });
const bodyBytes = 10_000;

export class TestCallControl {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Port 0: any free one. */
  static async listen(caller: TestCaller, host: string, port: number): Promise<TestCallControl> {
    const server = createServer((request, response) => void answer(caller, request, response));
    server.listen({ host, port });
    await once(server, 'listening');
    return new TestCallControl(server);
  }

  get url(): string {
    const { address, port } = this.#server.address() as AddressInfo;
    return `http://${address}:${port}`;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

async function answer(caller: TestCaller, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const say = (status: number, body: object): void => {
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify(body));
  };
  try {
    switch (`${request.method} ${request.url}`) {
      case 'GET /people':
        say(200, caller.people);
        return;
      case 'POST /test-calls':
        caller.begin(bodySchema.parse(JSON.parse(await bodyOf(request))).name);
        say(200, {});
        return;
      case 'POST /test-calls/go-on':
        caller.goOn();
        say(200, {});
        return;
      default:
        say(404, { message: 'there is GET /people, POST /test-calls and POST /test-calls/go-on' });
    }
  } catch (error) {
    say(400, { message: error instanceof z.ZodError ? z.prettifyError(error) : String(error) });
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > bodyBytes) throw new Error('the body is too long');
  }
  return text;
}
