/** Compares what hangs on a user: external identity, skills, primary source. */
import type { CloudSkillId, Dbid } from '@exec/common/ids';
import type { DesiredUser } from '../desired/model.ts';
import type { DiffContext } from './context.ts';
import type { SkillIds } from './diff-skills.ts';
import type { UserMatch, UserMatches } from './diff-users.ts';
import { formatSkills, parseSkills } from './known.ts';
import { phases } from './operation.ts';

export function diffUserDetails(context: DiffContext, matches: UserMatches, skills: SkillIds): void {
  const ranks = skillRanks(skills);
  const managed = managedSkills(context);
  for (const [dbid, match] of matches) {
    const user = context.desired.users.get(dbid);
    if (user === undefined) continue;
    externalIdentity(context, user, match);
    if (!context.isRefused('skills')) userSkills(context, user, match, skills, ranks, managed);
    primarySource(context, user, match);
  }
}

function externalIdentity(context: DiffContext, user: DesiredUser, match: UserMatch): void {
  const held = match.link?.externalKey ?? match.formerLink?.externalKey;
  const key = String(user.dbid);
  if (held === key || ownsIdentity(context, user.dbid, match)) return;
  context.add({
    id: `external-identity/${held === undefined ? 'add' : 'replace'}/${user.dbid}`,
    kind: 'external-identity',
    operation: held === undefined ? 'add' : 'replace',
    engage: context.engage('person', user.dbid, user.name),
    cloudId: match.user?.id,
    reason: held === undefined ? 'the user has none' : 'the person has another DBID',
    before: held === undefined ? undefined : `${context.known.authority}/${held}`,
    after: `${context.known.authority}/${key}`,
    phase: phases.users,
    lane: `user/${user.dbid}`,
    work: { do: 'external-identity' },
  });
}

/** A look-up may have shown that the user has the identity already, before a link says so. */
function ownsIdentity(context: DiffContext, dbid: Dbid, match: UserMatch): boolean {
  return (
    match.link === undefined &&
    match.user !== undefined &&
    context.known.externalOwners.get(dbid) === match.user.id
  );
}

function primarySource(context: DiffContext, user: DesiredUser, match: UserMatch): void {
  const { source, wantedSource } = context.known;
  if (source !== undefined && match.link?.primarySourceId === source.id) return;
  context.add({
    id: `primary-source/set/${user.dbid}`,
    kind: 'primary-source',
    operation: 'set',
    engage: context.engage('person', user.dbid, user.name),
    cloudId: match.user?.id,
    reason: match.link === undefined ? 'new user' : 'another source is primary, or it is not known',
    before: match.link?.primarySourceId,
    after: wantedSource.name,
    phase: phases.users,
    lane: `user/${user.dbid}`,
    work: { do: 'primary-source' },
  });
}

/** Position of each skill in the order of the cloud IDs, so that texts can be put together without sorting texts. */
function skillRanks(skills: SkillIds): ReadonlyMap<Dbid, number> {
  const sorted = [...skills].sort(([, a], [, b]) => (a < b ? -1 : 1));
  return new Map(sorted.map(([dbid], rank) => [dbid, rank]));
}

/** Skills that are, or were, the counterpart of an Engage skill: only these are ever taken from a user. */
function managedSkills(context: DiffContext): ReadonlyMap<CloudSkillId, Dbid> {
  const managed = new Map<CloudSkillId, Dbid>();
  for (const former of context.known.formerSkills.values()) managed.set(former.id, former.dbid);
  for (const link of context.known.skills.values()) managed.set(link.id, link.dbid);
  return managed;
}

function userSkills(
  context: DiffContext,
  user: DesiredUser,
  match: UserMatch,
  ids: SkillIds,
  ranks: ReadonlyMap<Dbid, number>,
  managed: ReadonlyMap<CloudSkillId, Dbid>,
): void {
  const now = match.user?.skills ?? '';
  const wanted = skillText(context, user, ids, ranks);
  if (wanted.text === now && wanted.missing === 0) return;

  const has = parseSkills(now);
  const target = new Map<CloudSkillId, number>();
  for (let index = 0; index < user.skills.length; index += 2) {
    const id = ids.get((user.skills[index] ?? 0) as Dbid);
    if (id !== undefined) target.set(id, user.skills[index + 1] ?? 0);
  }
  const keep: CloudSkillId[] = [];
  const taken: string[] = [];
  const moved: CloudSkillId[] = [];
  for (const id of has.keys()) {
    if (target.has(id)) continue;
    const dbid = managed.get(id);
    if (dbid === undefined) keep.push(id);
    else if (hasSkill(user, dbid)) moved.push(id);
    else if (!context.confirmed(`user-skill/${match.user?.id}/${id}`)) keep.push(id);
    else taken.push(`user-skill/${match.user?.id}/${id}`);
  }
  const same =
    wanted.missing === 0 &&
    taken.length === 0 &&
    moved.length === 0 &&
    [...target].every(([id, proficiency]) => has.get(id) === proficiency);
  if (same) return;
  context.add({
    id: `user-skills/set/${user.dbid}`,
    kind: 'user-skills',
    operation: 'set',
    engage: context.engage('person', user.dbid, user.name),
    cloudId: match.user?.id,
    reason: match.user === undefined ? 'new user' : 'skills or levels differ',
    before: now === '' ? undefined : namedNow(context, has, managed),
    after: named(context, user),
    phase: phases.users,
    lane: `user/${user.dbid}`,
    work: { do: 'user-skills', keep },
    ...(taken.length === 0 ? {} : { counted: { limit: 'removals.user-skill' as const, items: taken } }),
  });
}

function hasSkill(user: DesiredUser, dbid: Dbid): boolean {
  for (let index = 0; index < user.skills.length; index += 2) if (user.skills[index] === dbid) return true;
  return false;
}

/** The desired skills in the form of `known.skills`, and how many of them will exist after this plan only. */
function skillText(
  context: DiffContext,
  user: DesiredUser,
  ids: SkillIds,
  ranks: ReadonlyMap<Dbid, number>,
): { readonly text: string; readonly missing: number } {
  const pairs: { rank: number; text: string }[] = [];
  let missing = 0;
  for (let index = 0; index < user.skills.length; index += 2) {
    const dbid = (user.skills[index] ?? 0) as Dbid;
    const id = ids.get(dbid);
    if (id !== undefined)
      pairs.push({ rank: ranks.get(dbid) ?? 0, text: `${id}=${user.skills[index + 1] ?? 0}` });
    else if (!context.isQuarantined(`skill/create/${dbid}`)) missing++;
  }
  pairs.sort((a, b) => a.rank - b.rank);
  return { text: pairs.map((pair) => pair.text).join(';'), missing };
}

/** The same for what the cloud shows; a skill that is not mapped is named by its ID. */
function namedNow(
  context: DiffContext,
  has: ReadonlyMap<CloudSkillId, number>,
  managed: ReadonlyMap<CloudSkillId, Dbid>,
): string {
  const { skills, formerSkills } = context.known;
  const nameOf = (id: CloudSkillId) => {
    const link = skills.get(managed.get(id) ?? (0 as Dbid));
    return link?.id === id ? link.name : (formerSkills.get(id)?.name ?? id);
  };
  return [...has].map(([id, proficiency]) => `${nameOf(id)}=${proficiency}`).join('; ');
}

/** For people: `English=3; German=5`. */
function named(context: DiffContext, user: DesiredUser): string {
  const texts: string[] = [];
  for (let index = 0; index < user.skills.length; index += 2) {
    const name = context.desired.skills.get((user.skills[index] ?? 0) as Dbid)?.name ?? '?';
    texts.push(`${name}=${user.skills[index + 1] ?? 0}`);
  }
  return texts.join('; ');
}

/** The target of a user's skills once all IDs are known: the desired ones and those that are not ours to take. */
export function targetSkills(
  desired: ReadonlyMap<CloudSkillId, number>,
  now: string,
  keep: readonly CloudSkillId[],
): { readonly pairs: ReadonlyMap<CloudSkillId, number>; readonly text: string } {
  const has = parseSkills(now);
  const pairs = new Map(desired);
  for (const id of keep) {
    const proficiency = has.get(id);
    if (proficiency !== undefined && !pairs.has(id)) pairs.set(id, proficiency);
  }
  return { pairs, text: formatSkills(pairs) };
}
