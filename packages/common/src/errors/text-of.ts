import { maskPersons } from '../persons.ts';
import { ExecError } from './errors.ts';

/**
 * What an error says, also when what was thrown is none. Of several failed addresses of one name Node gives an error
 * without a message of its own: then what each of them says. The words of others may quote what they stumbled over, so
 * what tells of a person is masked in them; ours hold nothing of that kind.
 */
export function textOf(error: unknown): string {
  if (error instanceof ExecError) return error.message;
  if (error instanceof AggregateError && error.message === '') return error.errors.map(textOf).join('; ');
  return maskPersons(error instanceof Error ? error.message : String(error));
}
