/**
 * How far each connection to a SIP Server is: one waits for another by this, not by the time of day. Two things
 * prove that everything up to some event has come: a later event of that connection, by the server's clock; and its
 * answer to a question that was asked when the event was known already, since a connection keeps its order.
 */

import type { Connection } from '@exec/common/config';
import {
  discoveredAt,
  type EngageMicros,
  engageLaterBy,
  engageMicros,
  laterBy,
  latest,
  type StreamMs,
  streamMs,
} from '@exec/common/instants';

/** Orders what is in the stream: rises with its IDs. */
export type StreamPlace = number;

/** More entries than Redis takes in a millisecond. */
const entriesOfMs = 2_048;

/**
 * `id`: `<milliseconds>-<number>` of an entry of the stream. While Redis' clock is behind the newest ID, since it was
 * ahead before, the number alone rises, by millions: places rise with it, into those of the next milliseconds. When that
 * time has come, places fall back by some seconds once: an answer that is older may then end a wait early.
 */
export function placeOf(id: string): StreamPlace {
  const [ms = 0, number = 0] = id.split('-').map((part) => Number(part) || 0);
  return ms * entriesOfMs + number;
}

/** Nothing proves anything. */
const never = engageMicros(-1);

interface ConnectionClock {
  /** Newest event time that proves something. */
  at: EngageMicros;
  /** Everything that it had to send when the stream stood at this place has come. */
  answered: StreamPlace;
}

/**
 * An event that waited so long in memory says that Redis was away. For some seconds after that the other instance may still
 * have events to store that this one has not heard: as long as a client takes to come back, and to store a full memory.
 */
const awayMs = 1_000;
const afterAwayMs = 10_000;

export class ConnectionClocks {
  readonly #waitMs: number;
  /** Newest stream time that is known, and the one until which nothing proves anything. */
  #now = streamMs(0);
  #provesFrom = streamMs(0);
  readonly #clocks = new Map<string, Map<Connection, ConnectionClock>>();

  /** `waitMs`: how far connections may be apart. */
  constructor(waitMs: number) {
    this.#waitMs = waitMs;
  }

  /** An event of time `at` came; `now`: stream time. */
  heard(site: string, connection: Connection, at: EngageMicros, now: StreamMs): void {
    const clock = this.#of(site, connection);
    // It says nothing about what comes before its time: the clock is wrong, for this event or for good.
    if (at > discoveredAt(laterBy(now, this.#waitMs))) return;
    if (at < engageLaterBy(clock.at, -this.#waitMs))
      // The clock was put back: what any connection sent with the old time proves nothing about the new one.
      for (const other of this.#clocks.get(site)?.values() ?? []) other.at = never;
    clock.at = latest(clock.at, at);
  }

  /** Time has come to `now`; an entry was stored then that had waited for so many milliseconds in memory. */
  passed(now: StreamMs, waited = 0): void {
    this.#now = latest(this.#now, now);
    if (waited >= awayMs) this.#provesFrom = latest(this.#provesFrom, laterBy(now, afterAwayMs));
  }

  /** Stream time from which what has come proves again that nothing is missing before it. */
  get provesFrom(): StreamMs {
    return this.#provesFrom;
  }

  /** It answered a question that was asked when the stream stood at `place`. */
  answered(site: string, connection: Connection, place: StreamPlace): void {
    const clock = this.#of(site, connection);
    clock.answered = Math.max(clock.answered, place);
  }

  /**
   * Whether everything up to and including `at`, which was known at `place`, has come.
   *
   * @rule After Redis was away, nothing proves for ten seconds that a connection has caught up: of what happened meanwhile the
   *   other instance may have heard what this one has not.
   * @test registry/registry.test.ts: what the other instance heard while Redis was away comes after the snapshot of one that was blind
   */
  caughtUp(site: string, connection: Connection, at: EngageMicros, place: StreamPlace): boolean {
    if (this.#now < this.#provesFrom) return false;
    const clock = this.#clocks.get(site)?.get(connection);
    return clock !== undefined && (clock.at > at || clock.answered >= place);
  }

  #of(site: string, connection: Connection): ConnectionClock {
    const ofSite = this.#clocks.get(site) ?? new Map<Connection, ConnectionClock>();
    this.#clocks.set(site, ofSite);
    const clock = ofSite.get(connection) ?? { at: never, answered: -1 };
    ofSite.set(connection, clock);
    return clock;
  }
}
