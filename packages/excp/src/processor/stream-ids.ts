/** IDs of Redis streams, `<milliseconds>-<count>`: their order and their times; and those that we choose ourselves. */
import { type WallMs, wallMs } from '@exec/common/instants';

const countMax = 2n ** 64n - 1n;

/** The lowest ID that comes after this one: ranges that exclude their begin came with Redis 6.2. */
export function idAfter(id: string): string {
  const [ms = '0', count = '0'] = id.split('-');
  const next = BigInt(count) + 1n;
  return next > countMax ? `${BigInt(ms) + 1n}-0` : `${ms}-${next}`;
}

/** Time of an ID, by the clock that Redis had when it gave it. */
export function timeOfId(id: string): WallMs {
  return wallMs(Number(id.slice(0, id.indexOf('-'))));
}

/** IDs for the out-stream, chosen before the commit so that repeating it adds nothing: the epoch, then a count. */
export class OutIds {
  #epoch: number;
  #count: number;

  /** `last`: the newest ID that the stream has ever had, undefined when there was none. */
  constructor(last: string | undefined) {
    const [epoch = 0, count = 0] = (last ?? '0-0').split('-').map(Number);
    this.#epoch = epoch;
    this.#count = count;
  }

  /** Higher than every ID before, whatever the clocks of the holders say. */
  next(epoch: number): string {
    if (epoch > this.#epoch) {
      this.#epoch = epoch;
      this.#count = 0;
    }
    return `${this.#epoch}-${++this.#count}`;
  }
}
