/** Why the cloud does not have a conversation as it was: written once, by the first thing that costs something of it. */
import type { Draft } from './draft.ts';
import type { Conversation, Incomplete } from './state.ts';

export function markIncomplete({ state }: Draft, why: Incomplete): void {
  state.incomplete ??= why;
}

/** Of a conversation that goes on in another one. */
export function incompleteOf(into: Conversation, from: Conversation): Pick<Conversation, 'incomplete'> {
  const incomplete = into.incomplete ?? from.incomplete;
  return incomplete === undefined ? {} : { incomplete };
}
