/** A container engine for the tests: one that answers already, else one of our own for the time of the run. */
import { randomBytes } from 'node:crypto';
import type { Compose } from './compose-tools.ts';
import { NoEngineError } from './no-engine-error.ts';
import { startOwnEngine } from './own-engine.ts';
import { need, type Ran, type RunOptions, run } from './run.ts';

export class Engine {
  /** With the address of the engine. */
  readonly env: NodeJS.ProcessEnv;
  /** For the person who runs the tests. */
  readonly how: string;
  /** Ours: images cannot be pulled, and everything is thrown away at the end. */
  readonly isOwn: boolean;
  readonly #stop: () => Promise<void>;

  constructor(o: {
    readonly env: NodeJS.ProcessEnv;
    readonly how: string;
    readonly isOwn: boolean;
    readonly stop: () => Promise<void>;
  }) {
    this.env = o.env;
    this.how = o.how;
    this.isOwn = o.isOwn;
    this.#stop = o.stop;
  }

  docker(args: readonly string[], options: RunOptions = {}): Promise<string> {
    return need('docker', args, { ...options, env: { ...this.env, ...options.env } });
  }

  tryDocker(args: readonly string[]): Promise<Ran> {
    return run('docker', args, { env: this.env });
  }

  compose(tool: Compose, args: readonly string[], options: RunOptions = {}): Promise<string> {
    const [program, ...first] = tool.command;
    return need(program, [...first, ...args], { ...options, env: { ...this.env, ...options.env } });
  }

  stop(): Promise<void> {
    return this.#stop();
  }
}

/** @throws NoEngineError with what is missing and what helps */
export async function findEngine(): Promise<Engine> {
  const given = await run('docker', ['version', '--format', '{{.Server.Version}}'], { limitMs: 20_000 });
  if (given.code === 0 && process.env.CONTAINERS_ENGINE !== 'own')
    return new Engine({
      env: process.env,
      how: `engine ${given.stdout.trim()} that answers here`,
      isOwn: false,
      stop: async () => {},
    });
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    throw new NoEngineError(
      'no container engine answers, and only root on Linux can start one for the time of the run',
    );
  const name = `exec-containers-${randomBytes(4).toString('hex')}`;
  const own = await startOwnEngine(name);
  const env = { ...process.env, DOCKER_HOST: own.host };
  const version = await need('docker', ['version', '--format', '{{.Server.Version}}'], { env });
  return new Engine({
    env,
    how: `engine ${version} of this machine, started for this run`,
    isOwn: true,
    stop: own.stop,
  });
}
