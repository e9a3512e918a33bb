import { ExecError } from '@exec/common/errors';
import { silentLogger } from '@exec/common/logging';
import { FakeClock } from '@exec/common/testing';
import { describe, expect, it } from 'vitest';
import { Question } from './question.ts';

function questionOf() {
  const clock = new FakeClock();
  const asked: PromiseWithResolvers<unknown>[] = [];
  const answered: number[] = [];
  const question = new Question({
    clock,
    logger: silentLogger,
    ask: () => {
      const answer = Promise.withResolvers<unknown>();
      asked.push(answer);
      return answer.promise;
    },
    answered: (place) => answered.push(place),
    quietMs: 20,
  });
  return { clock, asked, answered, question };
}

const soon = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('a connection is asked whether there is more', () => {
  it('once at a time, and then for the newest place', async () => {
    const { asked, answered, question } = questionOf();
    for (const place of [1, 3, 2]) question.ask(place);
    expect(asked).toHaveLength(1);
    asked[0]?.resolve(undefined);
    await soon();
    expect(answered).toEqual([1]);
    asked[1]?.resolve(undefined);
    await soon();
    expect(answered).toEqual([1, 3]);
    expect(asked).toHaveLength(2);
  });

  it('when it has been quiet for a moment', async () => {
    const { clock, asked, question } = questionOf();
    question.heard();
    question.ask(1);
    expect(asked).toHaveLength(0);
    await clock.advance(20);
    expect(asked).toHaveLength(1);
  });

  it('by any peer: a refusal is an answer as well, silence is none', async () => {
    const { asked, answered, question } = questionOf();
    question.ask(1);
    asked[0]?.reject(new ExecError('link.request-refused', 'not known'));
    await soon();
    expect(answered).toEqual([1]);
    question.ask(2);
    asked[1]?.reject(new ExecError('link.request-timeout', 'no answer'));
    await soon();
    expect(answered).toEqual([1]);
    question.ask(3);
    expect(asked).toHaveLength(3);
  });

  it('and what an earlier connection answers counts no more', async () => {
    const { asked, answered, question } = questionOf();
    question.ask(1);
    question.close();
    asked[0]?.resolve(undefined);
    await soon();
    expect(answered).toEqual([]);
    question.ask(2);
    asked[1]?.resolve(undefined);
    await soon();
    expect(answered).toEqual([2]);
  });
});
