/** `pnpm excp`: EXCP as a process, configured by the environment only; with a command: asks a running one. */
import { excpCli } from './cli/excp-cli.ts';

const cli = excpCli({ env: process.env, streams: process });
process.exitCode = await cli.run(process.argv.slice(2));
