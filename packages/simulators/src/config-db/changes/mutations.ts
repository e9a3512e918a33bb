/** Changes of a contact centre over time, by the names an administrator would use. */
import type { ContactCentre } from '../contact-centre.ts';
import type { RowStatement } from '../model/row-store.ts';

export type Mutation =
  | {
      readonly kind: 'person.hire';
      readonly firstName: string;
      readonly lastName: string;
      readonly inFolder: boolean;
    }
  | { readonly kind: 'person.leave'; readonly person: number };

/** Changes the contact centre and answers the row statements that the server would write, in its order. */
export function applyMutation(_centre: ContactCentre, _mutation: Mutation): RowStatement[] {
  throw new Error('not yet');
}
