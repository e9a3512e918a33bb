/** What a run can be told on its command line. */
import { randomInt } from 'node:crypto';
import { Cli, InvalidArgumentError, integerWithin, numberWithin, Option } from '@exec/common/cli';
import { type RedisVersion, redisVersions } from '@exec/testing/servers';
import type { Fault } from './faults/fault.ts';
import { faults } from './faults/index.ts';

export interface ChaosOptions {
  readonly minutes: number;
  readonly seed: number;
  readonly only: readonly Fault[] | undefined;
  readonly keep: string | undefined;
  readonly found: boolean;
  readonly redis: RedisVersion | undefined;
}

interface Given {
  readonly minutes: number;
  readonly seed?: number;
  readonly only?: readonly Fault[];
  readonly keep?: string;
  readonly found?: boolean;
  readonly redis?: RedisVersion;
  readonly list?: boolean;
}

export function chaosCli(): Cli {
  const cli = new Cli({
    name: 'chaos',
    description: `Plays random faults on real processes (EXCS, two EXAS, two EXCP, PostgreSQL, Redis, a fake cloud, simulated
Engage servers, a proxy between every two parts) while calls go on, and judges the run from its history.

Exit code 0: nothing lost, nothing double, nothing wrong. 1: something was found; the history is kept and named.`,
    streams: process,
  });
  cli.program
    .option(
      '--minutes <n>',
      'how long faults are played; the run itself takes some two minutes more',
      numberWithin(0.01, 24 * 60),
      5,
    )
    .option(
      '--seed <n>',
      'plays the faults of that seed again (default: drawn and printed)',
      integerWithin(0, 2 ** 31 - 1),
    )
    .option('--only <names>', 'plays only these faults, in a comma list, each once and in this order', named)
    .addOption(
      new Option('--redis <version>', "in place of the machine's own; its clock is left alone then").choices(
        redisVersions,
      ),
    )
    .option('--keep <folder>', 'keeps history and logs there in any case')
    .option('--found', 'plays the runs again that found something once (seeds.ts)')
    .option('--list', 'names every fault');
  return cli;
}

/** The options, or the exit code of a command line that asks for no run. */
export async function readOptions(
  args: readonly string[],
): Promise<{ readonly options: ChaosOptions } | { readonly code: number }> {
  const read = await chaosCli().read<Given>(args);
  if ('code' in read) return read;
  const { list, minutes, seed = randomInt(2 ** 31), only, keep, found = false, redis } = read.options;
  if (list === true) {
    process.stdout.write(
      `${faults.map(({ name, happens }) => `${name.padEnd(40)} ${happens}`).join('\n')}\n`,
    );
    return { code: 0 };
  }
  return { options: { minutes, seed, only, keep, found, redis } };
}

function named(text: string): readonly Fault[] {
  return text.split(',').map((name) => {
    const fault = faults.find((one) => one.name === name);
    if (fault === undefined)
      throw new InvalidArgumentError(`There is no fault "${name}"; --list names them.`);
    return fault;
  });
}
