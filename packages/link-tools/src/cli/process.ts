/** The command `link` as a process: its streams, its signals, its exit code. */
import type { Into } from './replay.ts';
import { linkCli } from './run.ts';

export async function linkProcess(into?: Into): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      stop.abort(new Error(`stopped by ${signal}`));
      // A second one ends at once.
      process.once(signal, () => process.exit(130));
    });
  const cli = linkCli(
    {
      stdin: process.stdin,
      stdout: process.stdout,
      stderr: process.stderr,
      interactive: process.stdin.isTTY === true,
      // pnpm changes to the root of the repository; the caller's paths are relative to where the caller stood.
      folder: process.env.INIT_CWD ?? process.cwd(),
      signal: stop.signal,
    },
    into,
  );
  process.exitCode = await cli.run(process.argv.slice(2));
  // What was given up may still wait for a peer.
  if (stop.signal.aborted) process.exit();
}
