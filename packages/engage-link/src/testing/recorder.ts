/** Keeps what happened in order, and lets a test wait until something has. */

export class Recorder<T> {
  readonly entries: T[] = [];
  #waiting: { readonly ready: () => boolean; readonly resolve: () => void }[] = [];

  add(entry: T): void {
    this.entries.push(entry);
    const before = this.#waiting;
    this.#waiting = [];
    for (const wait of before)
      if (wait.ready()) wait.resolve();
      else this.#waiting.push(wait);
  }

  /** Fulfilled when `count` entries that fit have been added since the recorder was made; answers the last of them. */
  async until(fits: (entry: T) => boolean, count = 1): Promise<T> {
    const found = () => this.entries.filter(fits);
    const ready = () => found().length >= count;
    if (!ready()) await new Promise<void>((resolve) => this.#waiting.push({ ready, resolve }));
    return found()[count - 1] as T;
  }
}
