/** Compares the members of queues; only members that the connector added are ever removed. */
import type { CloudQueueId, CloudUserId, Dbid } from '@exec/common/ids';
import type { DesiredQueue } from '../desired/model.ts';
import type { DiffContext } from './context.ts';
import type { QueueIds } from './diff-queues.ts';
import type { UserMatches } from './diff-users.ts';

/** Members per request, the highest number the cloud takes. */
export const membersPerRequest = 100;

/**
 * @rule Only members that the connector added are ever removed from a queue; a queue that is gone from Engage stays
 *   without them.
 * @test plan/diff.test.ts: a member that was added by hand stays
 * @test plan/diff.test.ts: a member that was removed by hand
 * @test sync/rules.test.ts: it never removes: members, role grants, codes of queues, skills that are not mapped
 */
export function diffMembers(context: DiffContext, users: UserMatches, queues: QueueIds): void {
  if (context.isRefused('persons') || context.isRefused('queues')) return;
  const { desired, known } = context;
  const leaving = leavingUsers(context, users);
  for (const queue of desired.queues.values()) {
    if (!queues.has(queue.dbid) && !context.creates('queue.create', queue.dbid)) continue;
    addMembers(context, queue, queues.get(queue.dbid), users);
    if (!queue.keepMembers)
      removeMembers(context, queue, queues.get(queue.dbid), memberIds(queue, users), leaving);
  }
  // A queue that is gone from Engage stays, without the members that we gave it.
  const taken = new Set(queues.values());
  for (const link of known.queues.values())
    if (!desired.queues.has(link.dbid) && !desired.frozen.queues.has(link.dbid) && !taken.has(link.id))
      removeMembers(context, link, link.id, nobody, leaving);
}

const nobody: ReadonlySet<CloudUserId> = new Set();

function addMembers(
  context: DiffContext,
  queue: DesiredQueue,
  id: CloudQueueId | undefined,
  users: UserMatches,
): void {
  const known = id === undefined ? undefined : context.known.members(id);
  const missing: Dbid[] = [];
  for (const person of queue.members) {
    const match = users.get(person);
    if (match === undefined) continue;
    const owner = match.user === undefined ? undefined : known?.get(match.user.id);
    if (owner === undefined || owner === 'adding') missing.push(person);
  }
  for (let start = 0; start < missing.length; start += membersPerRequest) {
    const persons = missing.slice(start, start + membersPerRequest);
    context.add({
      ...context.about('queue-member.add', 'queue', queue.dbid, queue.name, part(start)),
      cloudId: id,
      reason: 'members of the agent groups that are linked to the queue',
      after: names(context, persons),
      serialKey: `queue-member/${queue.dbid}`,
      persons,
    });
  }
}

function removeMembers(
  context: DiffContext,
  queue: { readonly dbid: Dbid; readonly name: string },
  id: CloudQueueId | undefined,
  wanted: ReadonlySet<CloudUserId>,
  leaving: ReadonlySet<CloudUserId>,
): void {
  if (id === undefined) return;
  const removed: CloudUserId[] = [];
  for (const [user, owner] of context.known.members(id) ?? []) {
    if (owner === 'foreign' || wanted.has(user) || isFrozen(context, user)) continue;
    if (context.confirmed(`queue-member/${id}/${user}`)) removed.push(user);
  }
  for (let start = 0; start < removed.length; start += membersPerRequest) {
    const users = removed.slice(start, start + membersPerRequest);
    const counted = users.filter((user) => !leaving.has(user)).map((user) => `queue-member/${id}/${user}`);
    context.add({
      ...context.about('queue-member.remove', 'queue', queue.dbid, queue.name, part(start)),
      cloudId: id,
      reason: 'no longer in an agent group that is linked to the queue',
      before: userNames(context, users),
      serialKey: `queue-member/${queue.dbid}`,
      users,
      ...(counted.length === 0
        ? {}
        : { counted: { limit: 'removals.queue-member' as const, items: counted } }),
    });
  }
}

/**
 * Users whose person is gone.
 *
 * @rule The members of a person who is being deactivated do not count as removals.
 * @test plan/diff.test.ts: is counted once for each thing; what goes with a person that leaves is not
 * @test sync/safety.test.ts: passes when exactly at the limit; the memberships of those who leave do not count
 */
export function leavingUsers(context: DiffContext, users: UserMatches): ReadonlySet<CloudUserId> {
  const staying = new Set<CloudUserId>();
  for (const match of users.values()) if (match.user !== undefined) staying.add(match.user.id);
  const leaving = new Set<CloudUserId>();
  for (const link of context.known.users.values())
    if (!staying.has(link.id) && !context.desired.frozen.persons.has(link.dbid)) leaving.add(link.id);
  return leaving;
}

function memberIds(queue: DesiredQueue, users: UserMatches): ReadonlySet<CloudUserId> {
  const ids = new Set<CloudUserId>();
  for (const person of queue.members) {
    const id = users.get(person)?.user?.id;
    if (id !== undefined) ids.add(id);
  }
  return ids;
}

function isFrozen(context: DiffContext, user: CloudUserId): boolean {
  const person = context.known.personOf(user);
  return person !== undefined && context.desired.frozen.persons.has(person);
}

function part(start: number): number | undefined {
  return start === 0 ? undefined : start / membersPerRequest + 1;
}

function names(context: DiffContext, persons: readonly Dbid[]): string {
  return shortList(persons.map((person) => context.desired.users.get(person)?.name ?? String(person)));
}

function userNames(context: DiffContext, users: readonly CloudUserId[]): string {
  return shortList(users.map((user) => context.known.user(user)?.name ?? user));
}

/** A hundred names in every step would make the plan of a large site too big to hold. */
function shortList(list: readonly string[]): string {
  const shown = list.slice(0, 5).join(', ');
  return list.length <= 5 ? shown : `${shown} and ${list.length - 5} more (${list.length})`;
}
