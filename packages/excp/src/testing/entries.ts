/** Entries of the out-stream for tests. */

import { derivedUuid } from '@exec/common/ids';
import { wallMs } from '@exec/common/instants';
import type { OutboxEntry } from '../outbox/entry.ts';

type Given = Omit<Partial<OutboxEntry>, 'at'> & { readonly at?: number };

export function entry(o: Given & { readonly id: string }): OutboxEntry {
  const conversation = o.conversation ?? 'site/call';
  const at = wallMs(o.at ?? Date.UTC(2026, 0, 5, 8));
  return {
    conversation,
    received: at,
    legs: ['p:one'],
    establishes: false,
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
    at,
  };
}
