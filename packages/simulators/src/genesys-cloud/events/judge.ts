/** The rules of conversation events without a server, for tests of programs that make events. */
import type { ConversationEventKind } from './kinds.ts';
import { nextConversation } from './meaning/next-conversation.ts';
import type { References } from './meaning/outcome.ts';
import { type Raw, readConversationEvent } from './meaning/read-event.ts';
import type { ConversationView } from './read-model.ts';

/**
 * What the fake would refuse of these events, in words; nothing when all would be accepted. Users, queues, skills,
 * codes and sources are taken for existing.
 * @param events in the order in which they are sent, named as in a request: `userEstablishedEvents`
 */
export function brokenRules(events: readonly { readonly kind: string; readonly event: object }[]): string[] {
  const conversations = new Map<string, ConversationView>();
  const owners = new Map<string, string>();
  const references: References = {
    user: () => 'active',
    queue: () => true,
    skill: () => true,
    language: () => true,
    wrapupCode: () => true,
    source: () => true,
    definition: () => true,
    conversation: (id) => conversations.has(id),
    conversationOf: (id) => owners.get(id),
  };
  const broken: string[] = [];
  for (const { kind, event } of events) {
    const input = readConversationEvent(kind.replace(/Events$/, '') as ConversationEventKind, event as Raw);
    const outcome = nextConversation(conversations.get(input.conversationId), input, references);
    if (outcome.kind === 'refused')
      broken.push(`${input.conversationId} ${kind}: ${outcome.broken.code}: ${outcome.broken.message}`);
    else {
      conversations.set(input.conversationId, outcome.state);
      for (const leg of outcome.state.legs) owners.set(leg.communicationId, input.conversationId);
    }
  }
  return broken;
}
