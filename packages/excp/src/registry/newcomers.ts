/**
 * Holds back what an instance reports that has just begun to watch, until another one that reads late has reported what
 * happened before: events of one instance are in order, those of two are not. What is held back keeps its place in the
 * stream.
 */
import { connections } from '@exec/common/config';
import { type EngageMicros, earliest, laterBy, latest, type StreamMs } from '@exec/common/instants';
import {
  type ConnectionClocks,
  type Instance,
  type StreamPlace,
  youngMs,
} from '../events/connection-clocks.ts';
import { type AwaitedConnection, isSnapshot, type ModelInput } from '../events/snapshots.ts';

/** An item, and where it stands in the stream. */
export interface StreamItem {
  readonly id: string;
  readonly item: ModelInput;
  /** The instance that received it. */
  readonly by: Instance;
  readonly place: StreamPlace;
}

/** Of one site, in the order of the stream. */
interface Held {
  readonly items: StreamItem[];
  /** Those that have just begun to watch. */
  readonly newcomers: Set<Instance>;
  /** When the first of them happened; a snapshot says nothing of that. */
  from: EngageMicros | undefined;
  /** Stream times: until which one of them may be ahead, and until which all waits at most. */
  due: StreamMs;
  readonly until: StreamMs;
}

export class Newcomers {
  readonly #clocks: Pick<ConnectionClocks, 'comesAfter'>;
  readonly #bySite = new Map<string, Held>();

  constructor(clocks: Pick<ConnectionClocks, 'comesAfter'>) {
    this.#clocks = clocks;
  }

  get firstDue(): StreamMs | undefined {
    const [first, ...others] = [...this.#bySite.values()].map(({ due, until }) => earliest(due, until));
    return first === undefined ? undefined : earliest(first, ...others);
  }

  /** Connections that are waited for, and the place in the stream up to which they have to tell what they know. */
  *awaited(now: StreamMs): Iterable<AwaitedConnection> {
    for (const [site, { newcomers }] of this.#bySite)
      for (const by of newcomers)
        for (const connection of connections) {
          const began = this.#clocks.comesAfter(site, connection, by, now);
          if (began !== undefined) yield { site, connection, place: began.place };
        }
  }

  /**
   * Keeps it back where it has to wait; answers whether it does.
   *
   * @rule What an instance reports that has just begun to watch waits until another one has reported everything from
   *   before, ten seconds at most; one that has been silent for half a minute is not waited for.
   * @test registry/newcomers.test.ts
   * @test conversation/newcomer.test.ts
   * @param now stream time
   */
  holds(received: StreamItem, now: StreamMs): boolean {
    const { item, by } = received;
    const { site } = item;
    const ahead = this.#aheadUntil(site, by, now);
    // What another one tells that happened later keeps its place behind it.
    if (ahead === undefined && (isSnapshot(item) || !this.hides(site, item.at))) return false;
    const of: Held = this.#bySite.get(site) ?? {
      ...{ items: [], newcomers: new Set(), from: undefined, due: now, until: laterBy(now, youngMs) },
    };
    of.items.push(received);
    if (ahead !== undefined) {
      of.newcomers.add(by);
      of.due = latest(of.due, ahead);
    }
    if (!isSnapshot(item)) of.from = earliest(of.from ?? item.at, item.at);
    this.#bySite.set(site, of);
    return true;
  }

  /** Whether something waits that happened up to `at`: not everything has come, then. */
  hides(site: string, at: EngageMicros): boolean {
    const from = this.#bySite.get(site)?.from;
    return from !== undefined && from <= at;
  }

  /** Takes out what waits no longer, one after the other in the order of the stream; the rest hides what comes later. */
  *take(now: StreamMs): Iterable<StreamItem> {
    for (const [site, held] of this.#bySite) {
      const { newcomers, until } = held;
      if (until > now && [...newcomers].some((by) => this.#aheadUntil(site, by, now) !== undefined)) continue;
      for (const [next, from] of withRest(held.items)) {
        held.from = from;
        yield next;
      }
      this.#bySite.delete(site);
    }
  }

  /** Stream time until which an instance may be ahead of the others; undefined: it is not. */
  #aheadUntil(site: string, by: Instance, now: StreamMs): StreamMs | undefined {
    let until: StreamMs | undefined;
    for (const connection of connections) {
      const began = this.#clocks.comesAfter(site, connection, by, now);
      if (began !== undefined) until = latest(until ?? began.until, began.until);
    }
    return until;
  }
}

/** Each with the time of the event after it that happened first. */
function withRest(items: readonly StreamItem[]): [next: StreamItem, from: EngageMicros | undefined][] {
  let from: EngageMicros | undefined;
  const backwards = items.toReversed().map((received): [StreamItem, EngageMicros | undefined] => {
    const { item } = received;
    const ofRest = from;
    if (!isSnapshot(item)) from = earliest(from ?? item.at, item.at);
    return [received, ofRest];
  });
  return backwards.reverse();
}
