/** What is said of an error of the database: it may quote values of the row at fault. */
import { ExecError } from '@exec/common/errors';
import { maskPersons } from '@exec/common/persons';

/** `engage.read-failed` for whatever else was thrown while the Config DB was read. */
export function readFailure(error: unknown): ExecError {
  if (error instanceof ExecError) return error;
  return new ExecError('engage.read-failed', `Reading the Config DB failed: ${reasonOf(error)}.`, {
    retryable: true,
  });
}

/** What an error of the database says: code and first line, without values. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  const code = (error as { code?: unknown }).code;
  const line = (error.message || error.name).split('\n', 1)[0]?.slice(0, 400) ?? '';
  // What is wrong about a value is said with the value, in quotes; other faults quote names of tables and columns.
  const isOfValue = typeof code === 'string' && /^2[23]/.test(code);
  const text = maskPersons(isOfValue ? line.replace(/"[^"]*"?/g, '"…"') : line).slice(0, 200);
  return typeof code === 'string' ? `${text} (${code})` : text;
}
