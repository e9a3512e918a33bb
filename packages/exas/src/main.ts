/** `pnpm exas`: EXAS as a process, configured by the environment only. */
import { exasCli } from './exas-cli.ts';

process.exitCode = await exasCli(process).run(process.argv.slice(2));
