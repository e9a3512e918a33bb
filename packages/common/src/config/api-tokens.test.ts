/** Tokens of `/api` as the environment lists them. */
import { describe, expect, it } from 'vitest';
import { apiTokensOf, firstApiToken } from './api-tokens.ts';
import { checkCommon } from './common-variables.ts';
import { Secret } from './secret.ts';

const one = 'Aa0-_.~+/0123456789abc';
const other = 'another-token-0123456789';

const listed = (text: string) =>
  apiTokensOf(new Secret(text), 'operator').map(({ name, token }) => [name, token.reveal()]);

describe('a list of tokens', () => {
  it.each<[string, string[][]]>([
    [one, [['operator', one]]],
    [`anna=${one}`, [['anna', one]]],
    [
      `${one}, anna=${other}`,
      [
        ['operator', one],
        ['anna', other],
      ],
    ],
    // The end of base64 is no name.
    [`${'Ab3'.repeat(7)}==`, [['operator', `${'Ab3'.repeat(7)}==`]]],
    [`exop=${'Ab3'.repeat(7)}==`, [['exop', `${'Ab3'.repeat(7)}==`]]],
  ])('%s', (text, expected) => {
    expect(listed(text)).toEqual(expected);
    expect(firstApiToken(new Secret(text)).reveal()).toBe(expected[0]?.[1]);
  });

  it.each(['', ',', `${one},`, 'of-21-characters-only', `anna=${one.slice(1)}`, `${one},${one} x`])(
    '%j is none',
    (text) => {
      expect(listed(text)).toEqual([]);
    },
  );
});

it('a reader has no token of an operator', () => {
  const values = { API_TOKEN: new Secret(`anna=${one}`), API_READ_TOKEN: new Secret(`${other},${one}`) };
  expect([...checkCommon(values)].map(({ variable }) => variable)).toEqual(['API_READ_TOKEN']);
});
