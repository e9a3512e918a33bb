#!/usr/bin/env node
/** The command `exop`. */
import { createInterface } from 'node:readline/promises';
import { exopCli } from './cli/exop-cli.ts';

const stop = new AbortController();
process.once('SIGINT', () => {
  // Every other command may be cut at any point: run again, it goes on with what is missing.
  if (!process.argv.includes('--follow')) process.exit(130);
  stop.abort();
  process.once('SIGINT', () => process.exit(130));
});

const isTerminal = process.stdin.isTTY === true && process.stderr.isTTY === true;

async function ask(question: string): Promise<string> {
  const line = createInterface({ input: process.stdin, output: process.stderr });
  line.once('SIGINT', () => process.exit(130));
  try {
    return await line.question(question);
  } finally {
    line.close();
  }
}

const cli = exopCli({
  env: process.env,
  // pnpm changes to the root of the repository; the caller's paths are relative to where the caller stood.
  folder: process.env.INIT_CWD ?? process.cwd(),
  stdout: process.stdout,
  stderr: process.stderr,
  signal: stop.signal,
  ask: isTerminal ? ask : undefined,
});
process.exitCode = await cli.run(process.argv.slice(2));
