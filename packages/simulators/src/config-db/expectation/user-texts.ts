/** The texts of a user that follow the person, beside the e-mail address: by the cloud's names, as a correct mapping makes them. */
import type { PersonRow } from '../model/rows.ts';

const texts = {
  name: (person: Readonly<PersonRow>) => `${person.first_name.trim()} ${person.last_name.trim()}`.trim(),
} as const;

export type UserTexts = { readonly [Name in keyof typeof texts]: string };

export const userTextNames = Object.keys(texts) as readonly (keyof UserTexts)[];

export function userTexts(person: Readonly<PersonRow>): UserTexts {
  return Object.fromEntries(userTextNames.map((name) => [name, texts[name](person)])) as unknown as UserTexts;
}
