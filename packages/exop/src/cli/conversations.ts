/** `exop call`, `dead-letters`, `quarantine`, `gaps`: what EXCP knows; `exop agent`: what EXCS and EXAS know. */
import { agentAnswer } from '@exec/common/answers/agents';
import { conversationAnswer, gapsAnswer } from '@exec/common/answers/conversations';
import { agentMappingAnswer } from '@exec/common/answers/mappings';
import type { Cli, Command } from '@exec/common/cli';
import { ExecError } from '@exec/common/errors';
import { addSetAside, type RestClient } from '@exec/common/operate';
import { agentText, conversationText, gapsText } from '../report/conversation-text.ts';
import { withService } from '../steps/service-api.ts';
import { type Surroundings, task, type Work } from './task.ts';

type Ask = (
  command: Command,
  does: (api: RestClient, work: Work) => Promise<boolean | number>,
) => Promise<number>;

export function addConversations(cli: Cli, around: Surroundings): void {
  const ask: Ask = (command, does) =>
    task(command, around, (work) =>
      withService(work.deployment, work.kept, 'excp', (api) => does(api, work)),
    );
  const call = cli.program
    .command('call')
    .description('one conversation: its legs, and what waits to be accepted')
    .argument('<call-uuid>', 'CallUUID of any of its calls');
  cli.action(call, (uuid: string, _: object, command: Command) =>
    ask(command, async (api, { report, print }) => {
      const found = await api.ask(conversationAnswer, {
        path: `/conversations/${encodeURIComponent(uuid)}?events=true`,
      });
      report.conversation = found;
      print(conversationText(found));
      return true;
    }),
  );
  const gaps = cli.program.command('gaps').description('times in which events of calls were lost');
  cli.action(gaps, (_: object, command: Command) =>
    ask(command, async (api, { report, print }) => {
      const { items } = await api.ask(gapsAnswer, { path: '/gaps' });
      report.gaps = items;
      print(gapsText(items));
      return true;
    }),
  );
  addSetAside(cli, (command, does) =>
    ask(command, async (api, { report, print }) => {
      const outcome = await does(api);
      Object.assign(report, outcome.report);
      print(outcome.text);
      return outcome.ok;
    }),
  );
  addAgent(cli, around);
}

/** Either side is shown also when the other cannot be asked. */
function addAgent(cli: Cli, around: Surroundings): void {
  const agent = cli.program
    .command('agent')
    .description(
      'one agent: its user in the EX organisation, its state in Engage and what was accepted of it',
    )
    .argument('<employee-id>');
  cli.action(agent, (employeeId: string, _: object, command: Command) =>
    task(command, around, async ({ deployment, kept, report, print }) => {
      const path = `/agents/${encodeURIComponent(employeeId)}`;
      const [mapped, watched] = await Promise.all([
        factOr(withService(deployment, kept, 'excs', (api) => api.ask(agentMappingAnswer, { path }))),
        factOr(withService(deployment, kept, 'exas', (api) => api.ask(agentAnswer, { path }))),
      ]);
      report.mapped = mapped;
      report.watched = watched;
      print(agentText(employeeId, { mapped, watched }));
      return typeof mapped !== 'string' && typeof watched !== 'string';
    }),
  );
}

async function factOr<T>(fact: Promise<T>): Promise<T | string> {
  try {
    return await fact;
  } catch (error) {
    if (error instanceof ExecError) return error.message;
    throw error;
  }
}
