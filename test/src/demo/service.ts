/** A service of the demo, seen through its HTTP interface. */
import { request } from 'undici';
import type { Child } from './processes.ts';

export interface Readiness {
  readonly ready: boolean;
  readonly active?: boolean;
  readonly dependencies: readonly { readonly name: string; readonly up: boolean; readonly detail: string }[];
}

export class Service {
  readonly name: string;
  readonly url: string;
  readonly logFile: string;
  readonly #token: string;

  private constructor(child: Child, port: number, token: string) {
    this.name = child.name;
    this.logFile = child.logFile;
    this.url = `http://127.0.0.1:${port}`;
    this.#token = token;
  }

  /** Resolves when the service listens; its log tells the port. */
  static async of(child: Child, token: string): Promise<Service> {
    return child.nextJson((line) => {
      const port = line['server.port'] ?? (line.server as { readonly port?: unknown } | undefined)?.port;
      return typeof port === 'number' ? new Service(child, port, token) : undefined;
    });
  }

  get #authorized(): { readonly authorization: string } {
    return { authorization: `Bearer ${this.#token}` };
  }

  async readiness(): Promise<Readiness> {
    // Why a dependency is away is told only with the token; 503 is an answer too.
    const { body } = await request(`${this.url}/health/ready`, { headers: this.#authorized });
    return (await body.json()) as Readiness;
  }

  async get<T>(path: string): Promise<T> {
    const { statusCode, body } = await request(`${this.url}${path}`, {
      headers: this.#authorized,
    });
    if (statusCode !== 200) throw new Error(`${this.name} answered ${statusCode} to ${path}`);
    return (await body.json()) as T;
  }

  /** Sum of a metric over its labels; 0 when it is not there. */
  async metric(name: string): Promise<number> {
    const text = await (await request(`${this.url}/metrics`)).body.text();
    let sum = 0;
    for (const line of text.split('\n')) {
      const found = /^([a-z_]+)(?:\{[^}]*\})? (\S+)/.exec(line);
      if (found?.[1] === name) sum += Number(found[2]);
    }
    return sum;
  }
}
