/** Finds the e-mail address that identifies a person's user in the cloud. */
import { isMailAddress } from '@exec/common/config';
import type { EngagePerson } from '../engage/snapshot.ts';

/**
 * @rule The e-mail address of a user is that of the person, else the user name if it is an address, else the user
 *   name at the default domain, else none.
 * @test users.test.ts: missing: conflict person.no-email, nobody else is concerned
 * @page docs/reference/mapping.md#what-becomes-what
 * @returns undefined when none of them gives an address
 */
export function emailOf(
  person: Pick<EngagePerson, 'email' | 'userName'>,
  defaultDomain: string | undefined,
): string | undefined {
  if (isMailAddress(person.email)) return person.email;
  if (isMailAddress(person.userName)) return person.userName;
  if (defaultDomain === undefined || person.userName === '') return undefined;
  const made = `${person.userName}@${defaultDomain}`;
  return isMailAddress(made) ? made : undefined;
}
