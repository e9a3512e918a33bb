/** The commands that bring releases to the VMs and take them back: check, deploy, upgrade, rollback, down. */
import { type Cli, type Command, endsWith, exitCodes } from '@exec/common/cli';
import { errorCodes } from '@exec/common/errors';
import { checkAll } from '../checks/run.ts';
import {
  checksSummary,
  checksText,
  outlookText,
  planText,
  resultsText,
  returnsText,
} from '../report/texts.ts';
import { deploy, type InstancePlan, type InstanceResult } from '../steps/deploy.ts';
import { rollback } from '../steps/rollback.ts';
import { down } from '../steps/watch.ts';
import { confirm, type YesOption, yesFlag } from './confirm.ts';
import { type Surroundings, task, type Work } from './task.ts';

interface DryRun extends YesOption {
  readonly dryRun?: boolean;
}

const dryRunText = 'print the plan and change nothing';

export function addDeployment(cli: Cli, around: Surroundings): void {
  const { program } = cli;
  const checking = program
    .command('check')
    .description('check every VM: SSH, system, disk, Docker, clock, ports, the way to every peer');
  cli.action(checking, (_: object, command: Command) =>
    task(command, around, async ({ deployment, tell, report, print }) => {
      const checked = await checkAll(deployment, tell);
      for (const { vm } of checked.vms) vm.session.close();
      report.checks = checked.results;
      print(checksText(checked.results));
      return checked.results.every(({ status }) => status !== 'failed');
    }),
  );
  const descriptions = {
    deploy: 'bring the release of VERSION to the VMs and start it; changes only what is not right',
    upgrade: 'deploy over what runs: EXCP one at a time, so that no call is lost',
  } as const;
  for (const mode of ['deploy', 'upgrade'] as const) {
    const deploying = program
      .command(mode)
      .description(descriptions[mode])
      .option('--dry-run', dryRunText)
      .option(...yesFlag);
    cli.action(deploying, (options: DryRun, command: Command) =>
      task(command, around, (work) => deployed(mode, options, work)),
    );
  }
  const planning = endsWith(program.command('plan'), exitCodes.fault)
    .description('show what deploy would do on each VM, and change nothing')
    .addHelpText(
      'after',
      '\nExit codes: 0 nothing to do, 2 changes to make, 1 a fault, 78 the settings are wrong.\n',
    );
  cli.action(planning, (_: object, command: Command) =>
    task(command, around, async (work) => {
      await deployed('deploy', { dryRun: true }, work);
      return changesIn(work.report.plan as readonly InstancePlan[]) ? exitCodes.changes : exitCodes.ok;
    }),
  );
  const returning = program
    .command('rollback')
    .description('go back to the release before the last change')
    .option('--dry-run', dryRunText)
    .option(...yesFlag);
  cli.action(returning, (options: DryRun, command: Command) =>
    task(command, around, async (work) => {
      const { dryRun = false } = options;
      const results = await rollback(work.deployment, {
        tell: work.tell,
        dryRun,
        onPlan: async (returns, unreached) => {
          work.report.plan = returns.map(({ name, from, to }) => ({ instance: name, from, to }));
          work.print(returnsText(returns, unreached));
          if (!dryRun) await confirm(around, options, 'Go back like this?');
        },
      });
      return dryRun || finishedWith(results, work);
    }),
  );
  const stopping = program
    .command('down')
    .description('stop and remove the containers; files and images stay')
    .option(...yesFlag);
  cli.action(stopping, (options: YesOption, command: Command) =>
    task(command, around, async ({ deployment, tell, report, print }) => {
      const names = deployment.instances.map(({ name }) => name).join(', ');
      await confirm(
        around,
        options,
        `This stops ${names}: no state and no call is sent until the next deploy. Stop them?`,
      );
      const { stopped, unreached } = await down(deployment, tell);
      report.stopped = stopped;
      report.unreached = unreached;
      print(stopped.length === 0 ? 'Nothing was running.' : `Stopped: ${stopped.join(', ')}`);
      for (const { instance, problem } of unreached) print(`Not reached: ${instance}: ${problem}`);
      return unreached.length === 0;
    }),
  );
}

async function deployed(mode: 'deploy' | 'upgrade', options: DryRun, work: Work): Promise<boolean> {
  const { dryRun = false } = options;
  const { absent } = work.deployment;
  if (absent.length > 0)
    work.print(
      `Not part of this deployment: ${absent.map(({ service, variable }) => `${service.toUpperCase()} (${variable} is not set)`).join(', ')}`,
    );
  const { results, outlook } = await deploy(work.deployment, {
    mode,
    kept: work.kept,
    dryRun,
    tell: work.tell,
    onChecks: (checks) => {
      work.report.checks = checks;
      work.print(checksSummary(checks));
    },
    onPlan: async (plan) => {
      work.report.plan = plan;
      work.print(planText(plan));
      if (dryRun) return;
      if (changesIn(plan)) await confirm(work.around, options, 'Carry this out?');
      work.keep();
    },
  });
  if (dryRun) return true;
  const ok = finishedWith(results, work);
  if (outlook !== undefined) {
    work.report.sync = outlook;
    const text = outlookText(outlook);
    if (text !== '') work.print(text);
  }
  return ok;
}

function changesIn(plan: readonly InstancePlan[]): boolean {
  return plan.some(({ actions }) => actions.length > 0);
}

/** Reports how each instance is; answers whether all are ready. */
export function finishedWith(results: readonly InstanceResult[], work: Work): boolean {
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
