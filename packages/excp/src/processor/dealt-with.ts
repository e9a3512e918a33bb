/**
 * Events that the state is beyond, by what they tell. Redis remembers what was claimed; when it loses that, instances
 * offer once more what they claimed lately, and what the state is beyond is left out. The names are stored with the state,
 * and written back with it: whoever goes on from that state knows them.
 */
import { hash } from 'node:crypto';
import type { EntryContent } from '../events/in-stream-entry.ts';

/** More than both instances offer once more. */
export const dealtMost = 50_000;

export class DealtWith {
  readonly #keys: Set<string>;

  constructor(known: Iterable<string> = []) {
    this.#keys = new Set(known);
  }

  get all(): Iterable<string> {
    return this.#keys;
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  add(keys: readonly string[]): void {
    for (const key of keys) this.#keys.add(key);
    for (const oldest of this.#keys) {
      if (this.#keys.size <= dealtMost) break;
      this.#keys.delete(oldest);
    }
  }
}

/** Names an event of the Engage side; undefined for everything that is right only at its time, or only once. */
export function keyOfContent(content: EntryContent): string | undefined {
  if (!('at' in content)) return undefined;
  try {
    return hash('sha1', JSON.stringify(content), 'base64');
  } catch {
    // What makes this fail makes the model fail, which sets it aside.
    return undefined;
  }
}
