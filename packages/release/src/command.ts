/** Runs a program and answers what it wrote; standard error goes to the person who waits. */
import { type SpawnOptions, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

export interface CommandOptions extends Pick<SpawnOptions, 'cwd'> {
  /** Given to standard input. */
  readonly input?: Readable;
  /** Standard error is kept for the message of the failure instead of being shown. */
  readonly quiet?: boolean;
}

/** @throws Error with the program, its arguments and how it ended */
export async function command(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const child = spawn(program, args, {
    cwd: options.cwd,
    stdio: [
      options.input === undefined ? 'ignore' : 'pipe',
      'pipe',
      options.quiet === true ? 'pipe' : 'inherit',
    ],
  });
  const out: Buffer[] = [];
  const complaint: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => complaint.push(chunk));
  child.stdin?.on('error', () => undefined);
  if (child.stdin !== null) options.input?.pipe(child.stdin);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code === 0) return Buffer.concat(out).toString('utf8').trimEnd();
  const said = Buffer.concat(complaint).toString('utf8').trim();
  throw new Error(
    `${program} ${args.slice(0, 3).join(' ')} ended with ${code}${said === '' ? '' : `: ${said}`}`,
  );
}
