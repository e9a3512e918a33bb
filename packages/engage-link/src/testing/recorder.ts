/** Keeps what happened in order, and lets a test wait until something has. */

interface Wait<T> {
  readonly fits: (entry: T) => boolean;
  readonly resolve: (entry: T) => void;
  /** How many entries that fit are still to come. */
  left: number;
}

export class Recorder<T> {
  readonly entries: T[] = [];
  readonly #waits = new Set<Wait<T>>();

  add(entry: T): void {
    this.entries.push(entry);
    for (const wait of this.#waits) {
      if (!wait.fits(entry) || --wait.left > 0) continue;
      this.#waits.delete(wait);
      wait.resolve(entry);
    }
  }

  /** Fulfilled when `count` entries that fit have been added since the recorder was made; answers the last of them. */
  async until(fits: (entry: T) => boolean, count = 1): Promise<T> {
    const found = this.entries.filter(fits);
    const there = found[count - 1];
    if (there !== undefined) return there;
    return await new Promise((resolve) => this.#waits.add({ fits, resolve, left: count - found.length }));
  }
}
