/** Reads what the EX organisation shows in pages: users with skills, skills, queues, codes, grants, sources. */
import { CloudError, type GenesysCloud, type Listing, type User } from '@exec/common/genesys-cloud';
import {
  asId,
  type CloudQueueId,
  type CloudSkillId,
  type CloudUserId,
  type CloudWrapupCodeId,
} from '@exec/common/ids';
import { queueFields } from '../desired/queue-fields.ts';
import { userFields } from '../desired/user-fields.ts';
import { supervisorRole } from '../plan/diff-roles.ts';
import type {
  CloudSource,
  CloudUser,
  NamedEntity,
  NamedQueue,
  PrimarySourceScope,
  UserState,
} from '../plan/organization.ts';
import { formatSkills } from '../plan/user-skills.ts';

export interface OrganizationRead {
  readonly users: ReadonlyMap<CloudUserId, CloudUser>;
  readonly skills: readonly NamedEntity<CloudSkillId>[];
  readonly queues: readonly NamedQueue[];
  readonly wrapupCodes: readonly NamedEntity<CloudWrapupCodeId>[];
  readonly sources: readonly CloudSource[];
  /** Undefined also where the scope does not ask for it. */
  readonly defaultSourceId?: string | undefined;
  readonly homeDivisionId: string;
  readonly supervisorRoleId: string | undefined;
  /** Users that hold the role "Supervisor" in the home division. */
  readonly supervisors: ReadonlySet<CloudUserId>;
  readonly protectedUsers: ReadonlySet<CloudUserId>;
}

export interface ReadOrganizationOptions {
  readonly cloud: GenesysCloud;
  readonly protectedRoles: readonly string[];
  readonly signal: AbortSignal;
  readonly priority: 'configuration' | 'drift';
}

/** @throws CloudError; a listing that is not complete makes the whole read fail */
export async function readOrganization(
  options: ReadOrganizationOptions & { readonly primarySourceScope: PrimarySourceScope },
): Promise<OrganizationRead> {
  const { cloud, signal, priority } = options;
  const call = { signal, priority };
  const home = await cloud.authorization.homeDivision(call);
  const supervisor = await cloud.authorization.roleByName(supervisorRole, call);
  const supervisors = new Set<CloudUserId>();
  if (supervisor !== undefined)
    for await (const subject of cloud.authorization.roleSubjectGrants(supervisor.id, call))
      if (subject.divisions?.some((division) => division.id === home.id) === true)
        supervisors.add(asId<CloudUserId>(subject.id));
  const protectedUsers = await readProtectedUsers(options);
  const sources = (await cloud.presence.sources(call)).map((source) => ({
    id: source.id,
    name: source.name,
    description: source.description ?? '',
    deactivated: source.deactivated ?? false,
  }));
  const settings =
    options.primarySourceScope === 'organization' ? await cloud.presence.settings(call) : undefined;
  const skills = (await cloud.skills.list(call).toArray({ complete: true }))
    .filter((skill) => skill.state !== 'deleted')
    .map(({ id, name }) => ({ id, name }));
  const codes = await cloud.wrapupCodes.list(call).toArray({ complete: true });
  const queues = await cloud.queues.list(call).toArray({ complete: true });
  return {
    users: await readUsers(options, new Set(skills.map((skill) => skill.id))),
    skills,
    queues: queues.map((queue) => ({ id: asId<CloudQueueId>(queue.id), ...queueFields.shown(queue) })),
    wrapupCodes: codes.map(({ id, name }) => ({ id, name })),
    sources,
    defaultSourceId: settings?.defaultPrimaryPresenceRegisteredSourceId,
    homeDivisionId: home.id,
    supervisorRoleId: supervisor?.id,
    supervisors,
    protectedUsers,
  };
}

/** Who must never be deactivated, whatever Engage says. Asked anew before every deactivation. */
export async function readProtectedUsers({
  cloud,
  protectedRoles,
  signal,
  priority,
}: ReadOrganizationOptions): Promise<ReadonlySet<CloudUserId>> {
  const users = new Set<CloudUserId>();
  for (const name of protectedRoles) {
    const role = await cloud.authorization.roleByName(name, { signal, priority });
    if (role === undefined) continue;
    for await (const user of cloud.authorization.roleUsers(role.id, { signal, priority })) users.add(user.id);
  }
  return users;
}

/**
 * Page by page, keeping only what is compared: 20,000 users are some megabytes then. Skills that are deleted may still
 * show on users; naming them in a write would be refused.
 */
async function readUsers(
  options: ReadOrganizationOptions,
  existing: ReadonlySet<CloudSkillId>,
): Promise<OrganizationRead['users']> {
  const { cloud, signal, priority } = options;
  const list = { state: 'any', expand: ['skills'], signal, priority } as const;
  try {
    return await collectUsers(cloud.users.list(list), existing);
  } catch (error) {
    // Page numbers may be refused beyond 10,000 users; the cursor has no such limit but needs a wider permission.
    if (!(error instanceof CloudError) || error.httpStatus !== 400) throw error;
    return await collectUsers(cloud.users.query(list), existing);
  }
}

async function collectUsers(
  listing: Listing<User>,
  existing: ReadonlySet<CloudSkillId>,
): Promise<OrganizationRead['users']> {
  const users = new Map<CloudUserId, CloudUser>();
  let total: number | undefined;
  for await (const page of listing.pages()) {
    for (const user of page.items) users.set(user.id, cloudUser(user, existing));
    total = page.total ?? total;
  }
  if (total !== undefined && users.size < total)
    throw new CloudError('cloud.listing-incomplete', `the users came as ${users.size} of ${total} records`, {
      retryable: true,
    });
  return users;
}

/** A user as it is compared; skills only if they were asked for. */
export function cloudUser(user: User, existing?: ReadonlySet<CloudSkillId>): CloudUser {
  const skills = (user.skills ?? []).filter(
    (skill) => skill.state !== 'deleted' && (existing === undefined || existing.has(skill.id)),
  );
  return {
    id: user.id,
    ...userFields.shown(user),
    state: stateOf(user.state),
    version: user.version,
    skills: formatSkills(skills.map((skill) => [skill.id, skill.proficiency ?? 0] as const)),
  };
}

function stateOf(state: string | undefined): UserState {
  return state === 'active' || state === 'deleted' ? state : 'inactive';
}
