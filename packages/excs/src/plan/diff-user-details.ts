/** Compares what hangs on a user: external identity, skills, primary source. */
import type { CloudSkillId, CloudUserId, Dbid } from '@exec/common/ids';
import type { DesiredUser } from '../desired/model.ts';
import { forEachSkill, levelOf, skillPairs } from '../engage/skill-levels.ts';
import type { DiffContext } from './context.ts';
import type { SkillIds } from './diff-skills.ts';
import type { UserMatch, UserMatches } from './diff-users.ts';
import {
  formatSorted,
  noUserSkills,
  type Proficiencies,
  parseSkills,
  type UserSkills,
} from './user-skills.ts';

/**
 * @rule A user has the external identity of its person, the skills with their levels, and our Source as primary
 *   source.
 * @test plan/diff.test.ts: an identity that was removed by hand
 * @test plan/diff.test.ts: a level that was changed by hand
 * @test plan/diff.test.ts: a primary source that was changed by hand
 */
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
  if (held === key) return;
  const holder = context.known.identityHolders.get(user.dbid) ?? 'nobody';
  if (holder !== 'nobody' && holder === match.user?.id) {
    // A look-up may have shown that the user has the identity already, before a link says so.
    if (match.link === undefined) return;
  } else if (holder !== 'nobody') {
    identityTaken(context, user, holder);
    return;
  }
  context.add({
    ...context.about(
      held === undefined ? 'external-identity.add' : 'external-identity.replace',
      'person',
      user.dbid,
      user.name,
    ),
    cloudId: match.user?.id,
    reason: held === undefined ? 'the user has none' : 'the person has another DBID',
    before: held === undefined ? undefined : `${context.known.authority}/${held}`,
    after: `${context.known.authority}/${key}`,
    serialKey: `user/${user.dbid}`,
    identity: { authorityName: context.known.authority, externalKey: key },
  });
}

/**
 * The user is mapped all the same: the identity only helps to find it again when the ledger is lost.
 *
 * @rule An identity that somebody else holds is conflict person.identity-taken; the person is mapped without it.
 * @test sync/adoption.test.ts: keeps an identity that is taken meanwhile: a conflict, never a failure that repeats
 */
function identityTaken(context: DiffContext, user: DesiredUser, holder: CloudUserId | 'hidden'): void {
  const found = holder === 'hidden' ? undefined : context.known.user(holder);
  const who =
    holder === 'hidden'
      ? 'a user that cannot be looked up, probably a deleted one'
      : found === undefined
        ? `the user ${holder}`
        : `the user ${found.name} <${found.email}> (${found.id})`;
  context.report(
    'person.identity-taken',
    'person',
    user.dbid,
    user.name,
    `The external identity ${context.known.authority}/${user.dbid} is held by ${who}; remove it there.`,
  );
}

function primarySource(context: DiffContext, user: DesiredUser, match: UserMatch): void {
  const { source, wantedSource, primarySourceScope, defaultSourceId } = context.known;
  const held = match.link?.primarySourceId;
  if (source !== undefined && held === source.id) return;
  // Whoever is not known to have another one has that of the organisation.
  if (primarySourceScope === 'organization' && (held === undefined || held === defaultSourceId)) return;
  context.add({
    ...context.about('primary-source.set', 'person', user.dbid, user.name),
    cloudId: match.user?.id,
    reason: match.link === undefined ? 'new user' : 'another source is primary, or it is not known',
    before: held,
    after: wantedSource.name,
    serialKey: `user/${user.dbid}`,
  });
}

/** Position of each skill in the order of the cloud IDs, so that texts can be put together without sorting texts. */
function skillRanks(skills: SkillIds): ReadonlyMap<Dbid, number> {
  const sorted = [...skills].sort(([, a], [, b]) => (a < b ? -1 : 1));
  return new Map(sorted.map(([dbid], rank) => [dbid, rank]));
}

/**
 * @rule Only skills that are, or were, the counterpart of an Engage skill are taken from a user.
 * @test plan/diff.test.ts: a skill of others that was given by hand stays
 * @test plan/diff.test.ts: a skill of ours that was given by hand goes
 */
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
  const now = match.user?.skills ?? noUserSkills;
  const wanted = skillText(context, user, ids, ranks);
  if (wanted.text === now && wanted.missing === 0) return;

  const has = parseSkills(now);
  const target = new Map<CloudSkillId, number>();
  for (const [skill, proficiency] of skillPairs(user.skills)) {
    const id = ids.get(skill);
    if (id !== undefined) target.set(id, proficiency);
  }
  const keep: CloudSkillId[] = [];
  const taken: string[] = [];
  const moved: CloudSkillId[] = [];
  for (const id of has.keys()) {
    if (target.has(id)) continue;
    const dbid = managed.get(id);
    if (dbid === undefined) keep.push(id);
    else if (levelOf(user.skills, dbid) !== undefined) moved.push(id);
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
    ...context.about('user-skills.set', 'person', user.dbid, user.name),
    cloudId: match.user?.id,
    reason: match.user === undefined ? 'new user' : 'skills or levels differ',
    before: now === noUserSkills ? undefined : namedNow(context, has, managed),
    after: named(context, user),
    serialKey: `user/${user.dbid}`,
    skills: user.skills,
    keep,
    ...(taken.length === 0 ? {} : { counted: { limit: 'removals.user-skill' as const, items: taken } }),
  });
}

/** The desired skills in the form of those of a user, and how many of them will exist after this plan only. */
function skillText(
  context: DiffContext,
  user: DesiredUser,
  ids: SkillIds,
  ranks: ReadonlyMap<Dbid, number>,
): { readonly text: UserSkills; readonly missing: number } {
  const pairs: { readonly rank: number; readonly pair: readonly [CloudSkillId, number] }[] = [];
  let missing = 0;
  forEachSkill(user.skills, (skill, proficiency) => {
    const id = ids.get(skill);
    if (id !== undefined) pairs.push({ rank: ranks.get(skill) ?? 0, pair: [id, proficiency] });
    else if (context.creates('skill.create', skill)) missing++;
  });
  pairs.sort((a, b) => a.rank - b.rank);
  return { text: formatSorted(pairs.map(({ pair }) => pair)), missing };
}

/** The same for what the cloud shows; a skill that is not mapped is named by its ID. */
function namedNow(
  context: DiffContext,
  has: Proficiencies,
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
  return skillPairs(user.skills)
    .map(([skill, proficiency]) => `${context.desired.skills.get(skill)?.name ?? '?'}=${proficiency}`)
    .join('; ');
}
