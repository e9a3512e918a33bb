/** Repeatable sequences of changes: the same seed changes the same contact centre in the same way. */

import { Random } from '../../random.ts';
import type { ContactCentre } from '../contact-centre.ts';
import type { RowStatement } from '../model/row-store.ts';
import { applyMutation } from './apply.ts';
import { drawnCatalogue } from './draw-catalogue.ts';
import { drawnGroups } from './draw-groups.ts';
import { drawnPersons } from './draw-persons.ts';
import type { DrawnKinds } from './drawn.ts';
import type { Mutation, MutationKind } from './mutation.ts';
import { survey } from './survey.ts';

/** The settings of the connector are changed on purpose only, never by chance. */
export type DrawableKind = Exclude<MutationKind, 'integration.set'>;

const drawn: DrawnKinds<DrawableKind> = { ...drawnPersons, ...drawnCatalogue, ...drawnGroups };
export const drawableKinds = Object.keys(drawn) as DrawableKind[];

/** Attempts to find something that can be changed before it is said that there is nothing. */
const TRIES = 200;

export interface MutationOptions {
  readonly seed: number;
  /** Default: all that can be drawn. */
  readonly kinds?: readonly DrawableKind[];
}

/** A change that has been carried out in memory, with the rows that tell a database of it. */
export interface AppliedMutation {
  readonly mutation: Mutation;
  readonly statements: readonly RowStatement[];
}

/** Draws and carries out one change at a time, for as long as it is asked. */
export function* mutations(
  centre: ContactCentre,
  options: MutationOptions,
): Generator<AppliedMutation, never> {
  const random = new Random(options.seed);
  const kinds = options.kinds ?? drawableKinds;
  for (;;) {
    const mutation = drawMutation(centre, random, kinds);
    yield { mutation, statements: applyMutation(centre, mutation) };
  }
}

/**
 * A change that is possible now; nothing is changed yet.
 * @throws Error when none of the kinds is possible.
 */
export function drawMutation(
  centre: ContactCentre,
  random: Random,
  kinds: readonly DrawableKind[] = drawableKinds,
): Mutation {
  const now = survey(centre);
  const total = kinds.reduce((sum, kind) => sum + drawn[kind].weight, 0);
  for (let attempt = 0; attempt < TRIES; attempt++) {
    let left = random.next() * total;
    const kind = kinds.find((candidate) => {
      left -= drawn[candidate].weight;
      return left < 0;
    });
    const mutation = kind === undefined ? undefined : drawn[kind].draw(now, random);
    if (mutation !== undefined) return mutation;
  }
  throw new Error(`nothing can be changed by ${kinds.join(', ')}`);
}
