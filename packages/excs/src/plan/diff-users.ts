/** Compares persons with users: created, adopted, updated, activated; deactivated when the person is gone. */
import type { CloudUserId, Dbid } from '@exec/common/ids';
import type { DesiredUser } from '../desired/model.ts';
import { foldCase } from '../desired/names.ts';
import type { DiffContext } from './context.ts';
import type { CloudUser, UserLink } from './known.ts';
import { phases } from './operation.ts';
import { orderRenames } from './renames.ts';

export interface UserMatch {
  /** What is known of the user; undefined when it will be created. */
  readonly user: CloudUser | undefined;
  /** The link that already stands for this person. */
  readonly link: UserLink | undefined;
  /** A link of a person who is gone, whose user this person takes over. */
  readonly formerLink: UserLink | undefined;
}

/** Desired persons whose user exists or will exist after this plan. */
export type UserMatches = ReadonlyMap<Dbid, UserMatch>;

export function diffUsers(context: DiffContext): UserMatches {
  const { desired, known } = context;
  const matches = new Map<Dbid, UserMatch>();
  if (context.isRefused('persons')) return matches;
  const claimed = new Set<CloudUserId>();
  const updates: Update[] = [];
  for (const dbid of desired.users.keys()) {
    const link = known.users.get(dbid);
    if (link !== undefined) claimed.add(link.id);
  }
  for (const user of desired.users.values()) {
    const link = known.users.get(user.dbid);
    if (link !== undefined) {
      matches.set(user.dbid, { user: link, link, formerLink: undefined });
      change(context, user, link, updates);
      continue;
    }
    const found = candidate(context, user, claimed);
    if (found === undefined) {
      if (create(context, user)) matches.set(user.dbid, { user: undefined, link, formerLink: undefined });
      continue;
    }
    claimed.add(found.id);
    if (!adopt(context, user, found)) continue;
    const former = known.personOf(found.id);
    const formerLink = former === undefined ? undefined : known.users.get(former);
    matches.set(user.dbid, { user: found, link, formerLink });
    change(context, user, found, updates);
  }
  update(context, updates);
  deactivate(context, claimed);
  return matches;
}

/** By external identity first, then by e-mail address; never a user that stands for another mapped person. */
function candidate(
  context: DiffContext,
  wanted: DesiredUser,
  claimed: ReadonlySet<CloudUserId>,
): CloudUser | undefined {
  const { known } = context;
  const owner = known.externalOwners.get(wanted.dbid);
  const byIdentity = owner === undefined ? undefined : known.user(owner);
  if (byIdentity !== undefined && !claimed.has(byIdentity.id)) return byIdentity;
  const byEmail = known.userByEmail(wanted.email);
  return byEmail === undefined || claimed.has(byEmail.id) ? undefined : byEmail;
}

function create(context: DiffContext, user: DesiredUser): boolean {
  return context.add({
    id: `user/create/${user.dbid}`,
    kind: 'user',
    operation: 'create',
    engage: context.engage('person', user.dbid, user.name),
    reason: 'new in Engage',
    after: describe(user),
    phase: phases.users,
    lane: `user/${user.dbid}`,
    work: { do: 'create-user' },
    counted: { limit: 'creations', items: [`user/${user.dbid}`] },
  });
}

function adopt(context: DiffContext, user: DesiredUser, found: CloudUser): boolean {
  const former = context.known.personOf(found.id);
  return context.add({
    id: `user/adopt/${user.dbid}`,
    kind: 'user',
    operation: 'adopt',
    engage: context.engage('person', user.dbid, user.name),
    cloudId: found.id,
    reason:
      former !== undefined
        ? 're-created in Engage under another DBID'
        : context.known.externalOwners.get(user.dbid) === found.id
          ? 'a user with this external identity exists'
          : 'a user with this e-mail address exists',
    before: `${describe(found)} ${found.state}`,
    after: describe(user),
    phase: phases.userChanges,
    lane: laneOf(user),
    work: { do: 'link', cloudId: found.id },
  });
}

interface Update {
  readonly wanted: DesiredUser;
  readonly now: CloudUser;
}

function change(context: DiffContext, wanted: DesiredUser, now: CloudUser, updates: Update[]): void {
  if (now.state !== 'active') {
    const restore = now.state === 'deleted';
    context.add({
      id: `user/${restore ? 'restore' : 'activate'}/${wanted.dbid}`,
      kind: 'user',
      operation: restore ? 'restore' : 'activate',
      engage: context.engage('person', wanted.dbid, wanted.name),
      cloudId: now.id,
      reason: restore ? 'deleted in the EX organisation' : 'the person is enabled in Engage',
      before: now.state,
      after: 'active',
      phase: phases.userChanges,
      lane: laneOf(wanted),
      work: { do: 'activate-user' },
      counted: { limit: 'creations', items: [`user/${wanted.dbid}`] },
    });
  }
  if (now.name !== wanted.name || foldCase(now.email) !== foldCase(wanted.email))
    updates.push({ wanted, now });
}

/** An e-mail address is taken only after the user that has it has given it up. */
function update(context: DiffContext, updates: readonly Update[]): void {
  const byPerson = new Map(updates.map((entry) => [entry.wanted.dbid, entry]));
  const moves = updates.filter(({ wanted, now }) => foldCase(now.email) !== foldCase(wanted.email));
  const moving = new Set<string>(moves.map(({ now }) => now.id));
  const { ordered, blocked } = orderRenames(
    moves.map(({ wanted, now }) => ({ key: wanted.dbid, from: now.email, to: wanted.email })),
    (email) => {
      const holder = context.known.userByEmail(email);
      return holder !== undefined && !moving.has(holder.id);
    },
  );
  for (const { key, to } of blocked) {
    byPerson.delete(key);
    const name = context.desired.users.get(key)?.name ?? '';
    context.report(
      'person.email-taken',
      'person',
      key,
      name,
      `Another user of the EX organisation has the e-mail address ${to}; change one of the two.`,
    );
  }
  const inOrder = ordered.flatMap(({ key }) => byPerson.get(key) ?? []);
  const together = new Set(inOrder.length > 1 ? inOrder : []);
  const others = updates.filter(({ wanted, now }) => foldCase(now.email) === foldCase(wanted.email));
  for (const entry of [...inOrder, ...others]) {
    const { wanted, now } = entry;
    context.add({
      id: `user/update/${wanted.dbid}`,
      kind: 'user',
      operation: 'update',
      engage: context.engage('person', wanted.dbid, wanted.name),
      cloudId: now.id,
      reason: now.name === wanted.name ? 'the e-mail address differs' : 'the name differs',
      before: describe(now),
      after: describe(wanted),
      phase: phases.userUpdates,
      lane: together.has(entry) ? 'e-mail' : laneOf(wanted),
      work: { do: 'update-user' },
    });
  }
}

/** A person in conflict keeps the user it has: a slip in Engage must not cost anybody the workplace. */
function deactivate(context: DiffContext, claimed: ReadonlySet<CloudUserId>): void {
  const { desired, known } = context;
  for (const link of known.users.values()) {
    if (desired.users.has(link.dbid) || desired.frozen.persons.has(link.dbid)) continue;
    if (claimed.has(link.id) || link.state !== 'active') continue;
    if (known.protectedUsers.has(link.id)) {
      context.report(
        'user.protected',
        'person',
        link.dbid,
        link.name,
        'The person is gone from Engage, but the user holds a role of PROTECTED_ROLES and stays active.',
      );
      continue;
    }
    const key = `user/${link.id}`;
    if (!context.confirmed(key)) continue;
    context.add({
      id: `user/deactivate/${link.dbid}`,
      kind: 'user',
      operation: 'deactivate',
      engage: context.engage('person', link.dbid, link.name),
      cloudId: link.id,
      reason: 'deleted, disabled or out of scope in Engage',
      before: 'active',
      after: 'inactive',
      phase: phases.deactivations,
      lane: `user/${link.dbid}`,
      work: { do: 'deactivate-user' },
      counted: { limit: 'deactivations', items: [key] },
    });
  }
}

function laneOf(user: DesiredUser): string {
  return `user/${user.dbid}`;
}

function describe(user: { readonly name: string; readonly email: string }): string {
  return `${user.name} <${user.email}>`;
}
