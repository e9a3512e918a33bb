/** What snapshots say that differs from what is known: as inputs of the conversations concerned. */

import type { EngageMicros } from '@exec/common/instants';
import type { CallMissing, QueueFound } from '../conversation/apply-snapshot.ts';
import { type CallKey, callKey } from '../conversation/state.ts';
import type { CallsFound, QueuesFound } from '../events/snapshots.ts';
import type { ConversationIndex } from './conversation-index.ts';

export interface Difference {
  /** Call that names the conversation. */
  readonly call: CallKey;
  readonly input: CallMissing | QueueFound;
}

/**
 * @rule A known call has ended when a complete, reliable snapshot that is newer than the call does not name it.
 * @scenario ended-in-gap
 * @test registry/main-call.test.ts: ends no call and no party that it does not name
 */
export function missingCalls(
  index: ConversationIndex,
  item: CallsFound,
  named: ReadonlySet<CallKey>,
  at: EngageMicros,
): Difference[] {
  if (item.reliable === false) return [];
  return index.lasting().flatMap((conversation) =>
    conversation.calls
      .filter(
        (call) =>
          call.site === item.site &&
          call.endedAt === undefined &&
          call.seen < item.since &&
          !named.has(call.key),
      )
      .map((call) => ({
        call: call.key,
        input: { kind: 'call-missing', site: call.site, since: item.since, call: call.uuid, at } as const,
      })),
  );
}

/**
 * @rule A queue's snapshot says which calls wait in it; a known stay that is older than it and not among them is over.
 * @scenario found-in-queue, ended-in-gap
 */
export function queueDifferences(
  index: ConversationIndex,
  item: QueuesFound,
  at: EngageMicros,
): Difference[] {
  const { site, since } = item;
  const present = item.queues.flatMap(({ queue, calls }) =>
    calls.map((call): Difference => {
      return {
        call: callKey(site, call),
        input: { kind: 'queue-found', site, since, at, queue, call, present: true },
      };
    }),
  );
  if (item.absent === false) return present;
  const waitingIn = new Map(item.queues.map(({ queue, calls }) => [queue, new Set<string>(calls)]));
  const absent = index.lasting().flatMap((conversation) =>
    conversation.legs.flatMap((leg): Difference[] => {
      const waiting = leg.kind === 'queue' && leg.site === site ? waitingIn.get(leg.dn) : undefined;
      if (waiting === undefined || leg.endedAt !== undefined || leg.seen >= item.since) return [];
      const call = conversation.calls.find((candidate) => candidate.key === leg.home);
      // Taken before a consultation ended into this call, it names the consultation.
      const named = conversation.calls.some(
        (one) => one.site === site && (one === call || one.endedAt !== undefined) && waiting.has(one.uuid),
      );
      if (call === undefined || named) return [];
      const { key, uuid } = call;
      return [
        {
          call: key,
          input: { kind: 'queue-found', site, since, at, queue: leg.dn, call: uuid, present: false },
        },
      ];
    }),
  );
  return [...present, ...absent];
}

/** The calls of queues that nobody knows yet; queues without such calls are left out, since absences are dealt with. */
export function ofUnknownCalls(index: ConversationIndex, item: QueuesFound): QueuesFound | undefined {
  const known = (call: string) =>
    index.ofCall(callKey(item.site, call)) !== undefined || index.isPast(callKey(item.site, call));
  const queues = item.queues
    .map(({ queue, calls }) => ({ queue, calls: calls.filter((call) => !known(call)) }))
    .filter(({ calls }) => calls.length > 0);
  return queues.length === 0 ? undefined : { ...item, queues, absent: false };
}
