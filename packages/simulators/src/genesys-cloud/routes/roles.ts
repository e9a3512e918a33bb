/** Routes of roles, and of the users that hold them. */
import {
  type Answer,
  type ApiCall,
  bodyOf,
  type CloudContext,
  type Handlers,
  noContent,
  ok,
  param,
} from '../http/handler.ts';
import { page, pageWithoutLinks } from '../http/paging.ts';
import type { CloudRole } from '../store/authorization.ts';
import { findDivision } from './divisions.ts';
import { badRequest, divisionView, findUser, notFound } from './lookups.ts';

export function roleRoutes(context: CloudContext): Handlers {
  const { authorization } = context.state;
  const roleOf = (call: ApiCall) => findRole(context, call, param(call, 'roleId'));
  return {
    getAuthorizationRoles: (call) => list(context, call),
    postAuthorizationRoles: (call) => ok(view(context, save(context, call))),
    getAuthorizationRole: (call) => ok(view(context, roleOf(call))),
    putAuthorizationRole: (call) => ok(view(context, save(context, call, roleOf(call).id))),
    deleteAuthorizationRole: (call) => {
      const role = roleOf(call);
      if (role.builtIn) throw badRequest(call, 'A built-in role cannot be deleted.');
      authorization.removeRole(role.id);
      return noContent;
    },
    postAuthorizationRole: (call) => grantToMany(context, call),
    putAuthorizationRoleUsersAdd: (call) => {
      const role = roleOf(call);
      const ids = bodyOf<readonly string[]>(call);
      for (const id of ids) findUser(context, call, id);
      for (const id of ids) authorization.grant(id, role.id, authorization.homeDivision.id);
      return ok(ids);
    },
    putAuthorizationRoleUsersRemove: (call) => {
      const role = roleOf(call);
      const ids = bodyOf<readonly string[]>(call);
      for (const id of ids) authorization.revokeRole(id, role.id);
      return ok(ids);
    },
    getAuthorizationRoleUsers: (call) =>
      pageWithoutLinks(call, authorization.holders(roleOf(call).id), (id) => ({
        id,
        selfUri: `/api/v2/users/${id}`,
      })),
    getAuthorizationRoleSubjectgrants: (call) => subjectGrants(context, call, roleOf(call)),
  };
}

export function findRole(context: CloudContext, call: ApiCall, id: string): CloudRole {
  const role = context.state.authorization.role(id);
  if (role === undefined || !context.visibility.isReached(role.visibleFrom))
    throw notFound(call, `role ${id}`);
  return role;
}

/** The name filter is not exact: it finds what contains it. */
function list(context: CloudContext, call: ApiCall): Answer {
  const { query } = call;
  const ids = new Set(query.list('id'));
  const defaults = new Set(query.list('defaultRoleId'));
  const name = query.string('name')?.toLowerCase();
  const found = [...context.state.authorization.roles()].filter(
    (role) =>
      context.visibility.isReached(role.visibleFrom) &&
      (ids.size === 0 || ids.has(role.id)) &&
      (defaults.size === 0 || defaults.has(role.defaultRoleId ?? '')) &&
      (name === undefined || role.name.toLowerCase().includes(name)),
  );
  return page(call, found, (role) => view(context, role));
}

interface RoleBody {
  readonly name: string;
  readonly description?: string;
  readonly defaultRoleId?: string;
  readonly [attribute: string]: unknown;
}

function save(context: CloudContext, call: ApiCall, id?: string): CloudRole {
  const {
    name,
    description = '',
    defaultRoleId,
    id: _id,
    selfUri: _uri,
    ...attributes
  } = bodyOf<RoleBody>(call);
  if (name.trim() === '') throw badRequest(call, 'The name is blank.');
  const { authorization } = context.state;
  const holder = authorization.roleByName(name);
  if (holder !== undefined && holder.id !== id)
    throw badRequest(call, `A role named ${name} already exists.`);
  const role = { name, description, attributes, ...(defaultRoleId === undefined ? {} : { defaultRoleId }) };
  return id === undefined ? authorization.saveRole(role) : authorization.saveRole(role, id);
}

function grantToMany(context: CloudContext, call: ApiCall): Answer {
  const role = findRole(context, call, param(call, 'roleId'));
  const body = bodyOf<{ readonly subjectIds: readonly string[]; readonly divisionIds: readonly string[] }>(
    call,
  );
  for (const id of body.subjectIds) findUser(context, call, id);
  for (const id of body.divisionIds) findDivision(context, call, id);
  for (const subjectId of body.subjectIds)
    for (const divisionId of body.divisionIds)
      context.state.authorization.grant(subjectId, role.id, divisionId);
  return noContent;
}

function subjectGrants(context: CloudContext, call: ApiCall, role: CloudRole): Answer {
  const { authorization, users } = context.state;
  return page(call, authorization.holders(role.id), (id) => ({
    id,
    name: users.get(id)?.name ?? '',
    divisions: authorization
      .grants(id)
      .filter((grant) => grant.roleId === role.id)
      .map((grant) => divisionView(context, grant.divisionId)),
    type: users.get(id) === undefined ? 'PC_OAUTH_CLIENT' : 'PC_USER',
    selfUri: `/api/v2/authorization/subjects/${id}`,
  }));
}

function view(context: CloudContext, role: CloudRole): unknown {
  return {
    ...role.attributes,
    id: role.id,
    name: role.name,
    description: role.description,
    ...(role.defaultRoleId === undefined ? {} : { defaultRoleId: role.defaultRoleId }),
    permissions: role.attributes.permissions ?? [],
    permissionPolicies: role.attributes.permissionPolicies ?? [],
    userCount: context.state.authorization.holders(role.id).length,
    base: false,
    default: role.builtIn,
    selfUri: `/api/v2/authorization/roles/${role.id}`,
  };
}
