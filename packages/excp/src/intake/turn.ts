/**
 * The events that were received in one turn of the event loop, brought into the order of the server's clock. Between
 * the three connections to a SIP Server events have no order, and after a pause of this process (the machine was
 * stopped, or had no time for it) each connection delivers all that it has gathered, one after the other: a queue
 * would tell of calls that seem to be over. Each connection keeps its own order. Nothing is delayed: a turn ends
 * when all sockets that have data have been read.
 */
export class Turn<T> {
  readonly #deliver: (event: T) => void;
  readonly #newest = new Map<string, number>();
  #events: { readonly at: number; readonly event: T }[] = [];
  #end: NodeJS.Immediate | undefined;

  /** `deliver`: gets them one by one. */
  constructor(deliver: (event: T) => void) {
    this.#deliver = deliver;
  }

  /** `connection`: name of what has an order of its own; `at`: event time in any unit, the same one for all. */
  add(connection: string, at: number, event: T): void {
    // A clock that goes back does not change the order within its connection.
    const place = Math.max(at, this.#newest.get(connection) ?? at);
    this.#newest.set(connection, place);
    this.#events.push({ at: place, event });
    this.#end ??= setImmediate(() => this.end());
  }

  /** Delivers now what has been gathered. */
  end(): void {
    clearImmediate(this.#end);
    this.#end = undefined;
    const events = this.#events;
    this.#events = [];
    this.#newest.clear();
    for (const { event } of events.toSorted((a, b) => a.at - b.at)) this.#deliver(event);
  }
}
