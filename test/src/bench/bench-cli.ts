/** The command line of the benchmarks. */
import { Cli, integerWithin } from '@exec/common/cli';

export interface BenchOptions {
  readonly short?: boolean;
  readonly page?: boolean;
  readonly compare?: boolean;
  readonly rounds?: number;
}

export function benchCli(): Cli {
  const cli = new Cli({
    name: 'bench',
    description: `Runs the benchmarks one after another: JSON lines on standard output, a table at the end.

Exit code 1: a gate was missed, a benchmark did not finish, or with --compare a figure has become worse.`,
    streams: process,
  });
  cli.program
    .argument('[name...]', 'those whose names begin so; default all')
    .option('--short', 'fewer rounds, for a look at whether they run')
    .option('--page', 'keeps the results in the repository and writes the page on performance')
    .option(
      '--compare',
      'says which figures have become worse since the results of that page, and not by chance',
    )
    .option(
      '--rounds <n>',
      'how often each is run, all of them in each round (default: 1, with --page or --compare 7)',
      integerWithin(1, 100),
    );
  return cli;
}
