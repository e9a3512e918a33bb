/** The commands that look at what is deployed: status, logs. */
import { type Cli, type Command, integerWithin } from '@exec/common/cli';
import { statusText } from '../report/texts.ts';
import { logs, status } from '../steps/watch.ts';
import { type Surroundings, task } from './task.ts';

export function addObservation(cli: Cli, around: Surroundings): void {
  const watching = cli.program
    .command('status')
    .description('show what runs on each VM, and whether it is ready');
  cli.action(watching, (_: object, command: Command) =>
    task(command, around, async ({ deployment, report, print }) => {
      const rows = await status(deployment);
      report.instances = rows;
      print(statusText(rows));
      return rows.every(({ ready }) => ready);
    }),
  );
  const reading = cli.program
    .command('logs')
    .description('print the log lines of the services')
    .argument('[service]', 'excs, exas, excp, bridge, or an instance such as excp-2; default all')
    .option('--tail <n>', 'how many lines of each instance', integerWithin(0, 1_000_000), 100)
    .option('--follow', 'go on with new lines until Ctrl-C')
    .addHelpText(
      'after',
      '\nWith --json every line on standard output is one JSON object: {"instance":…, "line":…}; the last one tells how it ended.\n',
    );
  cli.action(
    reading,
    (
      which: string | undefined,
      options: { readonly tail: number; readonly follow?: boolean },
      command: Command,
    ) =>
      task(command, around, async (work) => {
        const { unreached } = await logs(work.deployment, {
          which,
          tail: options.tail,
          follow: options.follow ?? false,
          signal: around.signal,
          onLine: (instance, line) => {
            if (!work.json) work.print(`${instance} | ${line}`);
            else
              around.stdout.write(
                `${work.redactor.clean(JSON.stringify({ instance, line: parsed(line) }))}\n`,
              );
          },
          onUnreached: ({ instance, problem }) =>
            around.stderr.write(`${instance} cannot be reached: ${work.redactor.clean(problem)}\n`),
        });
        work.report.unreached = unreached;
        return unreached.length === 0;
      }),
  );
}

/** A line of a service is JSON; what a bridge or Node itself writes may not be. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
}
