/** Compares who holds the role "Supervisor" in the home division; only grants of ours are revoked. */
import type { DiffContext } from './context.ts';
import { leavingUsers } from './diff-members.ts';
import type { UserMatches } from './diff-users.ts';

/** Name of the role in the EX organisation. */
export const supervisorRole = 'Supervisor';

/**
 * @rule A supervisor holds the role Supervisor in the home division; only grants of the connector are revoked.
 * @test plan/diff.test.ts: a grant that was revoked by hand
 * @test plan/diff.test.ts: a grant that was given by hand stays
 * @test sync/rules.test.ts: a supervisor mark grants the role in the home division and its end revokes it
 */
export function diffRoles(context: DiffContext, users: UserMatches): void {
  if (context.isRefused('persons')) return;
  const { desired, known } = context;
  const supervisors = new Set<string>();
  let wanted = 0;
  for (const [dbid, match] of users) {
    const user = desired.users.get(dbid);
    if (user === undefined || !user.supervisor) continue;
    wanted++;
    if (match.user !== undefined) supervisors.add(match.user.id);
    if (known.supervisorRoleId === undefined) continue;
    const owner = match.user === undefined ? undefined : known.supervisors.get(match.user.id);
    if (owner === 'ours' || owner === 'foreign') continue;
    context.add({
      ...context.about('role.grant', 'person', dbid, user.name),
      cloudId: match.user?.id,
      reason: 'marked as supervisor in Engage',
      after: supervisorRole,
      serialKey: `user/${dbid}`,
    });
  }
  if (wanted > 0 && known.supervisorRoleId === undefined)
    context.report(
      'role.missing',
      'tenant',
      desired.tenant.dbid,
      desired.tenant.name,
      `The EX organisation has no role "${supervisorRole}"; create it, or let the client see it.`,
    );
  revoke(context, users, supervisors);
}

function revoke(context: DiffContext, users: UserMatches, wanted: ReadonlySet<string>): void {
  const { desired, known } = context;
  const leaving = leavingUsers(context, users);
  for (const [user, owner] of known.supervisors) {
    if (owner === 'foreign' || wanted.has(user)) continue;
    const person = known.personOf(user);
    if (person === undefined || desired.frozen.persons.has(person)) continue;
    const key = `role/${user}`;
    if (!context.confirmed(key)) continue;
    const name = known.user(user)?.name ?? user;
    context.add({
      ...context.about('role.revoke', 'person', person, name),
      cloudId: user,
      reason: 'no longer marked as supervisor in Engage',
      before: supervisorRole,
      serialKey: `user/${person}`,
      ...(leaving.has(user) ? {} : { counted: { limit: 'removals.role' as const, items: [key] } }),
    });
  }
}
