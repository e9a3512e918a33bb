/** What a soak can be told on its command line. */
import { Cli, integerWithin, numberWithin } from '@exec/common/cli';

export interface SoakOptions {
  readonly minutes: number;
  readonly rest: number;
  readonly calls: number;
  readonly changes: number;
  readonly grace: number;
  readonly keep?: string;
  readonly page?: boolean;
}

export function soakCli(): Cli {
  const cli = new Cli({
    name: 'soak',
    description: `Lets EXCS, two EXAS and two EXCP work for long as real processes, restarts each part every ten minutes, leaves them
alone at the end, and says whether memory, handles, Redis or what waits in it grow.

Exit code 0: nothing grows, nothing is lost. 1: something is not so. A run below half an hour is too short to say what grows.`,
    streams: process,
  });
  cli.program
    .option(
      '--minutes <n>',
      'how long it works while each part is restarted every ten minutes',
      numberWithin(1, 7 * 24 * 60),
      60,
    )
    .option(
      '--rest <n>',
      'how many minutes it works on after that without restarts: memory is judged then',
      numberWithin(0, 7 * 24 * 60),
      45,
    )
    .option('--calls <n>', 'calls a second', numberWithin(0.1, 200), 40)
    .option('--changes <n>', 'state changes a second', numberWithin(0.1, 200), 10)
    .option(
      '--grace <n>',
      'DISPOSITION_GRACE_SECONDS of EXCP: for so long ended conversations are kept',
      integerWithin(1, 86_400),
      300,
    )
    .option('--keep <folder>', 'keeps the result and the logs there')
    .option('--page', 'keeps the result in the repository, for the page on performance');
  return cli;
}
