/** Carries out a command of EXCP that asks a running instance; lines of standard error begin with "! ". */
import type { RunningService } from '@exec/common/service';
import { excpCli } from '../cli/excp-cli.ts';
import { operatorToken } from './stand.ts';

export async function command(instance: Pick<RunningService, 'port'>, ...args: readonly string[]) {
  const lines: string[] = [];
  const stream = (mark: string) => ({
    write: (text: string) => {
      for (const line of text.trimEnd().split('\n')) lines.push(`${mark}${line}`);
    },
  });
  const code = await excpCli({
    env: { HTTP_PORT: String(instance.port), API_TOKEN: operatorToken },
    streams: { stdout: stream(''), stderr: stream('! ') },
  }).run(args);
  return { code, lines };
}
