/** Which key is due next: a binary heap with one valid time per key. */
import type { StreamMs } from '@exec/common/instants';

export class DeadlineQueue {
  readonly #valid = new Map<string, StreamMs>();
  /** The heap, in two lists side by side: tens of thousands wait in it, and an object for each would cost more than both. */
  #keys: string[] = [];
  #dues: StreamMs[] = [];

  get size(): number {
    return this.#valid.size;
  }

  /** Undefined takes the key out. */
  set(key: string, due: StreamMs | undefined): void {
    if (due === undefined) {
      this.#valid.delete(key);
      return;
    }
    if (this.#valid.get(key) === due) return;
    this.#valid.set(key, due);
    this.#push(key, due);
    // Outdated places are skipped when they come up; too many of them are swept out.
    if (this.#keys.length > 64 + 4 * this.#valid.size) this.#rebuild();
  }

  /** Earliest time, undefined when nothing is due ever. */
  get first(): StreamMs | undefined {
    this.#skipOutdated();
    return this.#dues[0];
  }

  /** Takes out the next key that is due at `now`. */
  take(now: StreamMs): string | undefined {
    this.#skipOutdated();
    const [key, due] = [this.#keys[0], this.#dues[0]];
    if (key === undefined || due === undefined || due > now) return undefined;
    this.#pop();
    this.#valid.delete(key);
    return key;
  }

  #skipOutdated(): void {
    for (let key = this.#keys[0]; key !== undefined; key = this.#keys[0]) {
      if (this.#valid.get(key) === this.#dues[0]) return;
      this.#pop();
    }
  }

  #rebuild(): void {
    this.#keys = [];
    this.#dues = [];
    for (const [key, due] of this.#valid) this.#push(key, due);
  }

  #push(key: string, due: StreamMs): void {
    let index = this.#keys.length;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = this.#dues[parent];
      if (above === undefined || above <= due) break;
      this.#put(index, this.#keys[parent] ?? '', above);
      index = parent;
    }
    this.#put(index, key, due);
  }

  #pop(): void {
    const [key, due] = [this.#keys.pop(), this.#dues.pop()];
    const { length } = this.#keys;
    if (key === undefined || due === undefined || length === 0) return;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const leftDue = this.#dues[left];
      if (leftDue === undefined) break;
      const rightDue = this.#dues[left + 1];
      const isRight = rightDue !== undefined && rightDue < leftDue;
      const [child, smaller] = isRight ? [left + 1, rightDue] : [left, leftDue];
      if (smaller >= due) break;
      this.#put(index, this.#keys[child] ?? '', smaller);
      index = child;
    }
    this.#put(index, key, due);
  }

  #put(index: number, key: string, due: StreamMs): void {
    this.#keys[index] = key;
    this.#dues[index] = due;
  }
}
