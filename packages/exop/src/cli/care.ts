/** The commands for a service that does not do well: restart, support-bundle. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Cli, type Command, InvalidArgumentError, integerWithin } from '@exec/common/cli';
import { archiveOf } from '../report/bundle.ts';
import { restart } from '../steps/restart.ts';
import { support } from '../steps/support.ts';
import { instancesNamed } from '../steps/watch.ts';
import { confirm, type YesOption, yesFlag } from './confirm.ts';
import { type Surroundings, task } from './task.ts';

export function addCare(cli: Cli, around: Surroundings): void {
  const restarting = cli.program
    .command('restart')
    .description('restart a service, one instance after another, each when the one before is ready')
    .argument('<service>', 'excs, exas, excp, bridge, or an instance such as excp-2')
    .option(...yesFlag);
  cli.action(restarting, (which: string, options: YesOption, command: Command) =>
    task(command, around, async ({ deployment, tell, report, print }) => {
      const chosen = instancesNamed(deployment, which);
      const names = chosen.map(({ name }) => name).join(', ');
      await confirm(around, options, `Restart ${names}?`);
      const outcome = await restart(deployment, chosen, tell);
      Object.assign(report, outcome);
      for (const { instance, ready, detail } of outcome.restarted)
        print(`${instance}: ${ready ? 'ready' : `not ready: ${detail}`}`);
      for (const instance of outcome.left) print(`${instance}: left as it is`);
      for (const { instance, problem } of outcome.unreached) print(`Not reached: ${instance}: ${problem}`);
      return (
        outcome.unreached.length === 0 &&
        outcome.left.length === 0 &&
        outcome.restarted.every(({ ready }) => ready)
      );
    }),
  );
  const bundling = cli.program
    .command('support-bundle')
    .description(
      'gather state, metrics, settings and logs of every VM in one file, without secrets, numbers and addresses',
    )
    .option('--out <file>', 'the file, which must not exist yet (default support-<time>.tgz)')
    .option('--tail <n>', 'log lines of each instance', integerWithin(0, 100_000), 2_000);
  cli.action(bundling, ({ out, tail }: { readonly out?: string; readonly tail: number }, command: Command) =>
    task(command, around, async (work) => {
      const stamp = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
      const path = resolve(around.folder, out ?? `support-${stamp}.tgz`);
      const { files, unreached } = await support(work.deployment, work.kept, { tail, tell: work.tell });
      write(path, archiveOf(files, work));
      Object.assign(work.report, { file: path, files: files.map((file) => file.path), unreached });
      work.print(`${path}: ${files.length} files. Look through it before you send it in.`);
      for (const { instance, problem } of unreached) work.print(`Not reached: ${instance}: ${problem}`);
      return unreached.length === 0;
    }),
  );
}

function write(path: string, content: Buffer): void {
  try {
    writeFileSync(path, content, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new InvalidArgumentError(
      code === 'EEXIST' ? `${path} exists` : `${path} cannot be written (${code})`,
    );
  }
}
