/** Faults of many frames as one line: each kind once, with how often, the most frequent first. */
import type { Result } from './rows.ts';

const shown = 3;

export class Tally {
  readonly #counts = new Map<string, number>();
  #worst: Result = 'pass';

  add(result: 'warn' | 'fail', what: string): void {
    if (this.#worst !== 'fail') this.#worst = result;
    // A peer may invent words without end; what is counted has a bound.
    if (this.#counts.size < 1_000 || this.#counts.has(what))
      this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }

  get worst(): Result {
    return this.#worst;
  }

  /** Undefined when there was no fault. */
  get text(): string | undefined {
    if (this.#counts.size === 0) return undefined;
    const kinds = [...this.#counts].toSorted(([, a], [, b]) => b - a);
    const listed = kinds
      .slice(0, shown)
      .map(([what, times]) => (times === 1 ? what : `${what} (${times} times)`));
    const more = kinds.length - shown;
    return [...listed, ...(more > 0 ? [`${more} more`] : [])].join('; ');
  }
}
