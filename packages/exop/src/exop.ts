/** Carries out one command line: reads the `.env`, does the work, prints the report, answers the exit code. */
import { ConfigurationError } from '@exec/common/config';
import { ExecError, errorCodes } from '@exec/common/errors';
import { checkAll } from './checks/run.ts';
import { type CommandLine, parseCommandLine } from './command-line.ts';
import { type Deployment, readDeployment } from './config/deployment.ts';
import { keptSecrets, readKeptSecrets } from './config/state-file.ts';
import { type Progress, progressOn, type TextStream } from './report/progress.ts';
import { Redactor } from './report/redactor.ts';
import { checksSummary, checksText, planText, resultsText, returnsText, statusText } from './report/texts.ts';
import { deploy, type InstanceResult } from './steps/deploy.ts';
import { rollback } from './steps/rollback.ts';
import { down, logs, status } from './steps/watch.ts';

export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  /** Folder to which the paths of the command line are relative. */
  readonly folder: string;
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  /** Ends `logs --follow`. */
  readonly signal: AbortSignal;
}

/** Exit codes: 0 all is well, 1 it is not, 78 the `.env` or the command line is wrong. */
export async function exop(args: readonly string[], around: Surroundings): Promise<number> {
  const redactor = new Redactor();
  let line: CommandLine | undefined;
  const progress = progressOn(around.stderr, (text) => redactor.clean(text));
  const report: Record<string, unknown> = {};
  let ok = false;
  let code = 1;
  try {
    line = parseCommandLine(args, around.folder);
    const deployment = readDeployment(line.envFile, around.env);
    redactor.learnDeployment(deployment);
    const kept =
      ['deploy', 'upgrade'].includes(line.command) && !line.dryRun
        ? keptSecrets(line.envFile)
        : readKeptSecrets(line.envFile);
    if (kept !== undefined) redactor.learnKept(kept);
    const print = printer(line, around, redactor, progress);
    for (const warning of deployment.warnings) around.stderr.write(`warning: ${redactor.clean(warning)}\n`);
    ok = await carryOut(line, deployment, { around, progress, print, report, redactor });
    code = ok ? 0 : 1;
  } catch (error) {
    progress.done();
    const told = errorOf(error);
    code = told.code === 'config.invalid' || told.code === 'exop.usage' ? 78 : 1;
    report.error = told;
    const remedy = told.remedy === '' ? '' : `\nWhat to do: ${told.remedy}`;
    around.stderr.write(`${redactor.clean(`${told.message}${remedy}`)}\n`);
  }
  if (line?.json === true)
    around.stdout.write(`${redactor.clean(JSON.stringify({ ok, command: line.command, ...report }))}\n`);
  return code;
}

type Print = (text: string) => void;

function printer(line: CommandLine, around: Surroundings, redactor: Redactor, progress: Progress): Print {
  return (text) => {
    progress.done();
    // With --json standard output is for programs alone.
    const stream = line.json ? around.stderr : around.stdout;
    stream.write(`${redactor.clean(text)}\n`);
  };
}

interface Work {
  readonly around: Surroundings;
  readonly progress: Progress;
  readonly print: Print;
  readonly report: Record<string, unknown>;
  readonly redactor: Redactor;
}

async function carryOut(line: CommandLine, deployment: Deployment, work: Work): Promise<boolean> {
  const tell = (instance: string, text: string): void => work.progress.tell(instance, text);
  switch (line.command) {
    case 'check': {
      const checked = await checkAll(deployment, tell);
      for (const { vm } of checked.vms) vm.session.close();
      work.report.checks = checked.results;
      work.print(checksText(checked.results));
      return checked.results.every(({ status }) => status !== 'failed');
    }
    case 'deploy':
    case 'upgrade': {
      const results = await deploy(deployment, {
        mode: line.command,
        dryRun: line.dryRun,
        tell,
        onChecks: (checks) => {
          work.report.checks = checks;
          work.print(checksSummary(checks));
        },
        onPlan: (plan) => {
          work.report.plan = plan;
          work.print(planText(plan));
        },
      });
      return line.dryRun || finished(results, work);
    }
    case 'rollback': {
      const results = await rollback(deployment, {
        tell,
        dryRun: line.dryRun,
        onPlan: (returns) => {
          work.report.plan = returns.map(({ name, from, to }) => ({ instance: name, from, to }));
          work.print(returnsText(returns));
        },
      });
      return line.dryRun || finished(results, work);
    }
    case 'status': {
      const rows = await status(deployment);
      work.report.instances = rows;
      work.print(statusText(rows));
      return rows.every(({ ready }) => ready);
    }
    case 'logs':
      await logs(deployment, {
        which: line.service,
        tail: line.tail,
        follow: line.follow,
        signal: work.around.signal,
        onLine: (instance, text) => work.print(`${instance} | ${text}`),
      });
      return true;
    case 'down': {
      const stopped = await down(deployment, tell);
      work.report.stopped = stopped;
      work.print(stopped.length === 0 ? 'Nothing was running.' : `Stopped: ${stopped.join(', ')}`);
      return true;
    }
  }
}

function finished(results: readonly InstanceResult[], work: Work): boolean {
  work.report.results = results;
  work.print(resultsText(results));
  const ok = results.every(({ ready }) => ready);
  const changed = results.some(({ result }) => result === 'changed');
  if (ok) {
    work.print(changed ? 'All services are ready.' : 'Nothing had to be changed; all services are ready.');
    return true;
  }
  const waiting = results.filter(({ ready }) => !ready).map(({ instance }) => instance);
  const { remedy } = errorCodes['exop.not-ready'];
  work.report.error = { code: 'exop.not-ready', message: `not ready: ${waiting.join(', ')}`, remedy };
  work.print(`Not ready: ${waiting.join(', ')}. ${remedy} The same command goes on with what is missing.`);
  return false;
}

interface ToldError {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

function errorOf(error: unknown): ToldError {
  if (error instanceof ConfigurationError || error instanceof ExecError)
    return {
      code: error.code,
      message: error.message,
      remedy: error.code === 'exop.usage' ? '' : errorCodes[error.code].remedy,
    };
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: 'exop.command-failed', message, remedy: '' };
}
