/** Names what must be read object by object before a comparison is possible. */
import type { CloudQueueId, CloudUserId, Dbid } from '@exec/common/ids';
import type { Desired } from '../desired/model.ts';
import { foldCase } from '../desired/names.ts';
import type { Organization } from './organization.ts';

export interface DetailsNeeded {
  /** Queues whose members are not known: adding to them would claim members that are not ours. */
  readonly members: readonly CloudQueueId[];
  readonly codes: readonly CloudQueueId[];
  readonly identities: IdentitiesNeeded;
}

/** How the external identities of persons without a user are found: one request for each entry of one of the lists. */
export type IdentitiesNeeded =
  | { readonly ofPersons: readonly Dbid[] }
  /** `resolves`: persons of whom it is known afterwards who holds their identity, or that nobody does. */
  | { readonly ofUsers: readonly CloudUserId[]; readonly resolves: readonly Dbid[] };

export function detailsNeeded(desired: Desired, known: Organization): DetailsNeeded {
  const queues: CloudQueueId[] = [];
  for (const queue of desired.queues.values()) {
    const id = known.queues.get(queue.dbid)?.id ?? known.queueByName(queue.name)?.id;
    if (id !== undefined) queues.push(id);
  }
  return {
    members: queues.filter((id) => known.members(id) === undefined),
    codes: desired.wrapupKnown ? queues.filter((id) => known.queueCodes(id) === undefined) : [],
    identities: identitiesNeeded(desired, known),
  };
}

/**
 * A user with another e-mail address may hold the identity of a new person, who must not get a second user then. It
 * shows by asking for each new person, or by asking each user that is not matched by its e-mail address: whichever is
 * fewer requests.
 *
 * @rule Who holds the identity of a new person is asked with the fewest requests: one for each new person, or one for
 *   each unmatched user.
 * @test sync/adoption.test.ts: is looked for with the fewest requests: one per unmatched user, or one per new person
 */
function identitiesNeeded(desired: Desired, known: Organization): IdentitiesNeeded {
  const persons: Dbid[] = [];
  const emails = new Set<string>();
  for (const { dbid, email } of desired.users.values()) {
    if (known.users.has(dbid) || known.identityHolders.has(dbid)) continue;
    persons.push(dbid);
    emails.add(foldCase(email));
  }
  if (persons.length === 0) return { ofPersons: persons };
  const users: CloudUserId[] = [];
  for (const { id, email } of known.otherUsers()) {
    if (users.length > persons.length) break;
    // Who is adopted by e-mail address tells of its identity when that is set; unless nearly all have one already.
    if (!known.identitiesLikely && emails.has(foldCase(email))) continue;
    if (!known.identitiesRead.has(id)) users.push(id);
  }
  return users.length < persons.length ? { ofUsers: users, resolves: persons } : { ofPersons: persons };
}
