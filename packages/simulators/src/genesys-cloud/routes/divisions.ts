/** Routes of divisions. */
import { ApiError } from '../api-error.ts';
import {
  type Answer,
  type ApiCall,
  bodyOf,
  type CloudContext,
  type Handlers,
  ok,
  param,
} from '../http/handler.ts';
import { page } from '../http/paging.ts';
import type { CloudDivision } from '../store/authorization.ts';
import { notFound } from './lookups.ts';

export function divisionRoutes(context: CloudContext): Handlers {
  const { authorization } = context.state;
  return {
    getAuthorizationDivisions: (call) => list(context, call),
    postAuthorizationDivisions: (call) => {
      const { name = '', description } = bodyOf<{ readonly name?: string; readonly description: string }>(
        call,
      );
      if (name.trim() === '') throw new ApiError(400, 'division.name.invalid', 'The name is blank.');
      return ok(view(authorization.createDivision(name, description)));
    },
    getAuthorizationDivisionsHome: () => ok(view(authorization.homeDivision)),
    getAuthorizationDivision: (call) => ok(view(findDivision(context, call, param(call, 'divisionId')))),
  };
}

function list(context: CloudContext, call: ApiCall): Answer {
  const ids = new Set(call.query.list('id'));
  const name = call.query.string('name')?.toLowerCase();
  const found = [...context.state.authorization.divisions()].filter(
    (division) =>
      context.visibility.isReached(division.visibleFrom) &&
      (ids.size === 0 || ids.has(division.id)) &&
      (name === undefined || division.name.toLowerCase().includes(name)),
  );
  return page(call, found, view);
}

export function findDivision(context: CloudContext, call: ApiCall, id: string): CloudDivision {
  const division = context.state.authorization.division(id);
  if (division === undefined || !context.visibility.isReached(division.visibleFrom))
    throw notFound(call, `division ${id}`);
  return division;
}

function view(division: CloudDivision): unknown {
  return {
    id: division.id,
    name: division.name,
    description: division.description,
    homeDivision: division.home,
    selfUri: `/api/v2/authorization/divisions/${division.id}`,
  };
}
