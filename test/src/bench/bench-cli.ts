/** The command line of the benchmarks. */
import { Cli } from '@exec/common/cli';

export function benchCli(): Cli {
  const cli = new Cli({
    name: 'bench',
    description: 'Runs the benchmarks one after another: JSON lines on standard output, a table at the end.',
    streams: process,
  });
  cli.program
    .argument('[name...]', 'those whose names begin so; default all')
    .option('--short', 'fewer rounds, for a look at whether they run');
  return cli;
}
