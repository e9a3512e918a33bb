/** What is too old goes on a timer, also when nothing new comes. */
import { expect, it } from 'vitest';
import { FakeClock, loggedLines } from '../testing/index.ts';
import { removeByAge } from './removal-by-age.ts';

const hour = 3_600_000;

function begin(answers: readonly (number | Error)[]) {
  const clock = new FakeClock();
  const { logger, lines } = loggedLines();
  let looks = 0;
  const end = removeByAge({
    what: 'letters',
    clock,
    logger,
    remove: async () => {
      const answer = answers[looks++] ?? 0;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  return { clock, end, lines, looks: () => looks };
}

it('looks at the start and each hour, and says how many went', async () => {
  const { clock, looks, lines } = begin([2, 0, 1]);
  expect(looks()).toBe(1);
  await clock.advance(hour - 1);
  expect(looks()).toBe(1);
  await clock.advance(1);
  expect(looks()).toBe(2);
  await clock.advance(hour);
  expect(looks()).toBe(3);
  expect(lines().map(({ fields }) => fields['exec.count'])).toEqual([2, 1]);
});

it('looks again after a minute when Redis was away', async () => {
  const { clock, looks, lines } = begin([new Error('away'), 0]);
  await clock.advance(60_000);
  expect(looks()).toBe(2);
  await clock.advance(hour);
  expect(looks()).toBe(3);
  expect(lines().map(({ level }) => level)).toEqual(['debug']);
});

it('ends, also while it looks', async () => {
  const { clock, end, looks } = begin([]);
  end();
  await clock.advance(2 * hour);
  expect(looks()).toBe(1);
  expect(clock.pendingTimers).toBe(0);
});
