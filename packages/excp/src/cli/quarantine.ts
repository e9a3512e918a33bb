/** `excp quarantine list|drop`: entries that made the model fail. */
import { type Cli, exitCodes } from '@exec/common/cli';
import { z } from 'zod';
import { all, allOr, chosen, each, type Surroundings, whom } from './client.ts';

const item = z.looseObject({
  id: z.string(),
  at: z.string(),
  kind: z.string(),
  calls: z.array(z.looseObject({ callUuid: z.string() })),
  reason: z.string(),
});

export function addQuarantine(cli: Cli, around: Surroundings): void {
  const group = cli.program
    .command('quarantine')
    .description('entries of the stream that could not be processed')
    .addHelpText('after', whom);
  const items = () => all(around, 'quarantine', item);
  const list = group.command('list').description('show them').option('--json', 'as one JSON list');
  cli.action(list, async (options: { readonly json?: boolean }) => {
    const shown = await items();
    around.streams.stdout.write(options.json === true ? `${JSON.stringify(shown)}\n` : textOf(shown));
    return exitCodes.ok;
  });
  const drop = group
    .command('drop')
    .description('forget them for good')
    .argument('[id...]', allOr)
    .option('--all', 'every one');
  cli.action(drop, async (ids: readonly string[], options: { readonly all?: boolean }) => {
    const wanted = await chosen(ids, options, async () => (await items()).map(({ id }) => id));
    return await each(around, wanted, {
      method: 'DELETE',
      path: (id) => `quarantine/${id}`,
      done: 'dropped',
    });
  });
}

function textOf(items: readonly z.infer<typeof item>[]): string {
  if (items.length === 0) return 'Nothing is in the quarantine.\n';
  return items
    .map(({ id, at, calls, kind, reason }) => {
      const of = calls.map(({ callUuid }) => callUuid).join(', ') || 'no call';
      return `${id}  ${at}  ${of}  ${kind}: ${reason}\n`;
    })
    .join('');
}
