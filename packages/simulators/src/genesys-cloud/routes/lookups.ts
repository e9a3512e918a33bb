/** Finding what a path or body names, as a read sees it: not there, not yet visible and deleted are the same 404. */
import { ApiError } from '../api-error.ts';
import type { ApiCall, CloudContext } from '../http/handler.ts';
import type { CloudQueue } from '../store/queues.ts';
import type { CloudSkill } from '../store/skills.ts';
import type { CloudUser } from '../store/users.ts';
import type { CloudWrapupCode } from '../store/wrapup-codes.ts';

/** 404 with the code that the operation declares for it. */
export function notFound(call: ApiCall, what: string): ApiError {
  return new ApiError(404, call.operation.codes?.['404']?.[0] ?? 'not.found', `Unable to find ${what}.`);
}

/** 400 with the most general code that the operation declares. */
export function badRequest(call: ApiCall, message: string): ApiError {
  const general = call.operation.codes?.['400']?.find((code) => code === 'general.bad.request');
  return new ApiError(400, general ?? 'bad.request', message);
}

/** Active or inactive. */
export function findUser(context: CloudContext, call: ApiCall, id: string): CloudUser {
  const user = context.state.users.get(id);
  if (user === undefined || user.state === 'deleted' || !context.visibility.isReached(user.visibleFrom))
    throw notFound(call, `user ${id}`);
  return user;
}

export function findQueue(context: CloudContext, call: ApiCall, id: string): CloudQueue {
  const queue = context.state.queues.get(id);
  if (queue === undefined || !context.visibility.isReached(queue.visibleFrom))
    throw notFound(call, `queue ${id}`);
  return queue;
}

export function findWrapupCode(context: CloudContext, call: ApiCall, id: string): CloudWrapupCode {
  const code = context.state.wrapupCodes.get(id);
  if (code === undefined || !context.visibility.isReached(code.visibleFrom))
    throw notFound(call, `wrap-up code ${id}`);
  return code;
}

/** An active one. */
export function findSkill(context: CloudContext, call: ApiCall, id: string): CloudSkill {
  const skill = context.state.skills.get(id);
  if (skill?.state !== 'active' || !context.visibility.isReached(skill.visibleFrom)) throw notFound(call, id);
  return skill;
}

/** The wanted division, or Home. Raises 404 when there is none of that ID. */
export function divisionIdOf(context: CloudContext, call: ApiCall, id: string | undefined): string {
  const { authorization } = context.state;
  if (id === undefined) return authorization.homeDivision.id;
  const division = authorization.division(id);
  if (division === undefined || !context.visibility.isReached(division.visibleFrom))
    throw badRequest(call, `Unknown division ${id}.`);
  return division.id;
}

export function divisionView(context: CloudContext, id: string): Readonly<Record<string, unknown>> {
  const name = id === '*' ? '*' : (context.state.authorization.division(id)?.name ?? '');
  return { id, name, selfUri: `/api/v2/authorization/divisions/${id}` };
}

/** `*` at either end stands for anything; any case. */
export function nameMatches(pattern: string, name: string): boolean {
  const wanted = pattern.replaceAll('*', '').toLowerCase();
  const actual = name.toLowerCase();
  const open = { start: pattern.startsWith('*'), end: pattern.endsWith('*') };
  if (open.start && open.end) return actual.includes(wanted);
  if (open.start) return actual.endsWith(wanted);
  if (open.end) return actual.startsWith(wanted);
  return actual === wanted;
}
