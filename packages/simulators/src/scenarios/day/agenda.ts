/** What happens next: entries by time, first in first out at the same time (a binary heap). */

interface Entry {
  readonly at: number;
  readonly order: number;
  readonly run: (at: number) => void;
}

export class Agenda {
  readonly #heap: Entry[] = [];
  #order = 0;

  add(at: number, run: (at: number) => void): void {
    const heap = this.#heap;
    heap.push({ at, order: this.#order++, run });
    let index = heap.length - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#before(index, parent)) break;
      this.#swap(index, parent);
      index = parent;
    }
  }

  /** Runs everything, also what is added meanwhile. */
  run(): void {
    for (let next = this.#take(); next !== undefined; next = this.#take()) next.run(next.at);
  }

  #take(): Entry | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    heap[0] = last;
    let index = 0;
    for (;;) {
      const left = index * 2 + 1;
      const smaller = left + 1 < heap.length && this.#before(left + 1, left) ? left + 1 : left;
      if (smaller >= heap.length || !this.#before(smaller, index)) return first;
      this.#swap(smaller, index);
      index = smaller;
    }
  }

  #before(one: number, other: number): boolean {
    const a = this.#heap[one];
    const b = this.#heap[other];
    if (a === undefined || b === undefined) return false;
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }

  #swap(one: number, other: number): void {
    const a = this.#heap[one];
    const b = this.#heap[other];
    if (a === undefined || b === undefined) return;
    this.#heap[one] = b;
    this.#heap[other] = a;
  }
}
