/** Entries of the out-stream for tests. */
import { derivedUuid } from '@exec/common/ids';
import type { OutboxEntry } from '../outbox/entry.ts';

export function entry(o: Partial<OutboxEntry> & { readonly id: string }): OutboxEntry {
  const conversation = o.conversation ?? 'site/call';
  const at = o.at ?? Date.UTC(2026, 0, 5, 8);
  return {
    conversation,
    received: at,
    legs: ['p:one'],
    establishes: false,
    at,
    repeat: false,
    bytes: 300,
    event: {
      kind: 'communicationAnsweredEvents',
      event: {
        eventId: derivedUuid('test-event', o.id),
        conversationId: derivedUuid('test-conversation', conversation),
        communicationId: derivedUuid('test-leg', conversation, ...(o.legs ?? ['p:one'])),
        eventDateTime: new Date(at).toISOString(),
      },
    },
    ...o,
  };
}
