/** The parent's side of a guarded server: starts the guardian and passes requests to it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { nodeEnvironment } from '../processes/node-environment.ts';
import type { GuardAnswer, GuardedSpec, GuardRequest } from './guard-protocol.ts';
import type { OwnServer } from './started-server.ts';

type Done = Extract<GuardAnswer, { answer: 'done' }>;

interface Waiting {
  readonly resolve: (answer: Done) => void;
  readonly reject: (error: Error) => void;
}

export class GuardedServer {
  readonly #guardian: ChildProcess;
  readonly #waiting: Waiting[] = [];
  readonly #exited: Promise<void>;
  #serverPid: number | undefined;
  #folder = '';

  private constructor(guardian: ChildProcess) {
    this.#guardian = guardian;
    this.#exited = new Promise((resolve) => {
      guardian.once('exit', () => this.#ended(resolve));
      guardian.once('error', () => this.#ended(resolve));
    });
    if (guardian.stdout !== null) {
      createInterface({ input: guardian.stdout }).on('line', (line) =>
        this.#onAnswer(JSON.parse(line) as GuardAnswer),
      );
    }
    // Writing to a guardian that has gone is reported by its exit.
    guardian.stdin?.on('error', () => {});
  }

  /**
   * Prepares and starts the server.
   * @throws Error with the last output of the step or the server that failed; nothing is left behind then.
   */
  static async start(spec: GuardedSpec): Promise<GuardedServer> {
    const guardian = spawn(process.execPath, [fileURLToPath(new URL('./guardian.ts', import.meta.url))], {
      // Its own session: a Ctrl-C at the terminal or a signal to the parent's group must not end the guardian.
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
      env: nodeEnvironment(),
    });
    const server = new GuardedServer(guardian);
    try {
      server.#remember(await server.#ask(spec));
      return server;
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  /** Process number of the server while it runs, of its last run otherwise. */
  get serverPid(): number | undefined {
    return this.#serverPid;
  }

  /** The temporary folder that goes away with the server. */
  get folder(): string {
    return this.#folder;
  }

  /** The same server as the tests see it. */
  asOwnServer(url: string, how: string): OwnServer {
    const pid = (): number | undefined => this.serverPid;
    return {
      url,
      how,
      folder: this.folder,
      get pid() {
        return pid();
      },
      stop: () => this.close(),
      kill: () => this.kill(),
      restart: () => this.restart(),
    };
  }

  async kill(): Promise<void> {
    await this.#ask({ request: 'kill' });
  }

  async restart(): Promise<void> {
    await this.#ask({ request: 'stop' });
    this.#remember(await this.#ask({ request: 'start' }));
  }

  /** Ends the server, removes its folder, ends the guardian. */
  async close(): Promise<void> {
    this.#hold(true);
    this.#guardian.stdin?.end();
    await this.#exited;
  }

  #remember(answer: Done): void {
    this.#serverPid = answer.serverPid ?? this.#serverPid;
    this.#folder = answer.folder ?? this.#folder;
  }

  #ask(line: GuardedSpec | GuardRequest): Promise<Done> {
    return new Promise((resolve, reject) => {
      if (this.#guardian.exitCode !== null || this.#guardian.signalCode !== null) {
        reject(new Error('the guardian of the server has ended'));
        return;
      }
      this.#waiting.push({ resolve, reject });
      this.#hold(true);
      this.#guardian.stdin?.write(`${JSON.stringify(line)}\n`);
    });
  }

  #onAnswer(answer: GuardAnswer): void {
    const waiting = this.#waiting.shift();
    if (this.#waiting.length === 0) this.#hold(false);
    if (answer.answer === 'done') waiting?.resolve(answer);
    else waiting?.reject(new Error(answer.message));
  }

  #ended(resolve: () => void): void {
    for (const waiting of this.#waiting.splice(0))
      waiting.reject(new Error('the guardian of the server has ended'));
    resolve();
  }

  /** Only a request under way keeps the parent alive: a program that forgets to stop its server can still end. */
  #hold(held: boolean): void {
    const parts = [this.#guardian, this.#guardian.stdin, this.#guardian.stdout] as {
      ref?: () => void;
      unref?: () => void;
    }[];
    for (const part of parts) {
      if (held) part?.ref?.();
      else part?.unref?.();
    }
  }
}
