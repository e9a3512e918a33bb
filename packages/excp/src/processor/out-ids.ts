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
