/** What EXCP sets aside and a person decides about: shown, sent again, dropped; the same commands wherever they are given. */
import type { Command } from 'commander';
import { z } from 'zod';
import type { Answer } from '../answers/answer.ts';
import { deadLetterAnswer, quarantineEntryAnswer, retriedAnswer } from '../answers/conversations.ts';
import { type Cli, InvalidArgumentError } from '../cli/index.ts';
import { ExecError } from '../errors/errors.ts';
import { table } from '../text-table.ts';
import type { RestClient } from './rest-client.ts';

/** What a command has found or done: for people, and for programs. */
export interface Outcome {
  readonly ok: boolean;
  readonly text: string;
  readonly report: { readonly items: readonly unknown[] } | { readonly results: readonly Result[] };
}

interface Result {
  readonly id: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** Gives the command a service to ask, prints the outcome, and answers the exit code. */
export type RunSetAside = (command: Command, does: (api: RestClient) => Promise<Outcome>) => Promise<number>;

export function deadLettersText(letters: readonly Answer<typeof deadLetterAnswer>[]): string {
  if (letters.length === 0) return 'There are no dead letters.';
  const rows = letters.map(({ id, at, callUuid, wholeLeg, events, reason }) => [
    ...[id, at, callUuid],
    wholeLeg ? `a leg, ${events.length} events` : (events[0]?.event ?? '-'),
    reason,
  ]);
  return table(['ID', 'time', 'call', 'what', 'reason'], rows);
}

export function quarantineText(entries: readonly Answer<typeof quarantineEntryAnswer>[]): string {
  if (entries.length === 0) return 'Nothing is in the quarantine.';
  const rows = entries.map(({ id, at, kind, calls, reason }) => [
    ...[id, at, calls.map(({ callUuid }) => callUuid).join(' ') || '-'],
    ...[kind, reason],
  ]);
  return table(['ID', 'time', 'calls', 'kind', 'reason'], rows);
}

const drop = { description: 'forget them for good', done: 'dropped' };

export interface SetAsideOptions {
  /** After the help of each group. */
  readonly help?: string;
  /** Whether each command has an option `--json` of its own. */
  readonly json?: boolean;
}

/** Adds the groups `dead-letters` and `quarantine`. */
export function addSetAside(cli: Cli, run: RunSetAside, options: SetAsideOptions = {}): void {
  addList(cli, run, options, {
    name: 'dead-letters',
    description: 'events that Genesys Cloud refused for good',
    items: (api) => api.all(deadLetterAnswer, '/dead-letters'),
    text: deadLettersText,
    actions: {
      retry: {
        description: 'send them again, while their conversations are open',
        done: 'will be sent again',
      },
      drop,
    },
  });
  addList(cli, run, options, {
    name: 'quarantine',
    description: 'entries that could not be processed and were set aside',
    items: (api) => api.all(quarantineEntryAnswer, '/quarantine'),
    text: quarantineText,
    actions: { drop },
  });
}

interface List<T extends { readonly id: string }> {
  readonly name: string;
  readonly description: string;
  readonly items: (api: RestClient) => Promise<readonly T[]>;
  readonly text: (items: readonly T[]) => string;
  readonly actions: Partial<
    Record<'retry' | 'drop', { readonly description: string; readonly done: string }>
  >;
}

/** A list, shown unless something is to be done with its entries. */
function addList<T extends { readonly id: string }>(
  cli: Cli,
  run: RunSetAside,
  { help = '', json = false }: SetAsideOptions,
  list: List<T>,
): void {
  const group = cli.program.command(list.name).description(list.description).addHelpText('after', help);
  const showing = cli.byDefault(group, 'list', (_: object, command: Command) =>
    run(command, async (api) => {
      const items = await list.items(api);
      return { ok: true, text: list.text(items), report: { items } };
    }),
  );
  showing.description('show them (default)');
  if (json) showing.option('--json', 'as one JSON list');
  for (const [name, { description, done }] of Object.entries(list.actions)) {
    const acting = group
      .command(name)
      .description(description)
      .argument('[id...]', 'IDs as "list" shows them')
      .option('--all', 'every one');
    if (json) acting.option('--json', 'as one JSON list');
    cli.action(
      acting,
      (ids: readonly string[], { all = false }: { readonly all?: boolean }, command: Command) =>
        run(command, async (api) => {
          if (ids.length === 0 && !all) throw new InvalidArgumentError('name at least one ID, or give --all');
          const wanted = all ? (await list.items(api)).map(({ id }) => id) : ids;
          const results: Result[] = [];
          for (const id of wanted) results.push(await oneDone(api, `/${list.name}`, id, name, done));
          const lines = results.map(({ id, detail }) => `${id}: ${detail}`);
          return {
            ok: results.every(({ ok }) => ok),
            text: lines.length === 0 ? 'There is nothing to do.' : lines.join('\n'),
            report: { results },
          };
        }),
    );
  }
}

/** One that is refused does not keep the others from being done. */
async function oneDone(
  api: RestClient,
  list: string,
  id: string,
  action: string,
  done: string,
): Promise<Result> {
  const path = `${list}/${encodeURIComponent(id)}`;
  try {
    if (action === 'retry') await api.ask(retriedAnswer, { method: 'POST', path: `${path}/retry` });
    else await api.ask(z.undefined(), { method: 'DELETE', path });
    return { id, ok: true, detail: done };
  } catch (error) {
    if (!(error instanceof ExecError) || error.code !== 'exop.service-refused') throw error;
    return { id, ok: false, detail: error.message };
  }
}
