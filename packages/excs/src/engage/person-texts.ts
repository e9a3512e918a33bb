/** The text columns of a person and the fields that they become: one entry is all that a further one takes to be read. */

const texts = {
  employeeId: {
    column: 'employee_id',
    need: 'required',
    purpose: 'Object of the Stat Server statistics, and key of look-ups',
  },
  firstName: { column: 'first_name', need: 'required', purpose: 'first half of the name of the user' },
  lastName: { column: 'last_name', need: 'required', purpose: 'second half of the name of the user' },
  userName: {
    column: 'user_name',
    need: 'required',
    purpose: 'e-mail address where there is none and it is one, or with DEFAULT_EMAIL_DOMAIN',
  },
  email: { column: 'email_address', need: 'optional', purpose: 'e-mail address of the user' },
} as const;

export type PersonText = keyof typeof texts;

/** Names of the fields, in the order of their columns. */
export const personTexts = Object.keys(texts) as readonly PersonText[];

type TextColumns = {
  readonly [Text in PersonText as (typeof texts)[Text]['column']]: (typeof texts)[Text]['need'];
};

/** The columns and whether a Config DB must have them. */
export const personTextColumns = Object.fromEntries(
  Object.values(texts).map(({ column, need }) => [column, need]),
) as TextColumns;

/** What each column is read for, as administrators read it. */
export const personTextPurposes = Object.fromEntries(
  Object.values(texts).map(({ column, purpose }) => [column, purpose]),
) as { readonly [Column in keyof TextColumns]: string };

export function columnOf(text: PersonText): keyof TextColumns {
  return texts[text].column;
}

/** @param read answers the text of the column with this number, counted from 0 */
export function readTexts(read: (column: number) => string): Record<PersonText, string> {
  return Object.fromEntries(personTexts.map((text, column) => [text, read(column)])) as Record<
    PersonText,
    string
  >;
}
