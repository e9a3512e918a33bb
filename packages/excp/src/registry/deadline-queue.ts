/** Which key is due next: a binary heap with one valid time per key. */
import type { StreamMs } from '@exec/common/instants';

interface Slot {
  readonly key: string;
  readonly due: StreamMs;
}

export class DeadlineQueue {
  readonly #valid = new Map<string, StreamMs>();
  #heap: Slot[] = [];

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
    this.#push({ key, due });
    // Outdated slots are skipped when they come up; too many of them are swept out.
    if (this.#heap.length > 64 + 4 * this.#valid.size) this.#rebuild();
  }

  /** Earliest time, undefined when nothing is due ever. */
  get first(): StreamMs | undefined {
    this.#skipOutdated();
    return this.#heap[0]?.due;
  }

  /** Takes out the next key that is due at `now`. */
  take(now: StreamMs): string | undefined {
    this.#skipOutdated();
    const slot = this.#heap[0];
    if (slot === undefined || slot.due > now) return undefined;
    this.#pop();
    this.#valid.delete(slot.key);
    return slot.key;
  }

  #skipOutdated(): void {
    for (let slot = this.#heap[0]; slot !== undefined; slot = this.#heap[0]) {
      if (this.#valid.get(slot.key) === slot.due) return;
      this.#pop();
    }
  }

  #rebuild(): void {
    this.#heap = [];
    for (const [key, due] of this.#valid) this.#push({ key, due });
  }

  #push(slot: Slot): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(slot);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || above.due <= slot.due) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = slot;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      let child = left;
      const leftSlot = heap[left];
      if (leftSlot === undefined) break;
      const rightSlot = heap[right];
      if (rightSlot !== undefined && rightSlot.due < leftSlot.due) child = right;
      const smaller = child === left ? leftSlot : rightSlot;
      if (smaller === undefined || smaller.due >= last.due) break;
      heap[index] = smaller;
      index = child;
    }
    heap[index] = last;
  }
}
