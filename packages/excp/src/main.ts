/** `pnpm excp`: EXCP as a process, configured by the environment only; `pnpm excp dead-letters …`: asks a running one. */
import { runService } from '@exec/common/service';
import { deadLetters } from './cli/dead-letters.ts';
import { excpService } from './service.ts';

const [command, ...args] = process.argv.slice(2);
if (command === undefined) await runService(excpService);
else if (command === 'dead-letters') {
  process.exitCode = await deadLetters(args, {
    out: (line) => process.stdout.write(`${line}\n`),
    err: (line) => process.stderr.write(`${line}\n`),
    env: process.env,
  });
} else {
  process.stderr.write(`excp: unknown command "${command}"; there is "dead-letters"\n`);
  process.exitCode = 1;
}
