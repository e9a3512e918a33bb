/** Hands out words and numbers that occur once: user names, employee IDs, login codes, directory numbers. */

/** Where each count begins; codes and numbers are unique on their switch only, so every switch begins there. */
const first = {
  employee: 100_001,
  login: 30_001,
  extension: 40_001,
  position: 80_001,
  routingPoint: 90_001,
  queue: 1,
  sharedQueue: 600_001,
  group: 1,
} as const;

export class Numbering {
  readonly #words = new Map<string, number>();
  readonly #counts = new Map<string, number>();

  /** The word, or, when it was taken before, with a number behind it: `jsmith`, `jsmith2`. */
  word(word: string): string {
    const count = (this.#words.get(word) ?? 0) + 1;
    this.#words.set(word, count);
    return count === 1 ? word : `${word}${count}`;
  }

  /** The next number of a kind, within the owner (a switch, for instance) when one is given. */
  next(kind: keyof typeof first, owner = 0): number {
    const key = `${kind}:${owner}`;
    const number = this.#counts.get(key) ?? first[kind];
    this.#counts.set(key, number + 1);
    return number;
  }
}
