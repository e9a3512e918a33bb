/** How a kind of change is drawn: how often it happens, and which objects it concerns. */

import type { Random } from '../../random.ts';
import type { PersonRow } from '../model/rows.ts';
import type { MutationKind, MutationOf, PersonMutation } from './mutation.ts';
import type { Survey } from './survey.ts';

interface DrawnKind<K extends MutationKind> {
  /** Share among the kinds that are allowed. */
  readonly weight: number;
  /** Undefined when nothing of this kind is possible at the moment. */
  readonly draw: (now: Survey, random: Random) => MutationOf<K> | undefined;
}

export type DrawnKinds<Kinds extends MutationKind> = { readonly [K in Kinds]: DrawnKind<K> };

/** What is never taken away any further: an empty contact centre shows nothing. */
export const FEWEST = { agents: 5, skills: 3, queues: 2, values: 2 } as const;

export function only<T>(possible: boolean, make: () => T): T | undefined {
  return possible ? make() : undefined;
}

/** A change of one of these persons, if there are any. */
export function someone<T>(
  among: readonly Readonly<PersonRow>[],
  random: Random,
  make: (person: Readonly<PersonRow>) => T,
): T | undefined {
  return among.length === 0 ? undefined : make(random.pick(among));
}

export function of<K extends PersonMutation['kind']>(
  kind: K,
  person: Readonly<PersonRow>,
): { readonly kind: K; readonly person: number } {
  return { kind, person: person.dbid };
}
