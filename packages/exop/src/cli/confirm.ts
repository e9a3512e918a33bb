/** Asks before anything is changed or stopped. */
import { InvalidArgumentError } from '@exec/common/cli';
import { ExecError } from '@exec/common/errors';
import type { Surroundings } from './task.ts';

export interface YesOption {
  readonly yes?: boolean;
}

export const yesFlag = ['--yes', 'do not ask before something is changed'] as const;

/**
 * Returns when the person agrees, or has agreed by `--yes`.
 *
 * @throws ExecError exop.not-confirmed; InvalidArgumentError where nobody can be asked
 */
export async function confirm(
  { ask }: Pick<Surroundings, 'ask'>,
  { yes }: YesOption,
  question: string,
): Promise<void> {
  if (yes === true) return;
  if (ask === undefined)
    throw new InvalidArgumentError(
      'nothing was changed: there is no terminal on which to ask. Look at the plan, then add --yes.',
    );
  const answer = await ask(`${question} Only "yes" goes on: `);
  if (answer.trim().toLowerCase() !== 'yes')
    throw new ExecError('exop.not-confirmed', 'Nothing was changed.');
}
