/** Parameters that are names: what passes is what their schema lets pass. */
import { validatorCompiler } from 'fastify-type-provider-zod';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { nameParams } from './name-params.ts';

const name = z.string().min(1).max(4);
const route = { schema: z.object({ first: name, second: name }), method: 'GET', url: '/' };
const check = nameParams(4)(route);

describe('parameters that are names', () => {
  it('pass as they came when they are short enough', () => {
    const given = { first: 'a', second: 'abcd' };
    expect(check(given)).toEqual({ value: given });
  });

  it.each([
    ['empty', { first: '', second: 'a' }],
    ['too long', { first: 'a', second: 'abcde' }],
    ['no text', { first: 'a', second: 7 }],
  ])('are refused in the words of their schema when one is %s', (_what, given) => {
    const refused = check(given);
    expect(refused).toHaveProperty('error');
    expect(refused).toEqual(validatorCompiler(route)(given));
  });
});
