/** A service as a process of its own, which a test asks, pauses, stops or kills. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { nodeEnvironment } from './node-environment.ts';

/** What `/health/ready` answers. */
export interface Readiness {
  readonly ready: boolean;
  readonly active: boolean;
  readonly dependencies: readonly { readonly name: string; readonly up: boolean; readonly detail: string }[];
}

/** Between two questions, in milliseconds. */
const askAgainMs = 100;

export class ServiceProcess {
  readonly #child: ChildProcess;
  readonly url: string;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.url = `http://127.0.0.1:${port}`;
  }

  /**
   * Starts `main` with nothing but `env` and waits until it listens.
   * @throws Error when it ends before
   */
  static async start(main: string, env: NodeJS.ProcessEnv): Promise<ServiceProcess> {
    const child = spawn(process.execPath, [main], {
      // The line that tells the port is one of level info.
      env: { ...nodeEnvironment(), ...env, LOG_LEVEL: 'info' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout });
    const port = await new Promise<number>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`${main} ended with ${code}`)));
      lines.on('line', (line) => {
        const found = /"Listening on port (\d+)"/.exec(line)?.[1];
        if (found !== undefined) resolve(Number(found));
      });
    });
    return new ServiceProcess(child, port);
  }

  /** SIGSTOP: it stands still, as on a machine that is suspended or swaps. */
  pause(): void {
    this.#child.kill('SIGSTOP');
  }

  /** Harmless when it does not stand still. */
  resume(): void {
    this.#child.kill('SIGCONT');
  }

  /** Harmless when it has ended. */
  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill(signal);
    await gone;
  }

  async readiness(): Promise<Readiness> {
    const answer = await fetch(`${this.url}/health/ready`);
    return (await answer.json()) as Readiness;
  }

  /** Asks for its readiness until the answer fits; the limit of the test ends it. */
  async until(fits: (readiness: Readiness) => boolean): Promise<Readiness> {
    for (;;) {
      const readiness = await this.readiness();
      if (fits(readiness)) return readiness;
      await delay(askAgainMs);
    }
  }

  /** Value of a series, named with its labels; NaN when there is none. */
  async metric(series: string): Promise<number> {
    const answer = await fetch(`${this.url}/metrics`);
    const line = (await answer.text()).split('\n').find((one) => one.startsWith(`${series} `));
    return Number(line?.slice(series.length + 1) ?? Number.NaN);
  }
}

/** Waits until both are ready and one of them is active; answers them as such. */
export async function activeAndStandby<One extends Pick<ServiceProcess, 'readiness'>>(
  first: One,
  second: One,
): Promise<{ readonly active: One; readonly standby: One }> {
  for (;;) {
    const [one, other] = await Promise.all([first.readiness(), second.readiness()]);
    if (one.ready && other.ready && one.active !== other.active)
      return one.active ? { active: first, standby: second } : { active: second, standby: first };
    await delay(askAgainMs);
  }
}
