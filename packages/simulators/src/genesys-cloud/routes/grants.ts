/** Routes of grants: which subject holds which role in which division. */
import { ApiError } from '../api-error.ts';
import {
  type Answer,
  type ApiCall,
  bodyOf,
  type CloudContext,
  type Handlers,
  isoTime,
  noContent,
  ok,
  param,
} from '../http/handler.ts';
import { findDivision } from './divisions.ts';
import { findUser, notFound } from './lookups.ts';
import { findRole } from './roles.ts';
import { roleViews } from './user-views.ts';

interface Pair {
  readonly roleId: string;
  readonly divisionId: string;
}

export function grantRoutes(context: CloudContext): Handlers {
  const { authorization } = context.state;
  const subjectOf = (call: ApiCall) => findSubject(context, call, param(call, 'subjectId'));
  return {
    getUserRoles: (call) => {
      const { id } = findUser(context, call, param(call, 'subjectId'));
      return ok({ roles: roleViews(context, id), unusedRoles: [], permissions: [], permissionPolicies: [] });
    },
    getAuthorizationSubjectsMe: (call) => ok(subjectView(context, call.token.client.clientId)),
    getAuthorizationSubject: (call) => ok(subjectView(context, subjectOf(call))),
    postAuthorizationSubjectBulkadd: (call) => {
      const subjectId = subjectOf(call);
      for (const { roleId, divisionId } of pairsOf(context, call))
        authorization.grant(subjectId, roleId, divisionId);
      return noContent;
    },
    postAuthorizationSubjectBulkremove: (call) => {
      const subjectId = subjectOf(call);
      for (const { roleId, divisionId } of pairsOf(context, call))
        authorization.revoke(subjectId, roleId, divisionId);
      return noContent;
    },
    deleteAuthorizationSubjectDivisionRole: (call) => removeOne(context, call, subjectOf(call)),
  };
}

/** A user, or an OAuth client of this organisation. */
function findSubject(context: CloudContext, call: ApiCall, id: string): string {
  if (call.token.client.clientId === id || context.state.authorization.grants(id).length > 0) {
    const user = context.state.users.get(id);
    if (user === undefined) return id;
  }
  return findUser(context, call, id).id;
}

/**
 * All or nothing. A role or division that was made a moment ago is a 404 until it shows; one that never was is
 * `bad.role.divisions` where the operation declares it.
 */
function pairsOf(context: CloudContext, call: ApiCall): readonly Pair[] {
  const { grants } = bodyOf<{ readonly grants: readonly Pair[] }>(call);
  const { authorization } = context.state;
  const declaresBad = call.operation.codes?.['400']?.includes('bad.role.divisions') === true;
  for (const { roleId, divisionId } of grants) {
    const isUnknown =
      authorization.role(roleId) === undefined || authorization.division(divisionId) === undefined;
    if (isUnknown && declaresBad)
      throw new ApiError(400, 'bad.role.divisions', `Unknown role ${roleId} or division ${divisionId}.`);
    findRole(context, call, roleId);
    findDivision(context, call, divisionId);
  }
  return grants;
}

function pairOfPath(context: CloudContext, call: ApiCall): Pair {
  const roleId = findRole(context, call, param(call, 'roleId')).id;
  return { roleId, divisionId: findDivision(context, call, param(call, 'divisionId')).id };
}

function removeOne(context: CloudContext, call: ApiCall, subjectId: string): Answer {
  const { roleId, divisionId } = pairOfPath(context, call);
  if (!context.state.authorization.revoke(subjectId, roleId, divisionId)) throw notFound(call, 'the grant');
  return noContent;
}

function subjectView(context: CloudContext, id: string): unknown {
  const { authorization, users } = context.state;
  const grants = authorization.grants(id);
  return {
    id,
    name: users.get(id)?.name ?? id,
    grants: grants.map((grant) => {
      const division = authorization.division(grant.divisionId);
      const role = authorization.role(grant.roleId);
      return {
        subjectId: id,
        division: {
          id: grant.divisionId,
          name: division?.name,
          description: division?.description ?? '',
          homeDivision: division?.home ?? false,
          selfUri: `/api/v2/authorization/divisions/${grant.divisionId}`,
        },
        role: {
          id: grant.roleId,
          name: role?.name,
          description: role?.description,
          policies: [],
          default: role?.builtIn ?? false,
          selfUri: `/api/v2/authorization/roles/${grant.roleId}`,
        },
        grantMadeAt: isoTime(grant.grantedAt),
      };
    }),
    version: 1,
    selfUri: `/api/v2/authorization/subjects/${id}`,
  };
}
