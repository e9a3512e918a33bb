/** What is demanded of conversations when the instance that processed them is killed in the middle. */
import type { DayResult, ExpectedConversation } from '@exec/simulators/scenarios';
import { differences, type Leg, legsOf } from '../demo/seen.ts';
import { type Compared, namesOf } from '../demo/verdict.ts';

/** Milliseconds since 1970: from before the kill until the other instance had taken over. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/**
 * Every conversation is there and equal leg by leg. One that was going on in the gap may have its legs in another
 * order: the two instances read the connections of one server apart, and what only the survivor still had to claim
 * comes after what the other one had claimed already. No leg, step or time may be missing in it either.
 *
 * Answers what is wrong, in words.
 */
export async function conversationFaults(compared: Compared, day: DayResult, gap: Gap): Promise<string[]> {
  const names = await namesOf(compared);
  const found = new Map(
    (await compared.cloud.conversations()).flatMap((one) =>
      one.legs.slice(0, 1).map((leg) => [leg.interactionId, legsOf(one, names)] as const),
    ),
  );
  return day.conversations.flatMap((expected) => {
    const legs = found.get(expected.call);
    if (legs === undefined) return [`conversation ${expected.call} is missing`];
    const different = differences(expected, legs);
    if (different.length === 0) return [];
    const inAnyOrder = differences(inOrder(expected), sorted(legs));
    const goingOn = wasGoingOn(expected, gap);
    if (goingOn && inAnyOrder.length === 0) return [];
    const when = `${goingOn ? 'going on' : 'not going on'} in the gap of ${gap.to - gap.from} ms`;
    const times = (of: readonly Pick<Leg, 'times'>[]) =>
      JSON.stringify(of.map((leg) => leg.times.map((at) => at - gap.from)));
    return [
      `conversation ${expected.call}, ${when}: ${different.join('; ')}; in any order: ${inAnyOrder.join('; ') || 'equal'}; ` +
        `times ${times(expected.legs)} became ${times(legs)}`,
    ];
  });
}

function wasGoingOn({ legs }: ExpectedConversation, gap: Gap): boolean {
  const times = legs.flatMap((leg) => leg.times);
  return Math.min(...times) <= gap.to && Math.max(...times) >= gap.from;
}

function inOrder(expected: ExpectedConversation): ExpectedConversation {
  return { ...expected, legs: sorted(expected.legs) };
}

function sorted<L extends Pick<Leg, 'participant' | 'steps'>>(legs: readonly L[]): L[] {
  const text = (leg: L) => `${leg.participant} ${leg.steps.join()}`;
  return legs.toSorted((left, right) => (text(left) < text(right) ? -1 : 1));
}
