/** What became lately of events that left: for people who look at a conversation. In memory only, within a bound. */
import type { OutboxEntry } from './entry.ts';
import type { SendResult } from './sender.ts';

export interface RecentEvent {
  readonly event: string;
  readonly eventId: string;
  /** ISO 8601: the time that was sent with it. */
  readonly at: string;
  /** Keys of the legs that it speaks of. */
  readonly legs: readonly string[];
  readonly state: 'accepted' | 'refused';
  /** Why it was refused. */
  readonly reason?: string;
  /** Wall time (ms) of the answer. */
  readonly answeredAt: number;
}

/** Events that are remembered, of all conversations together: a few megabytes. */
const most = 20_000;

export class RecentEvents {
  readonly #most: number;
  /** By conversation, in the order in which the first of its events was answered. */
  readonly #events = new Map<string, RecentEvent[]>();
  #size = 0;

  /** @param bound events that are remembered, of all conversations together */
  constructor(bound: number = most) {
    this.#most = bound;
  }

  get size(): number {
    return this.#size;
  }

  /** `now`: wall time, milliseconds. */
  note({ conversation, legs, event }: OutboxEntry, result: SendResult, now: number, reason?: string): void {
    if (result === 'retried') return;
    const { eventId, eventDateTime } = event.event;
    const known = this.#events.get(conversation) ?? [];
    known.push({
      event: event.kind,
      eventId,
      at: eventDateTime,
      legs,
      state: result === 'dead' ? 'refused' : 'accepted',
      ...(reason === undefined ? {} : { reason }),
      answeredAt: now,
    });
    this.#events.set(conversation, known);
    this.#size++;
    for (const [oldest, events] of this.#events) {
      if (this.#size <= this.#most) break;
      this.#events.delete(oldest);
      this.#size -= events.length;
    }
  }

  of(conversation: string): readonly RecentEvent[] {
    return this.#events.get(conversation) ?? [];
  }
}
