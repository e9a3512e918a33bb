/** EXCP as processes of their own, to be killed without a word. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { nodeEnvironment } from '@exec/testing/processes';

const sources = fileURLToPath(new URL('../main.ts', import.meta.url));

export class ExcpProcess {
  readonly #child: ChildProcess;
  readonly #output: string[] = [];

  /** `flags`: of Node. `main`: the file that it starts, by default that of the sources. */
  constructor(env: Readonly<Record<string, string>>, flags: readonly string[] = [], main = sources) {
    this.#child = spawn(process.execPath, [...flags, main], {
      env: { ...nodeEnvironment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output.push(text);
        if (this.#output.length > 2_000) this.#output.splice(0, 1_000);
      });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get output(): string {
    return this.#output.join('');
  }

  /** Port of its REST, once it listens. */
  async port(): Promise<number> {
    for (;;) {
      const found = /Listening on port (\d+)/.exec(this.output);
      if (found !== null) return Number(found[1]);
      if (this.#child.exitCode !== null || this.#child.stdout === null)
        throw new Error(`EXCP ended: ${this.output.slice(-2_000)}`);
      await once(this.#child.stdout, 'data');
    }
  }

  /** Ends it without a word. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Asks it to stop; answers its exit code. */
  async stop(): Promise<number | null> {
    await this.#end('SIGTERM');
    return this.#child.exitCode;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill(signal);
    await gone;
  }
}
