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
import { ShortestDelay } from './shortest-delay.ts';

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
export const youngMs = 10_000;
/** Instances that begin within so long of each other do not wait for each other: both were cut off, milliseconds. */
const togetherMs = 3_000;
/** An instance of which nothing has come for so long has nothing left to tell, milliseconds. */
const silentMs = 30_000;
/** Instances of which something is remembered for each connection: each start of a process is another one. */
const instancesMost = 8;

/** How far one instance is with one of its connections. */
interface ConnectionClock {
  /** Newest event time that proves something: what happened before has been dealt with. */
  at: EngageMicros;
  /** Newest event time of what has come, and may still wait. */
  arrived: EngageMicros;
  /** Everything that it had to send when the stream stood at this place has come. */
  answered: StreamPlace;
  /** Stream time since which it watches; undefined: longer than is known. */
  watchesSince: StreamMs | undefined;
  /** Place in the stream at which it began to watch. */
  watchesFrom: StreamPlace;
  /** Which time it is that it watches, see {@link ConnectionClocks.began}. */
  session: Session | undefined;
  /** It watched before, and was cut off. */
  isBack: boolean;
}

/** The time in which a connection tells everything: another one begins when it breaks. */
export interface Session {
  readonly name: string;
  /** Whether everything has been named that went on when it began. */
  readonly isWhole: boolean;
}

/** Where an instance began to watch that is ahead of the others. */
export interface Beginning {
  readonly place: StreamPlace;
  /** Stream time until which it may be ahead. */
  readonly until: StreamMs;
}

interface SiteClocks {
  readonly connections: Map<Connection, Map<string, ConnectionClock>>;
  /** Stream time at which the last came of each instance. */
  readonly cameAt: Map<string, StreamMs>;
  readonly delay: ShortestDelay;
}

/** Whose connection it is; an older release does not say it. */
export type Instance = string | undefined;

export class ConnectionClocks {
  readonly #waitMs: number;
  readonly #owner: Instance;
  readonly #sites = new Map<string, SiteClocks>();

  /**
   * @param waitMs how far connections may be apart
   * @param owner the instance that processes: it watches, though it may have been too busy with its load to tell anything
   *   before one that has just begun
   */
  constructor(waitMs: number, owner?: Instance) {
    this.#waitMs = waitMs;
    this.#owner = owner;
  }

  /**
   * A snapshot of a connection came: it watches from now on, unless it is a late snapshot of the same session.
   * @param place of the snapshot in the stream
   * @param now stream time
   */
  began(
    site: string,
    connection: Connection,
    by: Instance,
    {
      session,
      place,
      now,
    }: { readonly session: Session; readonly place: StreamPlace; readonly now: StreamMs },
  ): void {
    const clock = this.#of(site, connection, by, now);
    const { session: before, watchesSince } = clock;
    const isSame = before?.name === session.name && before.isWhole === session.isWhole;
    // Of many addresses each part of the snapshot says that these are watched as well.
    if (isSame && watchesSince !== undefined && laterBy(watchesSince, youngMs) <= now) return;
    if (before?.name !== session.name) clock.isBack = before !== undefined || clock.at !== never;
    clock.session = session;
    clock.watchesSince = now;
    clock.watchesFrom = place;
  }

  /** An event of time `at` came, and is not dealt with yet; `now`: stream time. */
  arrived(site: string, connection: Connection, by: Instance, at: EngageMicros, now: StreamMs): void {
    const clock = this.#of(site, connection, by, now);
    // Also where the clock is ahead: once it was put forward, things would seem to have happened later than they did.
    this.#siteOf(site, now).delay.note(at, now);
    if (at > discoveredAt(laterBy(now, this.#waitMs))) return;
    clock.arrived = latest(clock.arrived, at);
  }

  /** An event of time `at` was dealt with; `now`: stream time. */
  heard(site: string, connection: Connection, by: Instance, at: EngageMicros, now: StreamMs): void {
    const clock = this.#of(site, connection, by, now);
    // It says nothing about what comes before its time: the clock is wrong, for this event or for good.
    if (at > discoveredAt(laterBy(now, this.#waitMs))) return;
    const ofSite = this.#siteOf(site, now);
    if (at < engageLaterBy(clock.at, -this.#waitMs)) {
      // The clock was put back: what any connection sent with the old time proves nothing about the new one.
      for (const instances of ofSite.connections.values())
        for (const other of instances.values()) other.at = other.arrived = never;
      ofSite.delay.reset();
      ofSite.delay.note(at, now);
    }
    clock.at = latest(clock.at, at);
  }

  /** It answered a question that was asked when the stream stood at `place`; `now`: stream time. */
  answered(site: string, connection: Connection, by: Instance, place: StreamPlace, now: StreamMs): void {
    const clock = this.#of(site, connection, by, now);
    clock.answered = Math.max(clock.answered, place);
  }

  /** Whether a connection has answered what was asked at `place`: the same question once more would tell nothing new. */
  hasAnswered(site: string, connection: Connection, place: StreamPlace): boolean {
    for (const [, { answered }] of this.#clocksOf(site, connection)) if (answered >= place) return true;
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
    const happened = this.#happened(site, at);
    for (const [by, clock] of this.#clocksOf(site, connection)) {
      if (clock.at <= at && clock.answered < place) continue;
      const { watchesSince } = clock;
      if (watchesSince === undefined || laterBy(watchesSince, youngMs) <= now) return true;
      if (watchesSince <= happened && this.comesAfter(site, connection, by, now) === undefined) return true;
    }
    return false;
  }

  /**
   * Where an instance began to watch, while others that were there before have still to tell what happened until then;
   * undefined when one of them has, when nothing has come of them lately, or after ten seconds, and after two where it had
   * only been cut off.
   * @param now stream time
   */
  comesAfter(site: string, connection: Connection, by: Instance = '', now: StreamMs): Beginning | undefined {
    const ofSite = this.#sites.get(site);
    const clocks = ofSite?.connections.get(connection);
    const { watchesSince, watchesFrom = -1, isBack = false, session } = clocks?.get(by) ?? {};
    if (watchesSince === undefined) return undefined;
    const until = laterBy(watchesSince, isBack ? this.#waitMs : youngMs);
    if (until <= now) return undefined;
    // From which moment on it is told what goes on is known only when all has been named.
    const isWhole = session?.isWhole === true;
    let isAhead = false;
    for (const [other, cameAt] of ofSite?.cameAt ?? []) {
      const clock = clocks?.get(other);
      if (other === by || (clock?.watchesSince ?? 0) > laterBy(watchesSince, -togetherMs)) continue;
      const hasCaughtUp =
        clock !== undefined &&
        (clock.answered >= watchesFrom || this.#happened(site, clock.arrived) > watchesSince);
      if (isWhole && hasCaughtUp) return undefined;
      if (laterBy(cameAt, silentMs) > watchesSince) isAhead = true;
    }
    return isAhead ? { place: watchesFrom, until } : undefined;
  }

  /** Stream time, or not known. */
  #happened(site: string, at: EngageMicros): number {
    return this.#sites.get(site)?.delay.arrivalOf(at) ?? Number.NEGATIVE_INFINITY;
  }

  #clocksOf(site: string, connection: Connection): Iterable<[string, ConnectionClock]> {
    return this.#sites.get(site)?.connections.get(connection) ?? [];
  }

  /** `now`: stream time, of the first that comes of the site. */
  #siteOf(site: string, now: StreamMs): SiteClocks {
    const known = this.#sites.get(site);
    if (known !== undefined) return known;
    const clocks = { connections: new Map(), cameAt: new Map(), delay: new ShortestDelay() };
    if (this.#owner !== undefined) clocks.cameAt.set(this.#owner, now);
    this.#sites.set(site, clocks);
    return clocks;
  }

  /** Something came of it. */
  #of(site: string, connection: Connection, by: Instance = '', now: StreamMs): ConnectionClock {
    const { connections, cameAt } = this.#siteOf(site, now);
    const instances = connections.get(connection) ?? new Map<string, ConnectionClock>();
    connections.set(connection, instances);
    cameAt.delete(by);
    cameAt.set(by, now);
    for (const oldest of cameAt.keys()) {
      if (cameAt.size <= instancesMost) break;
      cameAt.delete(oldest);
    }
    const known = instances.get(by);
    if (known !== undefined) return known;
    const clock: ConnectionClock = {
      at: never,
      arrived: never,
      answered: -1,
      watchesSince: undefined,
      watchesFrom: -1,
      session: undefined,
      isBack: false,
    };
    instances.set(by, clock);
    for (const oldest of instances.keys()) {
      if (instances.size <= instancesMost) break;
      instances.delete(oldest);
    }
    return clock;
  }
}
