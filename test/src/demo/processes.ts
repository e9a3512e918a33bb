/** The processes of the demo: started with their logs in files, watched, and ended together. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { nodeEnvironment } from '@exec/testing/processes';

const endWithParent = new URL('./end-with-parent.ts', import.meta.url).href;
const root = fileURLToPath(new URL('../../../', import.meta.url));
/** A service ends in an orderly way within 10 s; after that it is killed. */
const patienceMs = 15_000;

export interface StartOptions {
  /** Path of the program below the repository. */
  readonly script: string;
  readonly args?: readonly string[];
  /** Besides what Node needs; nothing else of the caller's environment is handed on. */
  readonly env?: Readonly<Record<string, string>>;
}

export class Processes {
  readonly #logFolder: string;
  readonly #running = new Map<string, Child>();
  readonly #onUnexpectedEnd: (name: string, how: string) => void;
  #ending = false;

  constructor(logFolder: string, onUnexpectedEnd: (name: string, how: string) => void) {
    this.#logFolder = logFolder;
    this.#onUnexpectedEnd = onUnexpectedEnd;
  }

  start(name: string, options: StartOptions): Child {
    const file = join(this.#logFolder, `${name}.log`);
    const process_ = spawn(
      process.execPath,
      ['--import', endWithParent, join(root, options.script), ...(options.args ?? [])],
      { cwd: root, env: { ...nodeEnvironment(), ...options.env }, stdio: ['pipe', 'pipe', 'pipe'] },
    );
    const child = new Child(name, process_, file);
    this.#running.set(name, child);
    void child.ended.then((how) => {
      this.#running.delete(name);
      if (!this.#ending) this.#onUnexpectedEnd(name, how);
    });
    return child;
  }

  /** Ends all of them: first the services, so that they can hand over, then what they depend on. */
  async end(): Promise<void> {
    this.#ending = true;
    await Promise.all([...this.#running.values()].reverse().map((child) => child.end()));
  }
}

export class Child {
  readonly name: string;
  readonly logFile: string;
  /** Resolves with words about how it ended. */
  readonly ended: Promise<string>;
  readonly lines: Interface;
  readonly #process: ChildProcess;

  constructor(name: string, child: ChildProcess, logFile: string) {
    this.name = name;
    this.logFile = logFile;
    this.#process = child;
    const { stdout, stderr, stdin } = child;
    if (stdout === null || stderr === null || stdin === null) throw new Error('the process has no pipes');
    const log = createWriteStream(logFile);
    this.lines = createInterface({ input: stdout });
    this.lines.on('line', (line) => log.write(`${line}\n`));
    stderr.on('data', (chunk: Buffer) => log.write(chunk));
    // Writing to a process that has gone is told by its end.
    stdin.on('error', () => {});
    this.ended = Promise.race([
      once(child, 'exit').then(([code, signal]) => (signal === null ? `exit ${code}` : `signal ${signal}`)),
      once(child, 'error').then(([error]) => (error as Error).message),
    ]).finally(() => log.end());
  }

  /** The first line of output that is a JSON object accepted by `isWanted`. */
  async nextJson<T>(isWanted: (value: Record<string, unknown>) => T | undefined): Promise<T> {
    const found = new Promise<T>((resolve) => {
      const look = (line: string) => {
        const wanted = isWanted(parse(line));
        if (wanted === undefined) return;
        this.lines.off('line', look);
        resolve(wanted);
      };
      this.lines.on('line', look);
    });
    const gone = this.ended.then((how) => {
      throw new Error(`${this.name} ended (${how}); its log is ${this.logFile}`);
    });
    return Promise.race([found, gone]);
  }

  send(message: object): void {
    this.#process.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  async end(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.kill('SIGTERM');
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), patienceMs);
    await this.ended;
    clearTimeout(timer);
  }
}

function parse(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
