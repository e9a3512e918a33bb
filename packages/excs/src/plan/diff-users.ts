/** Compares persons with users: created, adopted, updated, activated; deactivated when the person is gone. */
import type { CloudUserId, Dbid } from '@exec/common/ids';
import type { DesiredUser } from '../desired/model.ts';
import { isSameName } from '../desired/names.ts';
import { userFields } from '../desired/user-fields.ts';
import type { DiffContext } from './context.ts';
import type { CloudUser, UserLink } from './organization.ts';
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

/**
 * Operations for users.
 *
 * @rule A person is created, adopted, changed or activated as a user; a user whose person is gone is set inactive,
 *   unless it holds a protected role.
 * @test plan/diff-users.test.ts
 * @test plan/diff.test.ts: leaves a protected user active, and says so
 * @test sync/rules.test.ts: a person becomes an inactive user without memberships, and an active one when re-created
 * @page docs/reference/mapping.md#synchronisation
 * @returns the desired persons whose user exists or will exist after this plan
 */
export function diffUsers(context: DiffContext): UserMatches {
  const { desired, known } = context;
  const matches = new Map<Dbid, UserMatch>();
  if (context.isRefused('persons')) return matches;
  const claimed = new Set<CloudUserId>();
  const updates: Update[] = [];
  const creations: DesiredUser[] = [];
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
      creations.push(user);
      continue;
    }
    claimed.add(found.id);
    if (!adopt(context, user, found)) continue;
    const former = known.personOf(found.id);
    const formerLink = former === undefined ? undefined : known.users.get(former);
    matches.set(user.dbid, { user: found, link, formerLink });
    change(context, user, found, updates);
  }
  const keepingAddress = update(context, updates);
  for (const user of creations) {
    const holder = known.userByEmail(user.email);
    // The cloud would refuse the new user again and again.
    if (holder !== undefined && keepingAddress.has(holder.id)) reportTaken(context, user);
    else if (create(context, user))
      matches.set(user.dbid, { user: undefined, link: undefined, formerLink: undefined });
  }
  deactivate(context, claimed);
  return matches;
}

/**
 * @rule A user is adopted by external identity first, then by e-mail address, and never one that stands for another
 *   mapped person.
 * @test plan/diff-users.test.ts: adopts the holder of its identity before the user with its e-mail address
 * @test plan/diff-users.test.ts: does not take the holder of its identity from another person
 * @test sync/adoption.test.ts
 */
function candidate(
  context: DiffContext,
  wanted: DesiredUser,
  claimed: ReadonlySet<CloudUserId>,
): CloudUser | undefined {
  const { known } = context;
  const holder = known.identityHolders.get(wanted.dbid);
  const byIdentity =
    holder === undefined || holder === 'nobody' || holder === 'hidden' ? undefined : known.user(holder);
  if (byIdentity !== undefined && !claimed.has(byIdentity.id)) return byIdentity;
  const byEmail = known.userByEmail(wanted.email);
  return byEmail === undefined || claimed.has(byEmail.id) ? undefined : byEmail;
}

function create(context: DiffContext, user: DesiredUser): boolean {
  return context.add({
    ...context.about('user.create', 'person', user.dbid, user.name),
    reason: 'new in Engage',
    after: userFields.show(user),
    serialKey: serialKeyOf(user),
    user: userFields.pick(user),
    employeeId: user.employeeId,
    counted: { limit: 'creations', items: [`user/${user.dbid}`] },
  });
}

function adopt(context: DiffContext, user: DesiredUser, found: CloudUser): boolean {
  const former = context.known.personOf(found.id);
  return context.add({
    ...context.about('user.adopt', 'person', user.dbid, user.name),
    cloudId: found.id,
    reason:
      former !== undefined
        ? 're-created in Engage under another DBID'
        : context.known.identityHolders.get(user.dbid) === found.id
          ? 'a user with this external identity exists'
          : 'a user with this e-mail address exists',
    before: `${userFields.show(found)} ${found.state}`,
    after: userFields.show(user),
    serialKey: serialKeyOf(user),
    employeeId: user.employeeId,
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
      ...context.about(restore ? 'user.restore' : 'user.activate', 'person', wanted.dbid, wanted.name),
      cloudId: now.id,
      reason: restore ? 'deleted in the EX organisation' : 'the person is enabled in Engage',
      before: now.state,
      after: 'active',
      serialKey: serialKeyOf(wanted),
      counted: { limit: 'creations', items: [`user/${wanted.dbid}`] },
    });
  }
  if (userFields.differing(wanted, now).length > 0) updates.push({ wanted, now });
}

/**
 * @rule An e-mail address is taken only after the user that has it gives it up within the same plan; else it is
 *   conflict person.email-taken.
 * @test plan/diff-users.test.ts: is a conflict, not a creation that the cloud refuses again and again
 * @test plan/diff-users.test.ts: is none when it is given up in time
 * @returns the users that keep their address, because the one that they should have is held
 */
function update(context: DiffContext, updates: readonly Update[]): ReadonlySet<CloudUserId> {
  const byPerson = new Map(updates.map((entry) => [entry.wanted.dbid, entry]));
  const keeping = new Set<CloudUserId>();
  const moves = updates.filter(({ wanted, now }) => !isSameName(now.email, wanted.email));
  const moving = new Set<string>(moves.map(({ now }) => now.id));
  const { ordered, blocked } = orderRenames(
    moves.map(({ wanted, now }) => ({ key: wanted.dbid, from: now.email, to: wanted.email })),
    (email) => {
      const holder = context.known.userByEmail(email);
      return holder !== undefined && !moving.has(holder.id);
    },
  );
  for (const { key } of blocked) {
    const entry = byPerson.get(key);
    if (entry === undefined) continue;
    byPerson.delete(key);
    keeping.add(entry.now.id);
    reportTaken(context, entry.wanted);
  }
  const inOrder = ordered.flatMap(({ key }) => byPerson.get(key) ?? []);
  const together = new Set(inOrder.length > 1 ? inOrder : []);
  const others = updates.filter(({ wanted, now }) => isSameName(now.email, wanted.email));
  for (const entry of [...inOrder, ...others]) {
    const { wanted, now } = entry;
    context.add({
      ...context.about('user.update', 'person', wanted.dbid, wanted.name),
      cloudId: now.id,
      reason: userFields.explain(wanted, now),
      before: userFields.show(now),
      after: userFields.show(wanted),
      serialKey: together.has(entry) ? 'e-mail' : serialKeyOf(wanted),
      user: userFields.pick(wanted),
    });
  }
  return keeping;
}

function reportTaken(context: DiffContext, { dbid, name, email }: DesiredUser): void {
  context.report(
    'person.email-taken',
    'person',
    dbid,
    name,
    `Another user of the EX organisation has the e-mail address ${email}; change one of the two.`,
  );
}

/**
 * @rule A person in conflict keeps its user as it is.
 * @test plan/diff.test.ts: keeps the user, the memberships and the grant that it has
 */
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
      ...context.about('user.deactivate', 'person', link.dbid, link.name),
      cloudId: link.id,
      reason: 'deleted, disabled or out of scope in Engage',
      before: 'active',
      after: 'inactive',
      serialKey: serialKeyOf(link),
      counted: { limit: 'deactivations', items: [key] },
    });
  }
}

function serialKeyOf(person: { readonly dbid: Dbid }): string {
  return `user/${person.dbid}`;
}
