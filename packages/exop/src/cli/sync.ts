/** `exop sync …`: the synchronisation of the configuration, as EXCS tells it. */
import { pageOf } from '@exec/common/answers/answer';
import { planAnswer } from '@exec/common/answers/plan';
import {
  conflictAnswer,
  emptyTableAnswer,
  orphanAnswer,
  pausedAnswer,
  runAnswer,
  syncAnswer,
} from '@exec/common/answers/sync';
import {
  type Cli,
  type Command,
  endsWith,
  exitCodes,
  InvalidArgumentError,
  integerWithin,
  widthOf,
} from '@exec/common/cli';
import type { RestClient } from '@exec/common/operate';
import { planText } from '@exec/common/sync-plan';
import { conflictsText, orphansText, syncStatusText } from '../report/sync-text.ts';
import { withService } from '../steps/service-api.ts';
import { type Surroundings, task, type Work } from './task.ts';

type Does = (api: RestClient, work: Work, width: number) => Promise<boolean | number>;

const conflictPage = pageOf(conflictAnswer);
const orphanPage = pageOf(orphanAnswer);

export function addSync(cli: Cli, around: Surroundings): void {
  const ask = (command: Command, does: Does): Promise<number> =>
    task(command, around, (work) =>
      withService(work.deployment, work.kept, 'excs', (api) =>
        does(api, work, widthOf(work.json ? around.stderr : around.stdout, around.env)),
      ),
    );
  const group = cli.program
    .command('sync')
    .description('the synchronisation of the configuration: what it does, and what it waits for');
  const status = cli.byDefault(group, 'status', (_: object, command: Command) => ask(command, showStatus));
  status.description('state, progress, counts, and what stands in the way (default)');
  addPlan(cli, group, ask);

  const approve = group
    .command('approve')
    .description('approve the plan that waits, and apply it')
    .argument('<plan-id>', 'ID of the plan, as "exop sync plan" shows it');
  cli.action(approve, (planId: string, _: object, command: Command) =>
    ask(command, async (api, { report, print }) => {
      report.run = await api.ask(runAnswer, { method: 'POST', path: '/sync/approve', body: { planId } });
      print(`Plan ${planId} is approved and being applied. "exop sync" shows how far it is.`);
      return true;
    }),
  );
  addAllow(cli, group, ask);
  for (const [name, description, said] of [
    ['pause', 'stop applying plans', 'Paused. "exop sync resume" goes on.'],
    ['resume', 'go on applying plans', 'Resumed.'],
  ] as const) {
    const command = group.command(name).description(description);
    cli.action(command, (_: object, self: Command) =>
      ask(self, async (api, { report, print }) => {
        const { paused } = await api.ask(pausedAnswer, {
          method: 'POST',
          path: `/sync/${name}`,
        });
        report.paused = paused;
        print(said);
        return true;
      }),
    );
  }
  const conflicts = group
    .command('conflicts')
    .description('what cannot be mapped, why, and what to do about it');
  cli.action(conflicts, (_: object, command: Command) =>
    ask(command, async (api, { report, print }, width) => {
      const { items } = await api.ask(conflictPage, {
        path: '/sync/conflicts',
      });
      report.conflicts = items;
      print(conflictsText(items, width));
      return true;
    }),
  );
  const orphans = group
    .command('orphans')
    .description('what stays in the EX organisation without an object of Engage');
  cli.action(orphans, (_: object, command: Command) =>
    ask(command, async (api, { report, print }) => {
      const { items } = await api.ask(orphanPage, { path: '/sync/orphans' });
      report.orphans = items;
      print(orphansText(items));
      return true;
    }),
  );
  const accept = group
    .command('accept-empty-table')
    .description('accept that a table of the Config DB which had rows is empty now')
    .argument('<table>', 'its name, as "exop sync" gives it');
  cli.action(accept, (name: string, _: object, command: Command) =>
    ask(command, async (api, { report, print }) => {
      report.accepted = await api.ask(emptyTableAnswer, {
        method: 'POST',
        path: '/sync/accept-empty-table',
        body: { table: name },
      });
      print(`${name} may be empty. The next read goes on; the safety limits hold for what it takes away.`);
      return true;
    }),
  );
}

const showStatus: Does = async (api, { report, print }, width) => {
  const status = await api.ask(syncAnswer, { path: '/sync' });
  report.sync = status;
  print(syncStatusText(status, width));
  return true;
};

function addPlan(cli: Cli, group: Command, ask: (command: Command, does: Does) => Promise<number>): void {
  const command = endsWith(group.command('plan'), exitCodes.fault)
    .description('what the newest plan adds, changes and removes in the EX organisation')
    .option('--full', 'long values whole')
    .addHelpText(
      'after',
      '\nExit codes: 0 nothing to do or applied already, 2 changes to make, 1 a fault, 78 wrong settings.\n',
    );
  cli.action(command, ({ full = false }: { readonly full?: boolean }, self: Command) =>
    ask(self, async (api, { report, print }, width) => {
      const { last } = await api.ask(syncAnswer, { path: '/sync' });
      const plan = await api.ask(planAnswer, { path: '/sync/plan' });
      report.plan = plan;
      print(planText(plan, { width, full }).trimEnd());
      // A plan stays the newest until there is something else to do.
      const isApplied = last?.planId === plan.planId && last.outcome === 'complete';
      if (isApplied) print(`\nIt was applied at ${last.endedAt}.`);
      else if (plan.review !== undefined) print(`\nTo approve it: exop sync approve ${plan.planId}`);
      return plan.operations.length > 0 && !isApplied ? exitCodes.changes : exitCodes.ok;
    }),
  );
}

interface Numbers {
  readonly deactivations?: number;
  readonly removals?: number;
  readonly creations?: number;
}

function addAllow(cli: Cli, group: Command, ask: (command: Command, does: Does) => Promise<number>): void {
  const count = integerWithin(0, 1_000_000);
  const allow = group
    .command('allow')
    .description('apply one plan that a safety limit stops; the numbers are those of the plan')
    .argument('<plan-id>', 'ID of the plan that is stopped')
    .option('--deactivations <n>', 'users that it deactivates', count)
    .option('--removals <n>', 'members, roles, skills and codes that it removes', count)
    .option('--creations <n>', 'users that it makes billable', count);
  cli.action(allow, (planId: string, { deactivations, removals, creations }: Numbers, command: Command) =>
    ask(command, async (api, { report, print }) => {
      const numbers = {
        ...(deactivations !== undefined && { deactivations }),
        ...(removals !== undefined && { removals }),
        ...(creations !== undefined && { creations }),
      };
      if (Object.keys(numbers).length === 0)
        throw new InvalidArgumentError('name at least one of --deactivations, --removals, --creations');
      const body = { mode: 'apply', allow: { planId, ...numbers } };
      report.run = await api.ask(runAnswer, { method: 'POST', path: '/sync/runs', body });
      print(`Plan ${planId} is allowed. "exop sync" shows how far it is.`);
      return true;
    }),
  );
}
