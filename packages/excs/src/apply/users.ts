/** Carries out the steps for users: the objects, external identities, skills, primary source, role. */
import {
  isDuplicate,
  isExternalIdConflict,
  isVersionConflict,
  maxSkillsPerCall,
  type SkillAssignment,
  type User,
} from '@exec/common/genesys-cloud';
import type { CloudSkillId, CloudUserId, Dbid } from '@exec/common/ids';
import { isSameName } from '../cloud/absorb.ts';
import { cloudUser } from '../cloud/read-organization.ts';
import type { DesiredUser } from '../desired/model.ts';
import { targetSkills } from '../plan/diff-user-details.ts';
import { type CloudUser, parseSkills, type UserLink } from '../plan/known.ts';
import type { Operation } from '../plan/operation.ts';
import {
  type ApplyContext,
  findEventually,
  ignoringNotFound,
  isUnknown,
  onceVisible,
  record,
  type StepResult,
  taken,
} from './context.ts';
import { addMarked } from './queues.ts';

export async function createUser(context: ApplyContext, operation: Operation): Promise<StepResult> {
  const { cloud, desired, state, signal, clock } = context;
  const user = desired.users.get(operation.engage.dbid);
  const divisionId = state.homeDivisionId;
  if (user === undefined || divisionId === undefined || state.users.has(user.dbid)) return 'skipped';
  let made: User;
  let created = true;
  try {
    made = await cloud.users.create(
      { name: user.name, email: user.email, divisionId, state: 'active' },
      { signal },
    );
  } catch (error) {
    if (!isDuplicate(error) && !isUnknown(error)) throw error;
    const found = await findEventually(context, () => findByEmail(context, user.email));
    if (found === undefined) throw error;
    const person = state.personOf(found.id);
    if (person !== undefined && (desired.users.has(person) || desired.frozen.persons.has(person)))
      throw taken(`The e-mail address ${user.email}`);
    made = found;
    created = isUnknown(error);
  }
  const link = linkOf(context, user, { ...cloudUser(made), skills: created ? '' : cloudUser(made).skills });
  await saveUser(context, { ...link, created, at: created ? clock.now() : 0 });
  return created ? 'done' : 'adopted';
}

export async function adoptUser(
  context: ApplyContext,
  operation: Operation,
  cloudId: string,
): Promise<StepResult> {
  const user = context.desired.users.get(operation.engage.dbid);
  const found = context.state.user(cloudId as CloudUserId);
  if (user === undefined || found === undefined) return 'skipped';
  await saveUser(context, linkOf(context, user, found));
  return 'done';
}

export async function updateUser(context: ApplyContext, operation: Operation): Promise<StepResult> {
  const user = context.desired.users.get(operation.engage.dbid);
  if (user === undefined) return 'skipped';
  return await changeUser(context, operation.engage.dbid, (current) => {
    const change = {
      ...(current.name === user.name ? {} : { name: user.name }),
      ...(isSameName(current.email ?? '', user.email) ? {} : { email: user.email }),
    };
    return Object.keys(change).length === 0 ? undefined : change;
  });
}

export async function activateUser(context: ApplyContext, operation: Operation): Promise<StepResult> {
  return await changeUser(context, operation.engage.dbid, (current) =>
    current.state === 'active' ? undefined : { state: 'active' },
  );
}

export async function deactivateUser(context: ApplyContext, operation: Operation): Promise<StepResult> {
  const link = context.state.users.get(operation.engage.dbid);
  if (link === undefined || context.state.protectedUsers.has(link.id)) return 'skipped';
  await context.count(operation);
  return await changeUser(context, operation.engage.dbid, (current) =>
    current.state === 'active' ? { state: 'inactive' } : undefined,
  );
}

async function changeUser(
  context: ApplyContext,
  person: Dbid,
  wanted: Parameters<ApplyContext['cloud']['users']['change']>[1],
): Promise<StepResult> {
  const { cloud, state, signal, clock } = context;
  const link = state.users.get(person);
  if (link === undefined) return 'skipped';
  const { id, name, email, version } = link;
  const known =
    version === undefined || link.state === 'deleted'
      ? {}
      : { known: { id, name, email, state: link.state, version } };
  const deleted = link.state === 'deleted' ? { state: 'deleted' as const } : {};
  const changed = cloudUser(await cloud.users.change(link.id, wanted, { signal, ...known, ...deleted }));
  // The answer does not name the skills.
  await saveUser(context, { ...link, ...changed, skills: link.skills, at: clock.now() });
  return 'done';
}

export async function setExternalIdentity(context: ApplyContext, operation: Operation): Promise<StepResult> {
  const { cloud, state, signal, clock } = context;
  const link = state.users.get(operation.engage.dbid);
  if (link === undefined) return 'skipped';
  const authorityName = state.authority;
  const externalKey = String(link.dbid);
  if (link.externalKey !== undefined && link.externalKey !== externalKey) {
    const former = { authorityName, externalKey: link.externalKey };
    await ignoringNotFound(() => cloud.externalIds.remove(link.id, former, { signal }));
  }
  try {
    const wanted = { authorityName, externalKey };
    await onceVisible(context, () => cloud.externalIds.add(link.id, wanted, { signal }));
  } catch (error) {
    if (!isExternalIdConflict(error) && !isUnknown(error)) throw error;
    const owner = await cloud.externalIds.find({ authorityName, externalKey }, { signal });
    if (owner?.id !== link.id)
      throw owner === undefined ? error : taken(`The external identity ${authorityName}/${externalKey}`);
  }
  await saveUser(context, { ...link, externalKey, version: undefined, at: clock.now() });
  return 'done';
}

export async function setSkills(
  context: ApplyContext,
  operation: Operation,
  keep: readonly CloudSkillId[],
): Promise<StepResult> {
  const { cloud, state, desired, signal, clock } = context;
  const user = desired.users.get(operation.engage.dbid);
  const link = state.users.get(operation.engage.dbid);
  if (user === undefined || link === undefined) return 'skipped';
  const wanted = new Map<CloudSkillId, number>();
  for (let index = 0; index < user.skills.length; index += 2) {
    const id = state.skills.get((user.skills[index] ?? 0) as Dbid)?.id;
    if (id !== undefined) wanted.set(id, user.skills[index + 1] ?? 0);
  }
  const target = targetSkills(wanted, link.skills, keep);
  if (target.text === link.skills) return 'skipped';
  await context.count(operation);
  await retryingVersions(context, async () => {
    if (target.pairs.size <= maxSkillsPerCall) {
      await onceVisible(context, () =>
        cloud.users.replaceSkills(link.id, assignments(target.pairs), { signal }),
      );
      return;
    }
    // A replacement in parts would take skills away for a moment.
    const has = parseSkills(link.skills);
    const changed = [...target.pairs].filter(([id, proficiency]) => has.get(id) !== proficiency);
    await cloud.users.addSkills(link.id, assignments(changed), { signal });
    for (const id of has.keys())
      if (!target.pairs.has(id))
        await ignoringNotFound(() => cloud.users.removeSkill(link.id, id, { signal }));
  });
  await saveUser(context, { ...link, skills: target.text, version: undefined, at: clock.now() });
  return 'done';
}

export async function setPrimarySource(context: ApplyContext, operation: Operation): Promise<StepResult> {
  const { cloud, state, signal, clock } = context;
  const link = state.users.get(operation.engage.dbid);
  const source = state.source;
  if (link === undefined || source === undefined) return 'skipped';
  await onceVisible(context, () => cloud.presence.setPrimarySource(link.id, source.id, { signal }));
  await saveUser(context, { ...link, primarySourceId: source.id, at: clock.now() });
  return 'done';
}

export async function grantRole(context: ApplyContext, operation: Operation): Promise<StepResult> {
  const { cloud, state, ledger, signal } = context;
  const link = state.users.get(operation.engage.dbid);
  const grant = supervisorGrant(context);
  if (link === undefined || grant === undefined) return 'skipped';
  return await addMarked(context, [link.id], state.supervisors, {
    where: 'supervisors',
    send: () => onceVisible(context, () => cloud.authorization.bulkAdd(link.id, [grant], { signal })),
    wrote: () => undefined,
    keys: ledger.keys,
  });
}

export async function revokeRole(
  context: ApplyContext,
  operation: Operation,
  user: CloudUserId,
): Promise<StepResult> {
  const { cloud, state, ledger, signal } = context;
  const grant = supervisorGrant(context);
  if (grant === undefined) return 'skipped';
  await context.count(operation);
  await ignoringNotFound(() => cloud.authorization.removeGrant(user, grant, { signal }));
  state.supervisors.delete(user);
  await record(context, ledger.keys.marks('supervisors', [], [user]));
  return 'done';
}

function supervisorGrant({ state }: ApplyContext) {
  const { supervisorRoleId: roleId, homeDivisionId: divisionId } = state;
  return roleId === undefined || divisionId === undefined ? undefined : { roleId, divisionId };
}

/** Any write to a user raises its version; the cloud may meet another one at that moment. */
async function retryingVersions(context: ApplyContext, work: () => Promise<void>): Promise<void> {
  for (let round = 1; ; round++)
    try {
      await work();
      return;
    } catch (error) {
      if (!isVersionConflict(error) || round >= 5) throw error;
      await context.clock.sleep(error.retryAfterMs ?? round * 500, context.signal);
    }
}

async function findByEmail(context: ApplyContext, email: string): Promise<User | undefined> {
  const { cloud, signal } = context;
  const [found] = (await cloud.users.findByEmail(email, undefined, { signal })).filter((user) =>
    isSameName(user.email ?? '', email),
  );
  if (found === undefined) return undefined;
  // The search shows neither skills nor always the newest version.
  const state = found.state === 'deleted' ? { state: 'deleted' as const } : {};
  return await cloud.users.get(found.id, { signal, expand: ['skills'], ...state });
}

function linkOf(context: ApplyContext, user: DesiredUser, found: CloudUser): UserLink {
  const { state } = context;
  const person = state.personOf(found.id);
  const former = person === undefined ? undefined : state.users.get(person);
  const identified = state.externalOwners.get(user.dbid) === found.id ? String(user.dbid) : undefined;
  return {
    id: found.id,
    name: found.name,
    email: found.email,
    state: found.state,
    version: found.version,
    skills: found.skills,
    dbid: user.dbid,
    employeeId: user.employeeId,
    created: former?.created ?? false,
    externalKey: former?.externalKey ?? identified,
    primarySourceId: former?.primarySourceId,
    at: 0,
  };
}

async function saveUser(context: ApplyContext, link: UserLink): Promise<void> {
  const former = context.state.setUser(link);
  await record(context, context.ledger.keys.user(link, former));
}

function assignments(pairs: Iterable<readonly [CloudSkillId, number]>): SkillAssignment[] {
  return [...pairs].map(([id, proficiency]) => ({ id, proficiency }));
}
