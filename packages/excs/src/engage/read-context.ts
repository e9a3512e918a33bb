/** What every part of a read works with. */
import type { Scanner } from './complete-scan.ts';
import type { Select } from './queries.ts';
import type { EngageDn, EngagePerson } from './snapshot.ts';
import type { UnreadableRows } from './unreadable.ts';

export interface ReadContext {
  readonly scanner: Scanner;
  readonly select: Select;
  readonly tenant: number;
  readonly unreadable: UnreadableRows;
  /** The read before this one: what has not changed is taken from it, and the new copy dies at once. */
  readonly previous: PreviousObjects;
}

export interface PreviousObjects {
  readonly persons: ReadonlyMap<number, EngagePerson>;
  readonly dns: ReadonlyMap<number, EngageDn>;
}

/** State of an object: 1 enabled, 2 disabled. */
export const enabled = 1;
