/** Calls the command `link` in this process. */
import { PassThrough } from 'node:stream';
import type { Into } from '../cli/replay.ts';
import { linkCli } from '../cli/run.ts';

export interface Called {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface CallOptions {
  /** Told what was written to standard error just now; may type lines. */
  readonly person?: (said: string, type: (line: string) => void) => void;
  /** The same, for who does not sit at a terminal. */
  readonly said?: (text: string) => void;
  readonly folder?: string;
  readonly signal?: AbortSignal;
  readonly into?: Into;
}

export async function callLink(args: readonly string[], o: CallOptions = {}): Promise<Called> {
  const out: string[] = [];
  let err = '';
  const stdin = new PassThrough();
  const stderr = new PassThrough();
  stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
    o.said?.(text);
    o.person?.(text, (line) => stdin.write(`${line}\n`));
  });
  const around = {
    stdin,
    stdout: { write: (text: string) => out.push(text) > 0 },
    stderr,
    interactive: o.person !== undefined,
    folder: o.folder ?? process.cwd(),
    signal: o.signal ?? new AbortController().signal,
  };
  const code = await linkCli(around, o.into).run(args);
  return { code, out: out.join(''), err };
}
