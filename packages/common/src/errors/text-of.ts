/**
 * What an error says, also when what was thrown is none. Of several failed addresses of one name Node gives an error
 * without a message of its own: then what each of them says.
 */
export function textOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(textOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
