import { describe, expect, it } from 'vitest';
import { Health } from '../http/index.ts';
import { FakeClock, loggedLines } from '../testing/index.ts';
import { ExecError } from './errors.ts';
import { Trouble, textOf } from './trouble.ts';

function setUp() {
  const health = new Health({ clock: new FakeClock() });
  const { logger, lines } = loggedLines();
  const trouble = new Trouble({ logger, message: 'It does not work', health: health.dependency('it') });
  return {
    trouble,
    said: () => lines().map(({ level }) => level),
    shown: () => health.ready().dependencies[0],
  };
}

const full = new ExecError('redis.unavailable', 'Could not run x: OOM command not allowed');
const readOnly = new ExecError('redis.unavailable', "Could not run x: READONLY You can't write");

describe('a trouble that lasts', () => {
  it('is warned of once for each change of its code, and is the detail of the dependency', () => {
    const { trouble, said, shown } = setUp();
    for (const error of [full, full, readOnly, readOnly, full]) trouble.failed(error);
    expect(said()).toEqual(['warn', 'debug', 'warn', 'debug', 'warn']);
    expect(shown()).toMatchObject({ up: false, detail: `It does not work: ${full.message}` });
  });

  it('is not new because its message holds another number', () => {
    const { trouble, said } = setUp();
    for (const id of [1, 2, 3]) trouble.failed(new ExecError('cloud.unavailable', `request ${id} failed`));
    expect(said()).toEqual(['warn', 'debug', 'debug']);
  });

  it('is said to be over, once', () => {
    const { trouble, said, shown } = setUp();
    trouble.over();
    trouble.failed(new TypeError('x'));
    trouble.over('works');
    trouble.over('works');
    expect(said()).toEqual(['warn', 'info']);
    expect(shown()).toMatchObject({ up: true, detail: 'works' });
    expect(trouble.lasts).toBe(false);
  });
});

describe('what an error says', () => {
  it.each([
    [new Error('one'), 'one'],
    ['a text', 'a text'],
    [new AggregateError([new Error('one'), new Error('two')]), 'one; two'],
    [new AggregateError([new Error('one')], 'both failed'), 'both failed'],
  ])('%o', (error, text) => {
    expect(textOf(error)).toBe(text);
  });
});
