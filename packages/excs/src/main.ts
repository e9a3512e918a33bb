/** Entry point of EXCS: the service, or with the argument `plan` a dry run. */
import './heap.ts';
import { runService } from '@exec/common/service';
import { runPlanCommand } from './plan-command.ts';
import { excsService } from './service.ts';

const [command, ...rest] = process.argv.slice(2);
if (command === 'plan') process.exitCode = await runPlanCommand(rest, process.env);
else if (command === undefined) await runService(excsService());
else {
  process.stderr.write(`Unknown command "${command}". Use: excs, or excs plan [--json]\n`);
  process.exitCode = 78;
}
