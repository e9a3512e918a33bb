/** What the demo can be given on its command line. */
import { Cli, integerWithin } from '@exec/common/cli';

export interface DemoOptions {
  readonly agents: number;
  readonly calls: number;
  readonly budget: number;
  readonly seed: number;
  readonly json?: boolean;
  readonly watch?: boolean;
  readonly bridge?: boolean;
}

export function demoCli(): Cli {
  const cli = new Cli({
    name: 'demo',
    description:
      'Plays the day of a simulated contact centre before the real services, and compares what a fake cloud accepted with what the day contained.',
    streams: process,
  });
  cli.program
    .option('--agents <n>', 'agents in the contact centre', integerWithin(20, 20_000), 60)
    .option('--calls <n>', 'calls of the day that is played', integerWithin(0, 100_000), 90)
    .option(
      '--budget <n>',
      'requests per minute and token, of the fake cloud and of the services; a real organisation allows 300, and a first sync then takes its time',
      integerWithin(60, 1_000_000),
      6000,
    )
    .option('--seed <n>', 'another contact centre, another day', integerWithin(0, 2 ** 31 - 1), 1)
    .option(
      '--bridge',
      'EXAS and EXCP reach their servers through bridges, built here on a double of the SDK (needs JDK 17 and Maven)',
    )
    .option('--watch', 'keep everything running after the comparison, until Ctrl-C')
    .option('--json', 'the last line of standard output is one JSON object with the figures');
  return cli;
}
