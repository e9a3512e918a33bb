/** `excp dead-letters list|retry|drop`: what the cloud refused for good. */
import { type Cli, exitCodes } from '@exec/common/cli';
import { z } from 'zod';
import { all, allOr, chosen, each, type Surroundings, whom } from './client.ts';

const letter = z.looseObject({
  id: z.string(),
  at: z.string(),
  callUuid: z.string(),
  reason: z.string(),
  wholeLeg: z.boolean(),
  events: z.array(z.looseObject({ event: z.string() })),
});

const actions = {
  retry: {
    method: 'POST',
    path: (id: string) => `dead-letters/${id}/retry`,
    done: 'will be sent again',
    description: 'send them again, while their conversations are open',
  },
  drop: {
    method: 'DELETE',
    path: (id: string) => `dead-letters/${id}`,
    done: 'dropped',
    description: 'forget them for good',
  },
};

export function addDeadLetters(cli: Cli, around: Surroundings): void {
  const group = cli.program
    .command('dead-letters')
    .description('events that Genesys Cloud refused for good')
    .addHelpText('after', whom);
  const letters = () => all(around, 'dead-letters', letter);
  const list = group.command('list').description('show them').option('--json', 'as one JSON list');
  cli.action(list, async (options: { readonly json?: boolean }) => {
    const shown = await letters();
    around.streams.stdout.write(options.json === true ? `${JSON.stringify(shown)}\n` : textOf(shown));
    return exitCodes.ok;
  });
  for (const name of ['retry', 'drop'] as const) {
    const command = group
      .command(name)
      .description(actions[name].description)
      .argument('[id...]', allOr)
      .option('--all', 'every one');
    cli.action(command, async (ids: readonly string[], options: { readonly all?: boolean }) => {
      const wanted = await chosen(ids, options, async () => (await letters()).map(({ id }) => id));
      return await each(around, wanted, actions[name]);
    });
  }
}

function textOf(letters: readonly z.infer<typeof letter>[]): string {
  if (letters.length === 0) return 'There are no dead letters.\n';
  return letters
    .map(({ id, at, callUuid, wholeLeg, events, reason }) => {
      const what = wholeLeg ? `a leg with ${events.length} events` : (events[0]?.event ?? 'no event');
      return `${id}  ${at}  ${callUuid}  ${what}: ${reason}\n`;
    })
    .join('');
}
