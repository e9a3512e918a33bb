/** Snapshots that are compared with what is known, a little later: until then late events may still explain them. */
import type { CallsFound, QueuesFound } from '../intake/items.ts';
import type { CallKey } from './state.ts';

export interface Comparison {
  readonly item: CallsFound | QueuesFound;
  /** Time of discovery, microseconds. */
  readonly at: number;
  /** Stream time at which it is compared. */
  readonly due: number;
  /** Names of the items that told it; they stay in the stream until then. */
  readonly ids: readonly string[];
  /** How often it was put off. */
  readonly putOff: number;
}

/** Comparisons that wait at one time; more are made at once. */
const comparisonsMax = 1_000;
/** Resynchronisations that are not complete; older ones belong to connections that broke. */
const resyncsMax = 200;
/** A quarter of a minute: longer than a connection takes to come back. */
const putOffMax = 8;

export class Comparisons {
  readonly #waitMs: number;
  readonly #waiting: Comparison[] = [];
  /** Parts of resynchronisations under way, by session. */
  readonly #parts = new Map<string, { calls: CallsFound['calls'][number][]; ids: string[] }>();

  constructor(waitMs: number) {
    this.#waitMs = waitMs;
  }

  get firstDue(): number | undefined {
    return this.#waiting[0]?.due;
  }

  /** Answers the names of items that nothing is waited for any more. */
  add(item: CallsFound | QueuesFound, id: string, now: number): string[] {
    const abandoned: string[] = [];
    if (item.kind === 'queues-found') {
      this.#waiting.push({ item, at: now * 1000, due: now + this.#waitMs, ids: [id], putOff: 0 });
      return abandoned;
    }
    const parts = this.#parts.get(item.session) ?? { calls: [], ids: [] };
    parts.calls.push(...item.calls);
    parts.ids.push(id);
    this.#parts.set(item.session, parts);
    if (item.complete) {
      this.#parts.delete(item.session);
      const whole = { ...item, calls: parts.calls };
      this.#waiting.push({ item: whole, at: now * 1000, due: now + this.#waitMs, ids: parts.ids, putOff: 0 });
    }
    for (const [session, { ids }] of this.#parts) {
      if (this.#parts.size <= resyncsMax) break;
      this.#parts.delete(session);
      abandoned.push(...ids);
    }
    return abandoned;
  }

  /**
   * Waits once more with what is left of it: the connection that tells the calls may come back later than the one
   * that tells the queues. Answers whether it does; not for ever.
   */
  putOff(comparison: Comparison, rest: QueuesFound): boolean {
    if (comparison.putOff >= putOffMax) return false;
    const due = comparison.due + this.#waitMs;
    const place = this.#waiting.findIndex((other) => other.due > due);
    const again = { ...comparison, item: rest, due, putOff: comparison.putOff + 1 };
    this.#waiting.splice(place < 0 ? this.#waiting.length : place, 0, again);
    return true;
  }

  takeDue(now: number): Comparison | undefined {
    const first = this.#waiting[0];
    if (first === undefined || (first.due > now && this.#waiting.length <= comparisonsMax)) return undefined;
    return this.#waiting.shift();
  }
}

export function namedCalls(item: CallsFound, keyOf: (site: string, uuid: string) => CallKey): Set<CallKey> {
  return new Set(item.calls.map(({ created }) => keyOf(created.site, created.call)));
}
