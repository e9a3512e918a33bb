/** Compares what the fake cloud holds with what was played: each conversation once, in the expected form. */
import type { ExpectedConversation, Played } from '@exec/simulators/scenarios';
import { largestTimeDifference, namesOf, outline, seenConversations } from './golden.ts';
import type { Stand } from './stand.ts';

export interface Verdict {
  /** Conversations that are missing, differ, or that nobody expected. */
  readonly wrong: readonly object[];
  readonly expected: number;
  /** Largest difference of a time from the script, milliseconds. */
  readonly latest: number;
}

/** A performance of a scenario, or anything else with a name that says what must come of it. */
export interface PlayedBy {
  readonly expected: readonly ExpectedConversation[];
  readonly performance: { readonly scenario: { readonly name: string } };
}

export function verdict(stand: Stand, played: readonly PlayedBy[]): Verdict {
  const seen = new Map(
    seenConversations(stand.accepted(), namesOf(stand.production, stand.ids)).map((one) => [one.call, one]),
  );
  const wrong: object[] = [];
  let expected = 0;
  let latest = 0;
  for (const { expected: list, performance } of played)
    for (const wanted of list) {
      expected++;
      const got = seen.get(wanted.call);
      seen.delete(wanted.call);
      // Who invited whom depends on what was known when a leg was told.
      const [a, b] = [got && withoutInviters(outline(got, wanted)), withoutInviters(outline(wanted))];
      if (JSON.stringify(a) !== JSON.stringify(b))
        wrong.push({ scenario: performance.scenario.name, got: a, wanted: b });
      else if (got !== undefined) latest = Math.max(latest, largestTimeDifference(got, wanted));
    }
  for (const one of seen.values()) wrong.push({ unexpected: one });
  return { wrong, expected, latest };
}

/** Ended legs that the performances lead to. */
export function expectedEnds(played: readonly Played[]): number {
  return legsWith(played, 'ended');
}

/** Resolves when the cloud was told the end of every leg, and the dispositions, which may come after it. */
export async function untilEnded(stand: Stand, played: readonly Played[]): Promise<void> {
  const wanted = { ended: expectedEnds(played), dispositions: legsWith(played, 'disposition') };
  const accepted = (kind: 'communicationEnded' | 'communicationDispositionApplied') =>
    stand.cloud.record.accepted({ kind }).length;
  const got = () => ({
    ended: accepted('communicationEnded'),
    dispositions: accepted('communicationDispositionApplied'),
  });
  await stand.until(
    () => {
      const { ended, dispositions } = got();
      return ended >= wanted.ended && dispositions >= wanted.dispositions;
    },
    () => JSON.stringify({ got: got(), wanted, wrong: verdict(stand, played).wrong }),
  );
}

function legsWith(played: readonly Played[], begin: 'ended' | 'disposition'): number {
  return played
    .flatMap((one) => one.expected)
    .flatMap((one) => one.legs)
    .filter((leg) => leg.steps.some((step) => step.startsWith(begin))).length;
}

/** Events that the performances lead to, besides those of transfers. */
export function expectedSteps(played: readonly Played[]): number {
  const conversations = played.flatMap((one) => one.expected);
  const steps = conversations.flatMap((one) => one.legs).reduce((sum, leg) => sum + leg.steps.length, 0);
  return (
    steps + conversations.flatMap((one) => one.transfers).reduce((sum, one) => sum + one.steps.length, 0)
  );
}

function withoutInviters(of: ReturnType<typeof outline>) {
  return { ...of, legs: of.legs.map(({ invitedBy: _, ...leg }) => leg) };
}
