/** Carries out a change on the contact centre, and tells the row statements that the server would write for it. */
import type { ContactCentre } from '../contact-centre.ts';
import type { RowStatement } from '../model/row-store.ts';
import { catalogueChanges } from './apply-catalogue.ts';
import { groupChanges } from './apply-groups.ts';
import { personChanges } from './apply-persons.ts';
import { queueChanges } from './apply-queues.ts';
import type { Changes, Mutation, MutationKind } from './mutation.ts';

const changes: Changes<MutationKind> = {
  ...personChanges,
  ...catalogueChanges,
  ...queueChanges,
  ...groupChanges,
};

/**
 * Answers the row statements in the order in which the server writes them.
 * @throws Error when the mutation names an object that does not exist.
 */
export function applyMutation(centre: ContactCentre, mutation: Mutation): RowStatement[] {
  const change = changes[mutation.kind] as (centre: ContactCentre, mutation: Mutation) => void;
  return centre.store.record(() => change(centre, mutation));
}
