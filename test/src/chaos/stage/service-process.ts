/** One service as a process of its own: started, killed, paused, restarted with another environment, asked how it is. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { nodeEnvironment } from '@exec/testing/processes';
import { request } from 'undici';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const endWithParent = new URL('../../demo/end-with-parent.ts', import.meta.url).href;

/** Of Node, as in its image: what memory it takes hangs on them. */
const flags = {
  excs: ['--max-semi-space-size=8'],
  exas: ['--max-semi-space-size=4', '--optimize-for-size'],
  excp: ['--max-semi-space-size=8', '--max-old-space-size=320'],
} as const;

/** A service ends in an orderly way within 10 s; what takes much longer has failed to. */
const patienceMs = 20_000;
const answerMs = 5000;

export interface ServiceOptions {
  readonly name: string;
  readonly service: 'excs' | 'exas' | 'excp';
  readonly port: number;
  readonly logFile: string;
  readonly env: Readonly<Record<string, string>>;
  readonly on: (event: 'started' | 'ended', wanted: boolean, how?: string) => void;
}

export interface Readiness {
  readonly ready: boolean;
  readonly active?: boolean;
  readonly problems: readonly string[];
}

export class ServiceProcess {
  readonly name: string;
  readonly #o: ServiceOptions;
  #child: ChildProcess | undefined;
  /** Set before the process is told to end: who ends without it has failed. */
  #wanted = false;

  constructor(o: ServiceOptions) {
    this.name = o.name;
    this.#o = o;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Resolves when the process runs, not when it is ready. `output`: where its log goes, in place of the log file. */
  async start(
    o: { readonly env?: Readonly<Record<string, string>>; readonly output?: string } = {},
  ): Promise<void> {
    const output = openSync(o.output ?? this.#o.logFile, 'a');
    const main = `packages/${this.#o.service}/src/main.ts`;
    const child = spawn(process.execPath, [...flags[this.#o.service], '--import', endWithParent, main], {
      cwd: root,
      env: { ...nodeEnvironment(), MALLOC_ARENA_MAX: '2', ...this.#o.env, ...o.env },
      stdio: ['pipe', output, output],
    });
    closeSync(output);
    child.stdin?.on('error', () => undefined);
    this.#child = child;
    this.#wanted = false;
    child.once('exit', (code, signal) => {
      if (this.#child === child) this.#child = undefined;
      this.#o.on('ended', this.#wanted, signal === null ? `exit ${code}` : `signal ${signal}`);
    });
    await once(child, 'spawn');
    this.#o.on('started', true);
  }

  /** SIGKILL: no farewell. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** SIGTERM; a process that does not heed it is noted and killed. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /**
   * SIGSTOP until the answered function is called. A shell of its own holds the pause: when this process dies, the shell
   * learns it from its standard input and lets the service go on, so that no stopped process is left behind.
   */
  async pause(): Promise<() => Promise<void>> {
    const { pid } = this;
    return pid === undefined ? async () => undefined : await pauseProcess(pid);
  }

  /** @throws Error when the service does not answer. */
  async readiness(): Promise<Readiness> {
    const { statusCode, body } = await request(`http://127.0.0.1:${this.#o.port}/health/ready`, {
      headers: { authorization: `Bearer ${this.#o.env.API_TOKEN}` },
      signal: AbortSignal.timeout(answerMs),
    });
    const health = (await body.json()) as {
      readonly active?: boolean;
      readonly dependencies: readonly {
        readonly name: string;
        readonly up: boolean;
        readonly detail?: string;
      }[];
    };
    return {
      ready: statusCode === 200,
      ...(health.active === undefined ? {} : { active: health.active }),
      problems: health.dependencies
        .filter(({ up }) => !up)
        .map(({ name, detail = '' }) => `${name}: ${detail}`),
    };
  }

  /**
   * A figure of the service without labels.
   * @throws Error when the service does not answer, or has none of that name.
   */
  async metric(name: string): Promise<number> {
    const [value] = await this.metrics(name);
    return value as number;
  }

  /** Some figures of the service without labels, in the order asked for, all of the same moment; as {@link metric}. */
  async metrics(...names: readonly string[]): Promise<number[]> {
    const { body } = await request(`http://127.0.0.1:${this.#o.port}/metrics`, {
      headers: { authorization: `Bearer ${this.#o.env.API_TOKEN}` },
      signal: AbortSignal.timeout(answerMs),
    });
    const text = await body.text();
    return names.map((name) => {
      const value = new RegExp(`^${name}(?:{[^}]*})? (\\S+)$`, 'm').exec(text)?.[1];
      if (value === undefined) throw new Error(`${this.name} has no figure ${name}`);
      return Number(value);
    });
  }

  /**
   * Its REST interface, as an operator uses it: GET, or POST of a body (JSON text).
   * @throws Error when the service does not answer, or refuses.
   */
  async api(path: string, body?: string): Promise<unknown> {
    const answer = await request(`http://127.0.0.1:${this.#o.port}/api/v1/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${this.#o.env.API_TOKEN}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body ?? null,
      signal: AbortSignal.timeout(answerMs),
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${this.name} answers ${answer.statusCode}: ${text}`);
    return JSON.parse(text);
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#wanted = true;
    const exit = once(child, 'exit');
    child.kill(signal);
    const timer = setTimeout(() => {
      this.#o.on('ended', true, 'too late');
      child.kill('SIGKILL');
    }, patienceMs);
    await exit;
    clearTimeout(timer);
  }
}

/** The parent first, so that it starts no more; who has ended meanwhile needs nothing. */
const pauseScript = `
kill -STOP "$1" && all="$1 $(cat /proc/$1/task/$1/children)"
kill -STOP $all 2>/dev/null
echo
read _
kill -CONT $all 2>/dev/null
`;

/** SIGSTOP for any process and those that it has started; the answered function lets them go on. */
export async function pauseProcess(pid: number): Promise<() => Promise<void>> {
  const holder = spawn('/bin/sh', ['-c', pauseScript, 'pause', String(pid)], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  holder.stdin.on('error', () => undefined);
  await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit')]);
  return async () => {
    if (holder.exitCode !== null) return;
    const exit = once(holder, 'exit');
    holder.stdin.end();
    await exit;
  };
}
