/** Snapshots that are compared with what is known, a little later: until then late events may still explain them. */

import { discoveredAt, type EngageMicros, laterBy, type StreamMs } from '@exec/common/instants';
import type { CallKey, Conversation } from '../conversation/state.ts';
import type { MappingLookups } from '../conversation/step-context.ts';
import type { Instance } from '../events/connection-clocks.ts';
import type { CallsFound, QueuesFound } from '../events/snapshots.ts';
import { NotCompared, type Supposed } from './not-compared.ts';

export interface PendingSnapshot {
  readonly item: CallsFound | QueuesFound;
  /** The instance that received it. */
  readonly by?: Instance;
  /** Time of discovery. */
  readonly at: EngageMicros;
  /** Stream time at which it is compared. */
  readonly due: StreamMs;
  /** Names of the entries that hold it; they stay in the stream until then. */
  readonly ids: readonly string[];
  /** How often it was put off. */
  readonly putOff: number;
}

/** Snapshots that wait at one time; beyond that the oldest is compared at once. */
const pendingMax = 1_000;
/** A resynchronisation that has not come to its end for so long never will. */
const underWayMs = 60_000;
/** Resynchronisations that are not complete; older ones belong to connections that broke. */
const resyncsMax = 200;
/** A quarter of a minute: longer than a connection takes to come back. */
const putOffMax = 8;

export class PendingSnapshots {
  readonly #waitMs: number;
  readonly #due: PendingSnapshot[] = [];
  readonly #notCompared = new NotCompared();
  /** Parts of resynchronisations under way, by site and session. */
  readonly #parts = new Map<
    string,
    {
      readonly site: string;
      /** Which connection of which instance it belongs to, and stream time at which it began. */
      readonly owner: string;
      readonly since: StreamMs;
      readonly calls: CallsFound['calls'][number][];
      readonly ids: string[];
    }
  >();

  constructor(waitMs: number) {
    this.#waitMs = waitMs;
  }

  get firstDue(): StreamMs | undefined {
    return this.#due[0]?.due;
  }

  /** Answers the names of the entries of resynchronisations that are given up. */
  add(item: CallsFound | QueuesFound, id: string, now: StreamMs, by?: Instance): string[] {
    const abandoned = this.#add(item, id, now, by);
    this.#notCompared.add(item, id, by);
    this.#notCompared.remove(abandoned);
    return abandoned;
  }

  #add(item: CallsFound | QueuesFound, id: string, now: StreamMs, by: Instance): string[] {
    const abandoned: string[] = [];
    const due = laterBy(now, this.#waitMs);
    if (item.kind === 'queues-found') {
      this.#due.push({ item, by, at: discoveredAt(now), due, ids: [id], putOff: 0 });
      return abandoned;
    }
    // A session is of one connection: each site has its own.
    const session = `${item.site} ${item.session}`;
    const owner = session.slice(0, session.lastIndexOf(':'));
    for (const [other, parts] of this.#parts) {
      const replaced = parts.owner === owner && other !== session;
      if (!replaced && now - parts.since < underWayMs) continue;
      this.#parts.delete(other);
      abandoned.push(...parts.ids);
    }
    const known = this.#parts.get(session);
    const parts = known ?? { site: item.site, owner, since: now, calls: [], ids: [] };
    parts.calls.push(...item.calls);
    parts.ids.push(id);
    this.#parts.set(session, parts);
    if (item.complete) {
      this.#parts.delete(session);
      const whole = { ...item, calls: parts.calls };
      this.#due.push({
        item: whole,
        by,
        at: discoveredAt(now),
        due,
        ids: parts.ids,
        putOff: 0,
      });
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
  putOff(snapshot: PendingSnapshot, rest: QueuesFound): boolean {
    if (snapshot.putOff >= putOffMax) return false;
    const due = laterBy(snapshot.due, this.#waitMs);
    const place = this.#due.findIndex((other) => other.due > due);
    const again = { ...snapshot, item: rest, due, putOff: snapshot.putOff + 1 };
    this.#due.splice(place < 0 ? this.#due.length : place, 0, again);
    for (const id of again.ids) this.#notCompared.add(rest, id, again.by);
    return true;
  }

  /** Whether a resynchronisation that is under way or not compared yet names a call, or may still do so. */
  mayName(
    site: string,
    o: { readonly call?: string | undefined; readonly connId?: string | undefined },
    now: StreamMs,
  ): boolean {
    if (o.call === undefined && o.connId === undefined) return false;
    for (const parts of this.#parts.values())
      if (parts.site === site && now - parts.since < underWayMs) return true;
    return this.#due.some(
      ({ item }) =>
        item.site === site &&
        item.kind === 'calls-found' &&
        item.calls.some(
          ({ created }) => created.call === o.call || (o.connId !== undefined && created.connId === o.connId),
        ),
    );
  }

  takeDue(now: StreamMs): PendingSnapshot | undefined {
    const first = this.#due[0];
    if (first === undefined || (first.due > now && this.#due.length <= pendingMax)) return undefined;
    this.#notCompared.remove(first.ids);
    return this.#due.shift();
  }

  /** Whether one that is not compared yet says more of a conversation than is known. */
  tellsMoreOf(
    conversation: Conversation | undefined,
    supposed: Supposed,
    lookups: Pick<MappingLookups, 'queue'>,
  ): boolean {
    return conversation !== undefined && this.#notCompared.tellsMoreOf(conversation, supposed, lookups);
  }

  get isEmpty(): boolean {
    return this.#notCompared.isEmpty;
  }
}

export function namedCalls(item: CallsFound, keyOf: (site: string, uuid: string) => CallKey): Set<CallKey> {
  return new Set(item.calls.map(({ created }) => keyOf(created.site, created.call)));
}
