/** Carries out the steps for users: created, adopted, changed, activated, deactivated. */
import { isDuplicate, type User } from '@exec/common/genesys-cloud';
import type { Dbid } from '@exec/common/ids';
import { isSameName } from '../desired/names.ts';
import { userFields } from '../desired/user-fields.ts';
import { cloudUser } from '../organization/read-organization.ts';
import type { OperationOf } from '../plan/operation.ts';
import type { CloudUser, UserLink } from '../plan/organization.ts';
import { noUserSkills } from '../plan/user-skills.ts';
import {
  type ApplyContext,
  findEventually,
  isUnknown,
  onceVisible,
  type StepResult,
  saveUser,
  taken,
} from './context.ts';

/**
 * Creates the user, or adopts the one that has its address meanwhile.
 * @returns `skipped` while the home division is not known, or when the person has a user
 * @throws CloudError `cloud.conflict` when the address is that of somebody else's user; what the cloud answered
 */
export async function createUser(
  context: ApplyContext,
  operation: OperationOf<'user.create'>,
): Promise<StepResult> {
  const { cloud, gone, state, signal, clock } = context;
  const { user, engage } = operation;
  const divisionId = state.homeDivisionId;
  if (divisionId === undefined || state.users.has(engage.dbid)) return 'skipped';
  let made: User;
  let created = true;
  try {
    made = await cloud.users.create({ ...user, divisionId, state: 'active' }, { signal });
  } catch (error) {
    if (!isDuplicate(error) && !isUnknown(error)) throw error;
    const found = await findEventually(context, () => findByEmail(context, user.email));
    if (found === undefined) throw error;
    const person = state.personOf(found.id);
    if (person !== undefined && !gone.persons.has(person)) throw taken(`The e-mail address ${user.email}`);
    made = found;
    created = isUnknown(error);
  }
  const found = cloudUser(made);
  const link = linkOf(context, operation, { ...found, skills: created ? noUserSkills : found.skills });
  await saveUser(context, { ...link, created, at: created ? clock.now() : 0 });
  return created ? 'done' : 'adopted';
}

export async function adoptUser(
  context: ApplyContext,
  operation: OperationOf<'user.adopt'>,
): Promise<StepResult> {
  const found = context.state.user(operation.cloudId);
  if (found === undefined) return 'skipped';
  await saveUser(context, linkOf(context, operation, found));
  return 'done';
}

export async function updateUser(
  context: ApplyContext,
  operation: OperationOf<'user.update'>,
): Promise<StepResult> {
  return await changeUser(context, operation.engage.dbid, (current) =>
    userFields.change(operation.user, userFields.shown(current)),
  );
}

export async function activateUser(
  context: ApplyContext,
  operation: OperationOf<'user.activate' | 'user.restore'>,
): Promise<StepResult> {
  return await changeUser(context, operation.engage.dbid, (current) =>
    current.state === 'active' ? undefined : { state: 'active' },
  );
}

/**
 * @rule A user is deactivated only after its roles were asked for anew: one with a protected role stays.
 * @test sync/safety.test.ts: are never deactivated, also when they got the role a moment ago
 */
export async function deactivateUser(
  context: ApplyContext,
  operation: OperationOf<'user.deactivate'>,
): Promise<StepResult> {
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
  const { id, version } = link;
  const known =
    version === undefined || link.state === 'deleted'
      ? {}
      : { known: { id, ...userFields.pick(link), state: link.state, version } };
  const deleted = link.state === 'deleted' ? { state: 'deleted' as const } : {};
  const changed = cloudUser(await cloud.users.change(link.id, wanted, { signal, ...known, ...deleted }));
  // The answer does not name the skills.
  await saveUser(context, { ...link, ...changed, skills: link.skills, at: clock.now() });
  return 'done';
}

export async function setPrimarySource(
  context: ApplyContext,
  operation: OperationOf<'primary-source.set'>,
): Promise<StepResult> {
  const { cloud, state, signal, clock } = context;
  const link = state.users.get(operation.engage.dbid);
  const source = state.source;
  if (link === undefined || source === undefined) return 'skipped';
  await onceVisible(context, () => cloud.presence.setPrimarySource(link.id, source.id, { signal }));
  await saveUser(context, { ...link, primarySourceId: source.id, at: clock.now() });
  return 'done';
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

function linkOf(
  { state }: ApplyContext,
  { engage: { dbid }, employeeId }: OperationOf<'user.create' | 'user.adopt'>,
  found: CloudUser,
): UserLink {
  const person = state.personOf(found.id);
  const former = person === undefined ? undefined : state.users.get(person);
  const identified = state.identityHolders.get(dbid) === found.id ? String(dbid) : undefined;
  return {
    id: found.id,
    ...userFields.pick(found),
    state: found.state,
    version: found.version,
    skills: found.skills,
    dbid,
    employeeId,
    created: former?.created ?? false,
    externalKey: former?.externalKey ?? identified,
    primarySourceId: former?.primarySourceId,
    at: 0,
  };
}
