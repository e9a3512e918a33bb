/** A list that keeps the newest entries only. */

export class BoundedList<Item> {
  readonly #limit: number;
  #items: Item[] = [];
  #first = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#items.length - this.#first;
  }

  push(item: Item): void {
    this.#items.push(item);
    if (this.length > this.#limit) this.#first++;
    // Moving the rest only when half of the array is dead keeps a push cheap.
    if (this.#first > 1024 && this.#first * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
  }

  clear(): void {
    this.#items = [];
    this.#first = 0;
  }

  *[Symbol.iterator](): IterableIterator<Item> {
    for (let index = this.#first; index < this.#items.length; index++) yield this.#items[index] as Item;
  }
}
