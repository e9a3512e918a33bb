/** Merges a read of the organisation into what is known, and yields what the ledger must remember of it. */
import type { CloudUserId } from '@exec/common/ids';
import { queueFields } from '../desired/queue-fields.ts';
import { userFields } from '../desired/user-fields.ts';
import type { CloudUser, Linked, NamedEntity, UserLink } from '../plan/organization.ts';
import type { Change, LedgerKeys } from './ledger-changes.ts';
import type { NameIndex, OrganizationState } from './organization-state.ts';
import type { OrganizationRead } from './read-organization.ts';

export interface MergeOptions {
  readonly keys: LedgerKeys;
  /** Milliseconds since 1970 at which the read began. */
  readonly now: number;
  /** Milliseconds for which a read may lag behind a write of ours. */
  readonly visibilityMs: number;
  /** Linked users that the listing lacks, looked up one by one; undefined: really gone. */
  readonly missing: ReadonlyMap<CloudUserId, CloudUser | undefined>;
}

/** Linked users that the listing lacks and that were not written just now: they must be looked up. */
export function missingUsers(
  state: OrganizationState,
  read: OrganizationRead,
  options: Pick<MergeOptions, 'now' | 'visibilityMs'>,
): CloudUserId[] {
  const missing: CloudUserId[] = [];
  for (const link of state.users.values())
    if (!read.users.has(link.id) && !isFresh(link, options)) missing.push(link.id);
  return missing;
}

/**
 * Merges a read into the state.
 *
 * @rule What the connector wrote a moment ago is not overwritten by a read that does not show it yet.
 * @test merge-read.test.ts: takes over what was changed by hand, unless it was written a moment ago
 * @test merge-read.test.ts: that are gone lose their links and what hung on them; fresh ones stay
 * @returns what the ledger must remember of it
 */
export function mergeRead(state: OrganizationState, read: OrganizationRead, options: MergeOptions): Change[] {
  state.defaultSourceId = read.defaultSourceId;
  state.homeDivisionId = read.homeDivisionId;
  state.supervisorRoleId = read.supervisorRoleId;
  state.protectedUsers = read.protectedUsers;
  return [
    ...mergeUsers(state, read, options),
    ...mergeSkills(state, read, options),
    ...mergeQueues(state, read, options),
    ...mergeCodes(state, read, options),
    ...mergeSupervisors(state, read, options),
  ];
}

function mergeUsers(state: OrganizationState, read: OrganizationRead, options: MergeOptions): Change[] {
  const { keys } = options;
  const changes: Change[] = [];
  for (const link of [...state.users.values()]) {
    if (isFresh(link, options)) continue;
    const seen = read.users.get(link.id) ?? options.missing.get(link.id);
    if (seen === undefined) {
      // Gone for good: the person's user is created again.
      state.dropUser(link.dbid);
      changes.push(...keys.dropUser(link.dbid));
    } else if (!sameUser(link, seen)) {
      const updated: UserLink = { ...link, ...seen };
      state.setUser(updated);
      changes.push(...keys.user(updated, undefined));
    } else if (link.version !== seen.version) {
      // Only a hint for the next write: not worth a command.
      state.setUser({ ...link, version: seen.version });
    }
  }
  for (const other of [...state.otherUsers()]) if (!read.users.has(other.id)) state.dropOther(other.id);
  for (const user of read.users.values()) state.setOther(user);
  return changes;
}

function sameUser(a: CloudUser, b: CloudUser): boolean {
  return userFields.isEqual(a, b) && a.state === b.state && a.skills === b.skills;
}

function mergeSkills(state: OrganizationState, read: OrganizationRead, options: MergeOptions): Change[] {
  const { keys } = options;
  const changes: Change[] = [];
  const seen = new Set(read.skills.map((skill) => skill.id));
  replaceIndex(state.skillIndex, read.skills, freshIds(state.skills.values(), options));
  for (const link of [...state.skills.values()])
    if (!seen.has(link.id) && !isFresh(link, options)) {
      state.skills.delete(link.dbid);
      changes.push(...keys.dropSkill(link.dbid));
    }
  for (const former of [...state.formerSkills.values()])
    if (!seen.has(former.id)) {
      state.formerSkills.delete(former.id);
      changes.push(...keys.dropFormer(former.id));
    }
  return changes;
}

function mergeQueues(state: OrganizationState, read: OrganizationRead, options: MergeOptions): Change[] {
  const { keys } = options;
  const changes: Change[] = [];
  const seen = new Map(read.queues.map((queue) => [queue.id, queue]));
  replaceIndex(state.queueIndex, read.queues, freshIds(state.queues.values(), options));
  for (const link of [...state.queues.values()]) {
    if (isFresh(link, options)) continue;
    const queue = seen.get(link.id);
    if (queue === undefined) {
      state.queues.delete(link.dbid);
      state.queueMembers.delete(link.id);
      state.codesOfQueues.delete(link.id);
      changes.push(...keys.dropQueue(link.dbid, link.id));
    } else if (!queueFields.isEqual(queue, link)) {
      const updated = { ...link, ...queueFields.pick(queue) };
      state.queues.set(link.dbid, updated);
      changes.push(...keys.queue(updated));
    }
  }
  return changes;
}

function mergeCodes(state: OrganizationState, read: OrganizationRead, options: MergeOptions): Change[] {
  const { keys } = options;
  const changes: Change[] = [];
  const seen = new Map(read.wrapupCodes.map((code) => [code.id, code]));
  replaceIndex(state.codeIndex, read.wrapupCodes, freshIds(state.wrapupCodes.values(), options));
  for (const link of [...state.wrapupCodes.values()]) {
    if (isFresh(link, options)) continue;
    const code = seen.get(link.id);
    if (code === undefined) {
      state.wrapupCodes.delete(link.dbid);
      changes.push(...keys.dropWrapupCode(link.dbid));
      // The cloud detaches a deleted code from all queues by itself.
      for (const [queue, codes] of state.codesOfQueues)
        if (codes.delete(link.id)) changes.push(...keys.marks({ codes: queue }, [], [link.id]));
    } else if (code.name !== link.name) {
      const updated = { ...link, name: code.name };
      state.wrapupCodes.set(link.dbid, updated);
      changes.push(...keys.wrapupCode(updated));
    }
  }
  return changes;
}

function mergeSupervisors(state: OrganizationState, read: OrganizationRead, options: MergeOptions): Change[] {
  const set: [CloudUserId, 'ours' | 'foreign'][] = [];
  const drop: CloudUserId[] = [];
  for (const user of read.supervisors) {
    const owner = state.supervisors.get(user);
    if (owner === undefined) set.push([user, 'foreign']);
    else if (owner === 'adding') set.push([user, 'ours']);
  }
  for (const [user, owner] of state.supervisors) {
    if (read.supervisors.has(user)) continue;
    const person = state.personOf(user);
    const link: UserLink | undefined = person === undefined ? undefined : state.users.get(person);
    if (owner === 'foreign' || link === undefined || !isFresh(link, options)) drop.push(user);
  }
  for (const [user, owner] of set) state.supervisors.set(user, owner);
  for (const user of drop) state.supervisors.delete(user);
  return options.keys.marks('supervisors', set, drop);
}

/** What was written a moment ago may not show yet: the read knows less than we do. */
function isFresh(link: Linked, options: Pick<MergeOptions, 'now' | 'visibilityMs'>): boolean {
  return options.now - link.at < options.visibilityMs;
}

function freshIds<Id extends string>(
  links: Iterable<Linked & { readonly id: Id }>,
  options: MergeOptions,
): ReadonlySet<Id> {
  const fresh = new Set<Id>();
  for (const link of links) if (isFresh(link, options)) fresh.add(link.id);
  return fresh;
}

function replaceIndex<Id extends string, T extends NamedEntity<Id>>(
  index: NameIndex<Id, T>,
  read: readonly T[],
  keep: ReadonlySet<Id>,
): void {
  const seen = new Set(read.map((entity) => entity.id));
  for (const id of [...index.ids()]) if (!seen.has(id) && !keep.has(id)) index.delete(id);
  for (const entity of read) if (!keep.has(entity.id)) index.set(entity);
}
