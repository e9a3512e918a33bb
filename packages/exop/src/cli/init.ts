/** The command that begins a deployment: it writes a commented `.env` and the sample files. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Cli, type Command, exitCodes } from '@exec/common/cli';
import { ExecError, errorCodes } from '@exec/common/errors';
import { serviceVersion } from '@exec/common/service-version';
import { answersOf } from '../init/questions.ts';
import { type Answers, filledIn } from '../init/template.ts';
import { shippedFiles, type Written, writeFiles } from '../init/write-files.ts';
import type { CommonOptions, Surroundings } from './task.ts';

export function addInit(cli: Cli, around: Surroundings): void {
  const beginning = cli.program
    .command('init')
    .description('write a commented .env and sample files; what is there stays')
    .addHelpText(
      'after',
      '\nAt a terminal it asks for what differs at every site; elsewhere the file has examples.\n',
    );
  cli.action(beginning, async (_: object, command: Command) => {
    const { env, json = false } = command.optsWithGlobals<CommonOptions>();
    const envFile = resolve(around.folder, env);
    try {
      const shipped = shippedFiles();
      const template = readFileSync(join(shipped, 'example.env'), 'utf8');
      const answers = around.ask === undefined ? new Map() : await answersOf(template, around.ask);
      const version: Answers = new Map([...answers, ['VERSION', serviceVersion]]);
      const result = writeFiles(around.folder, shipped, envFile, filledIn(template, version));
      (json ? around.stderr : around.stdout).write(`${textOf(result, env)}\n`);
      if (json) around.stdout.write(`${JSON.stringify({ ok: true, command: 'init', ...result })}\n`);
      return exitCodes.ok;
    } catch (error) {
      if (!(error instanceof ExecError)) throw error;
      const { remedy } = errorCodes[error.code];
      around.stderr.write(`${error.message}\nWhat to do: ${remedy}\n`);
      if (json)
        around.stdout.write(
          `${JSON.stringify({ ok: false, command: 'init', error: { code: error.code, message: error.message, remedy } })}\n`,
        );
      return exitCodes.fault;
    }
  });
}

function textOf({ written, kept }: Written, env: string): string {
  return [
    ...written.map((name) => `written  ${name}`),
    ...kept.map((name) => `kept     ${name}, which was there already`),
    'Next:',
    `  fill in ${env}; every line is explained there`,
    `  exop check --env ${env}`,
  ].join('\n');
}
