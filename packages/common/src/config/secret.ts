/** A value that can be used but never printed. One that stands in a file may change while the service runs. */
import { inspect } from 'node:util';

/** Printed, logged, inspected or written as JSON it is only a placeholder; `reveal` gives the value. */
export class Secret {
  #value: string;
  readonly #takers = new Set<(value: string) => void>();

  constructor(value: string) {
    this.#value = value;
  }

  /**
   * A secret and the one function that changes it.
   *
   * @throws what somebody who was told of the new value threw: the secret stays what it was then
   */
  static changing(value: string): { readonly secret: Secret; readonly change: (value: string) => void } {
    const secret = new Secret(value);
    return {
      secret,
      change(fresh) {
        for (const taker of [...secret.#takers]) taker(fresh);
        secret.#value = fresh;
      },
    };
  }

  /** The value as it is now. Call it only where it is handed to the peer it belongs to, each time anew. */
  reveal(): string {
    return this.#value;
  }

  /** Calls `taker` with each new value before it is in force; one that throws refuses it. The answer ends that. */
  onChange(taker: (value: string) => void): () => void {
    this.#takers.add(taker);
    return () => void this.#takers.delete(taker);
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}
