/** What is said of an error of the database names tables and columns, and no person. */
import { ExecError } from '@exec/common/errors';
import { expect, it } from 'vitest';
import { readFailure } from './read-failure.ts';

const of = (message: string, code?: string) =>
  readFailure(Object.assign(new Error(message), code === undefined ? {} : { code })).message;

it.each([
  [
    'invalid input syntax for type integer: "Anna Berger"\nCONTEXT: Anna',
    '22P02',
    'invalid input syntax for type integer: "…" (22P02)',
  ],
  ['relation "cfg_person" does not exist', '42P01', 'relation "cfg_person" does not exist (42P01)'],
  ['no row for anna@example.com, +4930123456', 'P0001', 'no row for [e-mail], +*******456 (P0001)'],
  ['connect ECONNREFUSED 10.0.0.1:5432', 'ECONNREFUSED', 'connect ECONNREFUSED 10.0.0.1:5432 (ECONNREFUSED)'],
])('%s', (message, code, expected) => {
  expect(of(message, code)).toBe(`Reading the Config DB failed: ${expected}.`);
});

it('an error of ours stays as it is, and whatever else is thrown is no word', () => {
  const own = new ExecError('engage.read-failed', 'x');
  expect(readFailure(own)).toBe(own);
  expect(readFailure('anna@example.com').message).toBe('Reading the Config DB failed: unknown reason.');
});
