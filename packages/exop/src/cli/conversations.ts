/** `exop call`, `dead-letters`, `quarantine`, `gaps`: what EXCP knows; `exop agent`: what EXCS and EXAS know. */
import { type Cli, type Command, InvalidArgumentError } from '@exec/common/cli';
import { ExecError } from '@exec/common/errors';
import { z } from 'zod';
import {
  agentText,
  conversation,
  conversationText,
  deadLetter,
  deadLettersText,
  gap,
  gapsText,
  mappedAgent,
  quarantined,
  quarantineText,
  watchedAgent,
} from '../report/conversation-text.ts';
import { type ServiceApi, withService } from '../steps/service-api.ts';
import { type Surroundings, task, type Work } from './task.ts';

type Ask = (
  command: Command,
  does: (api: ServiceApi, work: Work) => Promise<boolean | number>,
) => Promise<number>;

const answered = z.unknown();

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
      const found = await api.ask(conversation, { path: `/conversations/${encodeURIComponent(uuid)}` });
      report.conversation = found;
      print(conversationText(found));
      return true;
    }),
  );
  const gaps = cli.program.command('gaps').description('times in which events of calls were lost');
  cli.action(gaps, (_: object, command: Command) =>
    ask(command, async (api, { report, print }) => {
      const { items } = await api.ask(z.looseObject({ items: z.array(gap) }), { path: '/gaps' });
      report.gaps = items;
      print(gapsText(items));
      return true;
    }),
  );
  addList(cli, ask, {
    name: 'dead-letters',
    description: 'events that Genesys Cloud refused for good',
    item: deadLetter,
    text: deadLettersText,
    actions: {
      retry: {
        description: 'send them again, while their conversations are open',
        done: 'will be sent again',
      },
      drop: { description: 'forget them for good', done: 'dropped' },
    },
  });
  addList(cli, ask, {
    name: 'quarantine',
    description: 'entries that could not be processed and were set aside',
    item: quarantined,
    text: quarantineText,
    actions: { drop: { description: 'forget them for good', done: 'dropped' } },
  });
  addAgent(cli, around);
}

interface List<T extends { readonly id: string }> {
  readonly name: string;
  readonly description: string;
  readonly item: z.ZodType<T>;
  readonly text: (items: readonly T[]) => string;
  readonly actions: Partial<
    Record<'retry' | 'drop', { readonly description: string; readonly done: string }>
  >;
}

/** A list, shown unless something is to be done with its entries. */
function addList<T extends { readonly id: string }>(cli: Cli, ask: Ask, list: List<T>): void {
  const group = cli.program.command(list.name).description(list.description);
  const showing = cli.byDefault(group, 'list', (_: object, command: Command) =>
    ask(command, async (api, { report, print }) => {
      const items = await api.all(list.item, `/${list.name}`);
      report.items = items;
      print(list.text(items));
      return true;
    }),
  );
  showing.description('show them (default)');
  for (const [name, { description, done }] of Object.entries(list.actions)) {
    const acting = group
      .command(name)
      .description(description)
      .argument('[id...]', 'IDs as "list" shows them')
      .option('--all', 'every one');
    cli.action(
      acting,
      (ids: readonly string[], { all = false }: { readonly all?: boolean }, command: Command) =>
        ask(command, async (api, { report, print }) => {
          if (ids.length === 0 && !all) throw new InvalidArgumentError('name at least one ID, or give --all');
          const wanted = all ? (await api.all(list.item, `/${list.name}`)).map(({ id }) => id) : ids;
          const results: { readonly id: string; readonly ok: boolean; readonly detail: string }[] = [];
          for (const id of wanted)
            results.push(await oneDone(api, id, `/${list.name}/${encodeURIComponent(id)}`, name, done));
          report.results = results;
          for (const { id, detail } of results) print(`${id}: ${detail}`);
          if (results.length === 0) print('There is nothing to do.');
          return results.every(({ ok }) => ok);
        }),
    );
  }
}

/** One that is refused does not keep the others from being done. */
async function oneDone(api: ServiceApi, id: string, path: string, action: string, done: string) {
  try {
    await api.ask(
      answered,
      action === 'retry' ? { method: 'POST', path: `${path}/retry` } : { method: 'DELETE', path },
    );
    return { id, ok: true, detail: done };
  } catch (error) {
    if (!(error instanceof ExecError) || error.code !== 'exop.service-refused') throw error;
    return { id, ok: false, detail: error.message };
  }
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
        factOr(withService(deployment, kept, 'excs', (api) => api.ask(mappedAgent, { path }))),
        factOr(withService(deployment, kept, 'exas', (api) => api.ask(watchedAgent, { path }))),
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
