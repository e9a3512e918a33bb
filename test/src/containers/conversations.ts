/** What is demanded of conversations when the instance that processed them is killed in the middle. */
import type { DayResult } from '@exec/simulators/scenarios';
import { differences, type Leg, legsOf } from '../demo/seen.ts';
import { type Compared, namesOf } from '../demo/verdict.ts';

/**
 * Every conversation is there, with every leg, step and time. The legs are compared in any order: a queue's events
 * come over another connection than those of the calls, between connections there is no order, and on a machine that
 * is short of time the queue's leg may be told after the agent's, a millisecond later than the last event that was sent.
 *
 * Answers what is wrong, in words.
 */
export async function conversationFaults(compared: Compared, day: DayResult): Promise<string[]> {
  const names = await namesOf(compared);
  const found = new Map(
    (await compared.cloud.conversations()).flatMap((one) =>
      one.legs.slice(0, 1).map((leg) => [leg.interactionId, legsOf(one, names)] as const),
    ),
  );
  return day.conversations.flatMap((expected) => {
    const legs = found.get(expected.call);
    if (legs === undefined) return [`conversation ${expected.call} is missing`];
    const different = differences({ ...expected, legs: sorted(expected.legs) }, sorted(legs));
    if (different.length === 0) return [];
    const times = (of: readonly Pick<Leg, 'times'>[]) => JSON.stringify(of.map((leg) => leg.times));
    return [
      `conversation ${expected.call}: ${different.join('; ')}; times ${times(expected.legs)} became ${times(legs)}`,
    ];
  });
}

function sorted<L extends Pick<Leg, 'participant' | 'steps'>>(legs: readonly L[]): L[] {
  const text = (leg: L) => `${leg.participant} ${leg.steps.join()}`;
  return legs.toSorted((left, right) => (text(left) < text(right) ? -1 : 1));
}
