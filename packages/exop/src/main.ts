#!/usr/bin/env node
/** The command `exop`. */
import { exop } from './exop.ts';

const stop = new AbortController();
process.once('SIGINT', () => {
  // Every other command may be cut at any point: run again, it goes on with what is missing.
  if (!process.argv.includes('--follow')) process.exit(130);
  stop.abort();
  process.once('SIGINT', () => process.exit(130));
});

process.exitCode = await exop(process.argv.slice(2), {
  env: process.env,
  // pnpm changes to the root of the repository; the caller's paths are relative to where the caller stood.
  folder: process.env.INIT_CWD ?? process.cwd(),
  stdout: process.stdout,
  stderr: process.stderr,
  signal: stop.signal,
});
