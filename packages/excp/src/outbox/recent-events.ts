/** What became lately of events that left: for people who look at a conversation. In memory only, within a bound. */
import type { OutboxEntry } from './entry.ts';
import type { SendResult } from './sender.ts';

export interface RecentEvent {
  readonly event: string;
  readonly eventId: string;
  /** ISO 8601: the time that was sent with it. */
  readonly at: string;
  /** Key of the leg that it speaks of first. */
  readonly leg: string | undefined;
  readonly state: 'accepted' | 'refused';
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

  constructor(bound: number = most) {
    this.#most = bound;
  }

  get size(): number {
    return this.#size;
  }

  /** `now`: wall time, milliseconds. */
  note({ conversation, legs, event }: OutboxEntry, result: SendResult, now: number): void {
    if (result === 'retried') return;
    const { eventId, eventDateTime } = event.event;
    const known = this.#events.get(conversation) ?? [];
    known.push({
      event: event.kind,
      eventId,
      at: eventDateTime,
      leg: legs[0],
      state: result === 'dead' ? 'refused' : 'accepted',
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
