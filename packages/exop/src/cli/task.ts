/** What every command of EXOP has in common: it reads the `.env`, does its work, prints a report, answers the exit code. */
import { resolve } from 'node:path';
import { type Command, exitCodes, InvalidArgumentError, type Streams } from '@exec/common/cli';
import { ConfigurationError } from '@exec/common/config';
import { ExecError, errorCodes } from '@exec/common/errors';
import { type Deployment, readDeployment } from '../config/deployment.ts';
import { type KeptSecrets, keepState, readState, type State } from '../config/state-file.ts';
import { type Progress, progressOn } from '../report/progress.ts';
import { Redactor } from '../report/redactor.ts';

export interface Surroundings extends Streams {
  readonly env: NodeJS.ProcessEnv;
  /** Folder to which the paths of the command line are relative. */
  readonly folder: string;
  /** Ends `logs --follow`. */
  readonly signal: AbortSignal;
  /** Asks the person at the terminal; undefined where nobody sits. */
  readonly ask?: ((question: string) => Promise<string>) | undefined;
}

/** Options that every command has. */
export interface CommonOptions {
  readonly env: string;
  readonly json?: boolean;
}

export interface Work {
  readonly deployment: Deployment;
  /** What is kept beside the `.env`, or made for this run. */
  readonly kept: KeptSecrets;
  /** Keeps it: where something is deployed. A run that only looks writes nothing. */
  readonly keep: () => void;
  /** What is kept, as it was read. */
  readonly state: State;
  readonly around: Surroundings;
  /** With it standard output is for programs alone. */
  readonly json: boolean;
  /** Says on which VM what happens. */
  readonly tell: (instance: string, text: string) => void;
  /** Prints a text for people. */
  readonly print: (text: string) => void;
  /** What `--json` prints at the end. */
  readonly report: Record<string, unknown>;
  readonly redactor: Redactor;
}

/** What a command has that does not need a deployment that is right as a whole. */
export interface Frame extends Pick<Work, 'around' | 'json' | 'print' | 'report' | 'redactor'> {
  /** Absolute path of the `.env`. */
  readonly envFile: string;
  readonly progress: Progress;
}

/**
 * @param command whose name is reported, with those of its groups
 * @param does answers whether all is well, or the exit code
 */
export async function task(
  command: Command,
  around: Surroundings,
  does: (work: Work) => Promise<boolean | number>,
): Promise<number> {
  return await framed(command, around, async ({ envFile, progress, ...frame }) => {
    const { redactor } = frame;
    const read = readDeployment(envFile, around.env);
    redactor.learnDeployment(read);
    const state = readState(envFile);
    const { kept } = state;
    const deployment = { ...read, keptToken: kept.apiToken };
    const keep = (): void => void keepState(envFile, state);
    redactor.learnKept(kept);
    for (const warning of deployment.warnings) around.stderr.write(`warning: ${redactor.clean(warning)}\n`);
    const tell = (instance: string, text: string): void => progress.tell(instance, text);
    return await does({ ...frame, deployment, state, kept, keep, tell });
  });
}

/** As {@link task}, for what must run before the settings of the services are right. */
export async function framed(
  command: Command,
  around: Surroundings,
  does: (frame: Frame) => Promise<boolean | number>,
): Promise<number> {
  const options = command.optsWithGlobals<CommonOptions>();
  const json = options.json === true;
  const redactor = new Redactor();
  const progress = progressOn(around.stderr, (text) => redactor.clean(text));
  const report: Record<string, unknown> = {};
  let code: number;
  try {
    const envFile = resolve(around.folder, options.env);
    const print = printer(json, around, redactor, progress);
    const outcome = await does({ envFile, around, json, print, report, redactor, progress });
    code = typeof outcome === 'number' ? outcome : outcome ? exitCodes.ok : exitCodes.fault;
  } catch (error) {
    progress.done();
    const failure = errorOf(error);
    code = failure.exitCode;
    report.error = { code: failure.code, message: failure.message, remedy: failure.remedy };
    const remedy = failure.remedy === '' ? '' : `\nWhat to do: ${failure.remedy}`;
    around.stderr.write(`${redactor.clean(`${failure.message}${remedy}`)}\n`);
  }
  if (json) {
    const line = { ok: code === exitCodes.ok, command: pathOf(command), ...report };
    around.stdout.write(`${redactor.clean(JSON.stringify(line))}\n`);
  }
  return code;
}

function printer(json: boolean, around: Surroundings, redactor: Redactor, progress: Progress): Work['print'] {
  return (text) => {
    progress.done();
    (json ? around.stderr : around.stdout).write(`${redactor.clean(text)}\n`);
  };
}

/** `sync approve`: the names below that of the program. */
function pathOf(command: Command): string {
  const names: string[] = [];
  for (let one: Command = command; one.parent !== null; one = one.parent) names.unshift(one.name());
  return names.join(' ');
}

interface ReportedError {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly exitCode: number;
}

function errorOf(error: unknown): ReportedError {
  if (error instanceof InvalidArgumentError)
    return { code: 'exop.usage', message: error.message, remedy: '', exitCode: exitCodes.usage };
  if (error instanceof ConfigurationError)
    return {
      ...{ code: error.code, message: error.message },
      remedy: 'Correct the file that --env names, then run the command again.',
      exitCode: exitCodes.configuration,
    };
  if (error instanceof ExecError)
    return {
      ...{ code: error.code, message: error.message },
      remedy: errorCodes[error.code].remedy,
      exitCode: exitCodes.fault,
    };
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: 'exop.command-failed', message, remedy: '', exitCode: exitCodes.fault };
}
