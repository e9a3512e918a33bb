/** The rows of a report, one for each check, in the order of the contract. */
import { checksOf, type Server } from './checks.ts';

/** `warn`: allowed, but worth a look. `skip`: not checked, and why. */
export type Result = 'pass' | 'warn' | 'fail' | 'skip';

export interface Row {
  readonly server: Server;
  readonly check: string;
  readonly title: string;
  readonly result: Result;
  /** What was seen; never a number, a name or attached data of anybody. */
  readonly seen: string;
  readonly page: string;
}

export class Rows<Name extends string> {
  readonly #server: Server;
  readonly #found = new Map<string, Row>();

  constructor(server: Server) {
    this.#server = server;
  }

  /** A check that is told twice keeps the worse result. */
  add(check: Name, result: Result, seen: string): void {
    const { title = check, page = '' } = checksOf[this.#server][check] ?? {};
    const before = this.#found.get(check);
    if (before !== undefined && rank[before.result] >= rank[result]) return;
    this.#found.set(check, { server: this.#server, check, title, result, seen, page });
  }

  has(check: Name): boolean {
    return this.#found.has(check);
  }

  /** All checks; those that were not made say why. */
  all(why: string): Row[] {
    return Object.entries(checksOf[this.#server]).map(
      ([check, { title, page }]) =>
        this.#found.get(check) ?? { server: this.#server, check, title, result: 'skip', seen: why, page },
    );
  }
}

const rank: Readonly<Record<Result, number>> = { skip: 0, pass: 1, warn: 2, fail: 3 };

/** `1 call`, `2 calls`. */
export function count(many: number, of: string): string {
  if (many === 1) return `1 ${of}`;
  return `${many} ${of}${of.endsWith('s') ? 'es' : 's'}`;
}
