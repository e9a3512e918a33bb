/**
 * Events that are received together, brought into the order of the server's clock. Between the three connections to
 * a SIP Server events have no order, and after a pause of this process (the machine stood still, or had no time for
 * it) each connection delivers all that it has gathered, one after the other: a queue would tell of calls that seem
 * to be over. Each connection keeps its own order. It ends when the event loop has gone round once without any
 * further event, so that all sockets have been read; on an idle process that takes microseconds.
 */
import { type EngageMicros, latest } from '@exec/common/instants';
export class ReorderBuffer<T> {
  readonly #deliver: (event: T) => void;
  readonly #newest = new Map<string, EngageMicros>();
  #events: { readonly at: EngageMicros; readonly event: T }[] = [];
  #round: NodeJS.Immediate | undefined;
  #rounds = 0;
  /** Events that were there when the round began. */
  #before = 0;

  /** `deliver`: gets them one by one. */
  constructor(deliver: (event: T) => void) {
    this.#deliver = deliver;
  }

  /** `connection`: name of what has an order of its own; `at`: event time. */
  add(connection: string, at: EngageMicros, event: T): void {
    // A clock that goes back does not change the order within its connection.
    const place = latest(at, this.#newest.get(connection) ?? at);
    this.#newest.set(connection, place);
    this.#events.push({ at: place, event });
    this.#round ??= setImmediate(() => this.#wentRound());
  }

  /** Delivers now what has been gathered. */
  end(): void {
    clearImmediate(this.#round);
    this.#round = undefined;
    this.#rounds = 0;
    this.#before = 0;
    const events = this.#events;
    this.#events = [];
    this.#newest.clear();
    for (const { event } of events.toSorted((a, b) => a.at - b.at)) this.#deliver(event);
  }

  #wentRound(): void {
    if (this.#events.length === this.#before || ++this.#rounds >= roundsMax) {
      this.end();
      return;
    }
    this.#before = this.#events.length;
    this.#round = setImmediate(() => this.#wentRound());
  }
}

/** Under a flood every round brings more. */
const roundsMax = 4;
