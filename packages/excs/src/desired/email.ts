/** Finds the e-mail address that identifies a person's user in the cloud. */
import type { EngagePerson } from '../engage/snapshot.ts';

/** Deliberately loose: one "@", something on both sides, a dot in the domain, no blanks. The cloud decides finally. */
const address = /^[^\s@<>(),;:"[\]\\]+@[^\s@<>(),;:"[\]\\]+\.[^\s@<>(),;:"[\]\\.]+$/;

/**
 * The e-mail address of the person; else the user name if it is an address; else `user_name@<default domain>`.
 *
 * @returns undefined when none of them gives an address
 */
export function emailOf(
  person: Pick<EngagePerson, 'email' | 'userName'>,
  defaultDomain: string | undefined,
): string | undefined {
  if (isAddress(person.email)) return person.email;
  if (isAddress(person.userName)) return person.userName;
  if (defaultDomain === undefined || person.userName === '') return undefined;
  const made = `${person.userName}@${defaultDomain}`;
  return isAddress(made) ? made : undefined;
}

export function isAddress(text: string): boolean {
  return text.length <= 254 && address.test(text);
}
