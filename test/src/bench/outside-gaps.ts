/**
 * What is missing of a conversation although somebody saw it. A gap may cost only the steps that fall into it: a call
 * that goes on afterwards is found there with every leg that it has then, and all that follows is seen again.
 */
import type { ScriptEntry } from '../chaos/history/entries.ts';
import type { Conversation } from '../chaos/judge/conversation.ts';
import { type Gap, marginMs } from '../chaos/judge/gaps.ts';

/** Steps outside of all gaps that the conversation lacks, in words; `seen`: undefined when there is none at all. */
export function missingOutside(
  { legs }: Pick<ScriptEntry, 'legs'>,
  seen: Pick<Conversation, 'legs'> | undefined,
  gaps: readonly Gap[],
): string[] {
  const left = new Map(
    [...Map.groupBy(seen?.legs ?? [], ({ participant }) => participant)].map(([participant, mine]) => [
      participant,
      mine.flatMap(({ steps }) => steps.map(({ text }) => text)),
    ]),
  );
  return legs.flatMap(({ participant, steps, times }) =>
    steps
      .filter((_, index) => isOutside(times[index] ?? 0, gaps))
      .filter((step) => {
        const there = left.get(participant) ?? [];
        const index = there.indexOf(step);
        if (index >= 0) there.splice(index, 1);
        return index < 0;
      })
      .map((step) => `${participant} ${step}`),
  );
}

/** What is under way when a connection breaks may be lost with it; when it watches again it is told everything. */
function isOutside(at: number, gaps: readonly Gap[]): boolean {
  return !gaps.some(({ from, to }) => from - marginMs <= at && at <= to);
}
