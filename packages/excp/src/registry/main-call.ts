/** A consultation belongs to the conversation of its main call: how the two find each other, whoever is heard of first. */

import { type Conversation, callKey } from '../conversation/state.ts';
import type { CallCreated } from '../events/engage-events.ts';
import type { CallsFound } from '../events/snapshots.ts';
import type { ConversationIndex } from './conversation-index.ts';

/** The conversation of the call that a created one consults for, if it is known. */
export function mainOf(index: ConversationIndex, created: CallCreated): Conversation | undefined {
  const { site, origCall, origConnId } = created;
  return (
    (origCall === undefined ? undefined : index.ofCall(callKey(site, origCall))) ??
    (origConnId === undefined ? undefined : index.ofConn(site, origConnId))
  );
}

/**
 * @rule A consultation waits for the main call that it names, unless that one was known once and is over.
 * @test registry/main-call.test.ts: when it begins live before a slow resync has named its main call
 */
export function awaitsMain(index: ConversationIndex, created: CallCreated): boolean {
  const { site, origCall, origConnId, call, connId } = created;
  if (origCall === undefined && origConnId === undefined) return false;
  if (origCall === call || (origConnId !== undefined && origConnId === connId)) return false;
  if (index.ofCall(callKey(site, call)) !== undefined || mainOf(index, created) !== undefined) return false;
  return origCall === undefined || !index.isPast(callKey(site, origCall));
}

type Found = CallsFound['calls'][number];

/**
 * @rule Calls that a snapshot names are taken over in their order, but no consultation before its main call.
 * @test registry/main-call.test.ts: has each consultation behind its main call, through chains and circles
 */
export function mainsFirst(calls: readonly Found[]): Found[] {
  const byCall = new Map(calls.map((found) => [found.created.call as string, found]));
  const byConn = new Map(calls.map((found) => [found.created.connId, found]));
  const ordered = new Set<Found>();
  for (const first of calls) {
    const chain: Found[] = [];
    for (let next: Found | undefined = first; next !== undefined; next = mainIn(next)) {
      if (ordered.has(next) || chain.includes(next)) break;
      chain.push(next);
    }
    for (const found of chain.toReversed()) ordered.add(found);
  }
  return [...ordered];

  function mainIn({ created: { origCall, origConnId } }: Found): Found | undefined {
    const main = origCall === undefined ? undefined : byCall.get(origCall);
    return main ?? (origConnId === undefined ? undefined : byConn.get(origConnId));
  }
}
