/** Routes of roles, and of the users that hold them. */
import {
  type Answer,
  type ApiCall,
  bodyOf,
  type CloudContext,
  type Handlers,
  ok,
  param,
} from '../http/handler.ts';
import { page, pageWithoutLinks } from '../http/paging.ts';
import type { CloudRole } from '../store/authorization.ts';
import { badRequest, divisionView, notFound } from './lookups.ts';

export function roleRoutes(context: CloudContext): Handlers {
  const { authorization } = context.state;
  return {
    getAuthorizationRoles: (call) => list(context, call),
    postAuthorizationRoles: (call) => ok(view(context, create(context, call))),
    getAuthorizationRoleSubjectgrants: (call) => subjectGrants(context, call),
    getAuthorizationRoleUsers: (call) =>
      pageWithoutLinks(
        call,
        authorization.holders(findRole(context, call, param(call, 'roleId')).id),
        (id) => ({
          id,
          selfUri: `/api/v2/users/${id}`,
        }),
      ),
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

function create(context: CloudContext, call: ApiCall): CloudRole {
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
  if (authorization.roleByName(name) !== undefined)
    throw badRequest(call, `A role named ${name} already exists.`);
  return authorization.createRole({
    name,
    description,
    attributes,
    ...(defaultRoleId === undefined ? {} : { defaultRoleId }),
  });
}

function subjectGrants(context: CloudContext, call: ApiCall): Answer {
  const { authorization, users } = context.state;
  const role = findRole(context, call, param(call, 'roleId'));
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
