/** Finds names that differ only in case: the cloud cannot hold both, so the first by DBID wins. */

export interface Named {
  readonly dbid: number;
  readonly name: string;
}

export interface Clash<T> {
  readonly loser: T;
  readonly winner: T;
  /** `same`: equal names; `case`: they differ in case only. */
  readonly kind: 'same' | 'case';
}

export interface UniqueNames<T> {
  readonly winners: readonly T[];
  readonly clashes: readonly Clash<T>[];
}

/** The form under which the cloud takes two names for the same. */
export function foldCase(name: string): string {
  return name.toLowerCase();
}

/**
 * Winners come in the order of their DBIDs.
 *
 * @rule Of names that differ at most in case the first by DBID is mapped; the others are conflicts.
 * @test desired.test.ts: are a conflict of skills: the first by DBID wins
 * @test desired.test.ts: are a conflict of wrap-up codes
 */
export function uniqueNames<T extends Named>(objects: Iterable<T>): UniqueNames<T> {
  const byName = new Map<string, T>();
  const clashes: Clash<T>[] = [];
  const winners: T[] = [];
  for (const object of [...objects].sort((a, b) => a.dbid - b.dbid)) {
    const key = foldCase(object.name);
    const winner = byName.get(key);
    if (winner === undefined) {
      byName.set(key, object);
      winners.push(object);
    } else {
      clashes.push({ loser: object, winner, kind: winner.name === object.name ? 'same' : 'case' });
    }
  }
  return { winners, clashes };
}

/** Whether two names are one to the cloud. */
export function isSameName(a: string, b: string): boolean {
  return foldCase(a) === foldCase(b);
}
