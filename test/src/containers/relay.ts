/** Sends HTTP requests from inside a container: its network is not ours. One process there serves all requests. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Engine } from './engine.ts';

export interface RelayAnswer {
  readonly status: number;
  readonly body: string;
}

export interface RelayRequest {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Runs in the container: reads requests as JSON lines, writes answers as JSON lines. */
const script = `
require('node:readline').createInterface({ input: process.stdin }).on('line', async (line) => {
  const { id, url, ...init } = JSON.parse(line);
  let answer;
  try {
    const response = await fetch(url, init);
    answer = { status: response.status, body: await response.text() };
  } catch (error) {
    answer = { error: String(error.cause ?? error) };
  }
  process.stdout.write(JSON.stringify({ id, ...answer }) + '\\n');
}).on('close', () => process.exit());
`;

const limitMs = 30_000;

export class Relay {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (line: Record<string, unknown>) => void>();
  #lastId = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
    if (child.stdout === null) throw new Error('the relay has no output');
    createInterface({ input: child.stdout }).on('line', (line) => {
      const answer = JSON.parse(line) as { id: number };
      this.#waiting.get(answer.id)?.(answer);
    });
    child.stdin?.on('error', () => undefined);
    child.on('exit', () => {
      for (const tell of this.#waiting.values()) tell({ error: 'the relay has ended' });
    });
  }

  /** `authority`: file in the container that is trusted besides the public ones. */
  static start(engine: Engine, container: string, authority: string): Relay {
    const args = ['exec', '-i', '-e', `NODE_EXTRA_CA_CERTS=${authority}`, container, 'node', '-e', script];
    return new Relay(spawn('docker', args, { env: engine.env, stdio: ['pipe', 'pipe', 'ignore'] }));
  }

  /** @throws Error when no answer comes */
  async request(request: RelayRequest): Promise<RelayAnswer> {
    this.#lastId += 1;
    const id = this.#lastId;
    const answered = Promise.withResolvers<Record<string, unknown>>();
    this.#waiting.set(id, answered.resolve);
    const timer = setTimeout(() => answered.resolve({ error: 'no answer in time' }), limitMs);
    try {
      this.#child.stdin?.write(`${JSON.stringify({ id, ...request })}\n`);
      const answer = await answered.promise;
      if (answer.error !== undefined) throw new Error(`${request.url}: ${String(answer.error)}`);
      return answer as unknown as RelayAnswer;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  /** @throws Error when the answer is not 2xx */
  async json<T>(request: RelayRequest): Promise<T> {
    const { status, body } = await this.request(request);
    if (status < 200 || status > 299)
      throw new Error(`${request.url} answered ${status}: ${body.slice(0, 300)}`);
    return JSON.parse(body) as T;
  }

  stop(): void {
    this.#child.stdin?.end();
    this.#child.kill();
  }
}
