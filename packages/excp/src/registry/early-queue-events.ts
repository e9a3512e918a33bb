/** Queue events that come before it is known who takes part in their call. */

import { callKey } from '../conversation/state.ts';
import type { ModelSettings, StepContext } from '../conversation/step-context.ts';
import type { StreamPlace } from '../events/connection-clocks.ts';
import type { Queued, Unqueued } from '../events/engage-events.ts';
import { type ConversationIndex, callIn } from './conversation-index.ts';

/**
 * The call is known, but not yet who takes part in it, or its half on another site: a queue that has been left
 * meanwhile must neither begin and end it alone, nor open it as a call of its own. `place`: of the event in the stream.
 */
export function awaitsParties(
  index: ConversationIndex,
  { severalSites, waitMs }: ModelSettings,
  input: Queued | Unqueued,
  place: StreamPlace,
  context: Pick<StepContext, 'now' | 'caughtUp'>,
): boolean {
  const conversation = index.ofCall(callKey(input.site, input.call));
  const call = conversation && callIn(conversation, input.site, input.call);
  if (call === undefined || call.endedAt !== undefined) return false;
  if (call.seen + waitMs <= context.now && context.caughtUp(input.site, 'calls', input.at, place))
    return false;
  // The parties follow the creation of a call, and its links come before them.
  if (!severalSites || call.links.length === 0) return call.parties.length === 0 && call.left === 0;
  return call.links.every((link) => index.linked(link).every((other) => other === call.key));
}
