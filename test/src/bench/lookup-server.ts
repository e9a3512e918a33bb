/** Runs the server of look-ups (`packages/excs/src/testing/lookup-server.ts`) and asks for the processor time it uses. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';

const program = fileURLToPath(
  new URL('../../../packages/excs/src/testing/lookup-server.ts', import.meta.url),
);
/** Below the number of requests that the service works on at once. */
const atOnce = 12;

export class LookupServer {
  readonly #child: ChildProcess;
  readonly #lines: Interface;
  readonly #pool: Pool;

  private constructor(child: ChildProcess, lines: Interface, port: number) {
    this.#child = child;
    this.#lines = lines;
    this.#pool = new Pool(`http://127.0.0.1:${port}`, { connections: atOnce });
  }

  /** With so many agents in its ID map. */
  static async start(agents: number): Promise<LookupServer> {
    const child = spawn(process.execPath, ['--max-semi-space-size=8', program, String(agents)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    process.once('exit', () => child.kill('SIGKILL'));
    const lines = createInterface({ input: child.stdout });
    const [line] = (await once(lines, 'line')) as [string];
    return new LookupServer(child, lines, (JSON.parse(line) as { readonly subject: number }).subject);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Milliseconds of processor time that the server uses for something. */
  async cpuOf(does: () => Promise<void>): Promise<number> {
    const before = await this.#cpu();
    await does();
    return ((await this.#cpu()) - before) / 1000;
  }

  async get(paths: readonly string[]): Promise<void> {
    let next = 0;
    const worker = async () => {
      for (let path = paths[next++]; path !== undefined; path = paths[next++]) await this.#ask('GET', path);
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  }

  async resolve(keys: readonly object[], times: number): Promise<void> {
    const body = JSON.stringify({ keys });
    for (let count = 0; count < times; count++) await this.#ask('POST', '/api/v1/mappings/resolve', body);
  }

  async close(): Promise<void> {
    await this.#pool.close();
    const ended = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await ended;
  }

  async #ask(method: 'GET' | 'POST', path: string, text?: string): Promise<void> {
    const { statusCode, body } = await this.#pool.request({
      ...{ method, path },
      ...(text === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: text }),
    });
    await body.dump();
    if (statusCode !== 200) throw new Error(`${path} was answered with ${statusCode}`);
  }

  /** Microseconds until now. */
  async #cpu(): Promise<number> {
    const line = once(this.#lines, 'line');
    this.#child.stdin?.write('\n');
    const [text] = (await line) as [string];
    return Number(text);
  }
}
