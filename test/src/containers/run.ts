/** Runs programs and tells what they said when they fail. */
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Given to standard input. */
  readonly input?: Readable;
  /** Milliseconds after which the program is killed; default 5 minutes. */
  readonly limitMs?: number;
}

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const keep = 20_000_000;

export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      timeout: options.limitMs ?? 300_000,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout = `${stdout}${chunk.toString()}`.slice(-keep);
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr = `${stderr}${chunk.toString()}`.slice(-keep);
    });
    child.on('error', (error) => resolve({ code: null, stdout, stderr: `${program}: ${error.message}` }));
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    if (options.input !== undefined && child.stdin !== null) {
      // A program that ends early is told by its exit code.
      child.stdin.on('error', () => undefined);
      options.input.pipe(child.stdin);
    }
  });
}

/** Answers standard output without the final newline. @throws Error with what the program wrote */
export async function need(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await run(program, args, options);
  if (code === 0) return stdout.trimEnd();
  const said = `${stdout.slice(-4000)}\n${stderr.slice(-4000)}`.trim();
  throw new Error(`${program} ${args.slice(0, 4).join(' ')} ended with ${code}: ${said}`);
}
