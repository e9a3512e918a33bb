/** Moves the times of a recording to another begin and another speed: what rose keeps rising, what was equal stays equal. */
import type { Frame } from '@exec/engage-link/wire';
import { timeOf } from '../conformance/order.ts';

export class Times {
  readonly #seen = new Set<number>();
  #moved: ReadonlyMap<number, number> | undefined;
  #order: readonly number[] = [];

  /** Microseconds since 1970 that an event carries. */
  learn({ attributes }: Frame): void {
    const time = timeOf(attributes);
    if (time !== undefined) this.#seen.add(time);
  }

  ordered(): this {
    this.#order = [...this.#seen].toSorted((a, b) => a - b);
    return this;
  }

  /**
   * From now on `from` (milliseconds since 1970) is sent as `to`, and everything after it `speed` times as fast.
   * Two events never get the same time unless they had it.
   */
  move(from: number, to: number, speed: number): void {
    const moved = new Map<number, number>();
    let last = Number.NEGATIVE_INFINITY;
    for (const time of this.#order) {
      last = Math.max(last + 1, Math.floor(to * 1000 + (time - from * 1000) / speed));
      moved.set(time, last);
    }
    this.#moved = moved;
    this.#seconds = (seconds) => Math.floor(to / 1000 + (seconds - from / 1000) / speed);
  }

  #seconds: (seconds: number) => number = (seconds) => seconds;

  /** The frame with its times moved, without the count of the connection that it came over. */
  retimed({ message, attributes }: Frame): Frame {
    const { EventSequenceNumber: _, ...rest } = attributes;
    const time = timeOf(attributes);
    const moved = time === undefined ? undefined : this.#moved?.get(time);
    const own = moved === undefined ? {} : { TimeinSecs: Math.floor(moved / 1e6), TimeinuSecs: moved % 1e6 };
    const value = 'ObjectValue' in rest ? { ObjectValue: this.#inTree(rest.ObjectValue) } : {};
    return { message, attributes: { ...rest, ...own, ...value } };
  }

  /** The states of a Stat Server count whole seconds. */
  #inTree(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((one) => this.#inTree(one));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [
        key,
        key === 'Time' && typeof one === 'number' ? this.#seconds(one) : this.#inTree(one),
      ]),
    );
  }
}
