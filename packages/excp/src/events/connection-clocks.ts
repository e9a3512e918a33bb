/**
 * How far each connection to a SIP Server is: one waits for another by this, not by the time of day. Two things
 * prove that everything up to some event has come: a later event of that connection, by the server's clock; and its
 * answer to a question that was asked when the event was known already, since a connection keeps its order.
 *
 * Each instance has its own connections, and only one that was there when something happened was told of it: what comes
 * through a newer one proves nothing about what the other instance has yet to read.
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
/** What another instance was told before a connection began has been stored by then, milliseconds. */
const youngMs = 10_000;
/** Instances of which something is remembered for each connection: each start of a process is another one. */
const instancesMost = 8;

/** How far one instance is with one of its connections. */
interface ConnectionClock {
  /** Newest event time that proves something. */
  at: EngageMicros;
  /** Everything that it had to send when the stream stood at this place has come. */
  answered: StreamPlace;
  /** Stream time since which it watches; undefined: longer than is known. */
  watchesSince: StreamMs | undefined;
  /** Which time it is that it watches, see {@link ConnectionClocks.began}. */
  session: string | undefined;
}

interface SiteClocks {
  readonly connections: Map<Connection, Map<string, ConnectionClock>>;
  /** From the server's time to the stream's, as of what took least from its event to its arrival, milliseconds. */
  delay: number | undefined;
}

/** Whose connection it is; an older release does not say it. */
export type Instance = string | undefined;

export class ConnectionClocks {
  readonly #waitMs: number;
  readonly #sites = new Map<string, SiteClocks>();

  /** `waitMs`: how far connections may be apart. */
  constructor(waitMs: number) {
    this.#waitMs = waitMs;
  }

  /**
   * A snapshot of a connection came: it watches from now on, unless it is another snapshot of the same session.
   * @param now stream time
   */
  began(site: string, connection: Connection, by: Instance, session: string, now: StreamMs): void {
    const clock = this.#of(site, connection, by);
    if (clock.session === session) return;
    clock.session = session;
    clock.watchesSince = now;
  }

  /** An event of time `at` came; `now`: stream time. */
  heard(site: string, connection: Connection, by: Instance, at: EngageMicros, now: StreamMs): void {
    const clock = this.#of(site, connection, by);
    // It says nothing about what comes before its time: the clock is wrong, for this event or for good.
    if (at > discoveredAt(laterBy(now, this.#waitMs))) return;
    const ofSite = this.#siteOf(site);
    if (at < engageLaterBy(clock.at, -this.#waitMs)) {
      // The clock was put back: what any connection sent with the old time proves nothing about the new one.
      for (const instances of ofSite.connections.values())
        for (const other of instances.values()) other.at = never;
      ofSite.delay = undefined;
    }
    clock.at = latest(clock.at, at);
    const delay = now - at / 1_000;
    ofSite.delay = Math.min(ofSite.delay ?? delay, delay);
  }

  /** It answered a question that was asked when the stream stood at `place`. */
  answered(site: string, connection: Connection, by: Instance, place: StreamPlace): void {
    const clock = this.#of(site, connection, by);
    clock.answered = Math.max(clock.answered, place);
  }

  /** Whether a connection has answered what was asked at `place`: the same question once more would tell nothing new. */
  hasAnswered(site: string, connection: Connection, place: StreamPlace): boolean {
    for (const { answered } of this.#clocksOf(site, connection)) if (answered >= place) return true;
    return false;
  }

  /**
   * Whether everything up to and including `at`, which was known at `place`, has come.
   *
   * @rule A connection that has just begun proves nothing about what happened before, for ten seconds: the other instance
   *   may still have to read it.
   * @test events/connection-clocks.test.ts: a connection that has just begun
   * @param now stream time
   */
  caughtUp(
    site: string,
    connection: Connection,
    at: EngageMicros,
    place: StreamPlace,
    now: StreamMs,
  ): boolean {
    const ofSite = this.#sites.get(site);
    /** Stream time, or not known. */
    const happened = ofSite?.delay === undefined ? Number.NEGATIVE_INFINITY : at / 1_000 + ofSite.delay;
    for (const clock of this.#clocksOf(site, connection)) {
      if (clock.at <= at && clock.answered < place) continue;
      const { watchesSince } = clock;
      if (watchesSince === undefined || watchesSince <= happened) return true;
      if (laterBy(watchesSince, youngMs) <= now) return true;
    }
    return false;
  }

  #clocksOf(site: string, connection: Connection): Iterable<ConnectionClock> {
    return this.#sites.get(site)?.connections.get(connection)?.values() ?? [];
  }

  #siteOf(site: string): SiteClocks {
    const clocks = this.#sites.get(site) ?? { connections: new Map(), delay: undefined };
    this.#sites.set(site, clocks);
    return clocks;
  }

  #of(site: string, connection: Connection, by: Instance = ''): ConnectionClock {
    const { connections } = this.#siteOf(site);
    const instances = connections.get(connection) ?? new Map<string, ConnectionClock>();
    connections.set(connection, instances);
    const known = instances.get(by);
    if (known !== undefined) return known;
    const clock = { at: never, answered: -1, watchesSince: undefined, session: undefined };
    instances.set(by, clock);
    for (const oldest of instances.keys()) {
      if (instances.size <= instancesMost) break;
      instances.delete(oldest);
    }
    return clock;
  }
}
