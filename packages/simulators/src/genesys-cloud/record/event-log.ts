/** All events that were accepted or refused: counts for ever, content of the newest as text to save memory. */
import type { EventKind } from '../events/kinds.ts';
import { BoundedList } from './bounded-list.ts';
import type { EventCounts, EventFilter, EventRefusal, RecordedEvent, RefusalCause } from './types.ts';

interface Entry extends Omit<RecordedEvent, 'event'> {
  readonly json: string;
}

interface Counts {
  accepted: number;
  duplicates: number;
  readonly refusedBy: Record<RefusalCause, number>;
}

const maxRefused = 10_000;

export class EventLog {
  readonly #accepted: BoundedList<Entry>;
  readonly #refused: BoundedList<Entry>;
  readonly #counts = new Map<EventKind, Counts>();
  #sequence = 0;

  constructor(keep: number) {
    this.#accepted = new BoundedList(keep);
    this.#refused = new BoundedList(Math.min(keep, maxRefused));
  }

  accept(event: Omit<Entry, 'sequence' | 'refusal'>): void {
    this.#countsOf(event.kind).accepted++;
    this.#accepted.push({ ...event, sequence: ++this.#sequence });
  }

  refuse(event: Omit<Entry, 'sequence' | 'refusal'>, refusal: EventRefusal): void {
    this.#countsOf(event.kind).refusedBy[refusal.cause]++;
    this.#refused.push({ ...event, sequence: ++this.#sequence, refusal });
  }

  countDuplicate(kind: EventKind): void {
    this.#countsOf(kind).duplicates++;
  }

  counts(kind?: EventKind): EventCounts {
    const counted = kind === undefined ? [...this.#counts.values()] : [this.#counts.get(kind) ?? noCounts()];
    const sum = noCounts();
    for (const { accepted, duplicates, refusedBy } of counted) {
      sum.accepted += accepted;
      sum.duplicates += duplicates;
      sum.refusedBy.rule += refusedBy.rule;
      sum.refusedBy.repeat += refusedBy.repeat;
      sum.refusedBy.injected += refusedBy.injected;
    }
    const refused = sum.refusedBy.rule + sum.refusedBy.repeat + sum.refusedBy.injected;
    return { accepted: sum.accepted, duplicates: sum.duplicates, refused, refusedBy: { ...sum.refusedBy } };
  }

  /** Kinds of which there was any event. */
  kinds(): EventKind[] {
    return [...this.#counts.keys()];
  }

  accepted(filter: EventFilter = {}): RecordedEvent[] {
    return select(this.#accepted, filter);
  }

  refused(filter: EventFilter = {}): RecordedEvent[] {
    return select(this.#refused, filter);
  }

  clear(): void {
    this.#accepted.clear();
    this.#refused.clear();
    this.#counts.clear();
  }

  #countsOf(kind: EventKind): Counts {
    let counts = this.#counts.get(kind);
    if (counts === undefined) {
      counts = noCounts();
      this.#counts.set(kind, counts);
    }
    return counts;
  }
}

function noCounts(): Counts {
  return { accepted: 0, duplicates: 0, refusedBy: { rule: 0, repeat: 0, injected: 0 } };
}

function select(entries: Iterable<Entry>, filter: EventFilter): RecordedEvent[] {
  const kinds = filter.kind === undefined ? undefined : new Set([filter.kind].flat());
  const found: RecordedEvent[] = [];
  for (const { json, ...entry } of entries) {
    if (kinds !== undefined && !kinds.has(entry.kind)) continue;
    if (filter.subject !== undefined && filter.subject !== entry.subject) continue;
    found.push({ ...entry, event: JSON.parse(json) as Record<string, unknown> });
  }
  return found;
}
