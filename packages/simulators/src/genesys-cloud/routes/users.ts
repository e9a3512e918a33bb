/** Routes of users: listings, creation, changes with versions, deletion and restoring. */
import { ApiError } from '../api-error.ts';
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
import { page } from '../http/paging.ts';
import type { CloudUser, UserState } from '../store/users.ts';
import { badRequest, divisionIdOf, findUser, notFound } from './lookups.ts';
import { searchUsers } from './user-search.ts';
import { userView } from './user-views.ts';

/** Listing inactive users stops here. Source: published notes of the API. */
const maxInactiveListed = 10_000;

export function userRoutes(context: CloudContext): Handlers {
  return {
    getUsers: (call) => listUsers(context, call),
    getUsersQuery: (call) => queryUsers(context, call),
    postUsers: (call) => createUser(context, call),
    postUsersSearch: (call) => searchUsers(context, call),
    patchUsersBulk: (call) => setAutoAnswer(context, call),
    getUser: (call) => getUser(context, call),
    patchUser: (call) => patchUser(context, call),
    deleteUser: (call) => deleteUser(context, call),
    postUserInvite: (call) => {
      const user = findUser(context, call, param(call, 'userId'));
      context.state.users.change(user.id, { invitations: user.invitations + 1 });
      return noContent;
    },
  };
}

function usersInState(context: CloudContext, call: ApiCall): CloudUser[] {
  const state = call.query.string('state') ?? 'active';
  const ids = new Set(call.query.list('id'));
  return [...context.state.users.all()].filter(
    (user) =>
      (state === 'any' || user.state === state) &&
      (ids.size === 0 || ids.has(user.id)) &&
      context.visibility.isReached(user.visibleFrom),
  );
}

function listUsers(context: CloudContext, call: ApiCall): Answer {
  const end = call.query.integer('pageSize', 25) * call.query.integer('pageNumber', 1);
  if (call.query.string('state') === 'inactive' && end > maxInactiveListed)
    throw new ApiError(400, 'bad.request', `Inactive users can be listed up to ${maxInactiveListed}.`);
  const expand = call.query.list('expand');
  return page(call, usersInState(context, call), (user) => userView(context, user, expand));
}

function queryUsers(context: CloudContext, call: ApiCall): Answer {
  const users = usersInState(context, call);
  const pageSize = call.query.integer('pageSize', 25);
  const cursor = call.query.string('cursor');
  const start = cursor === undefined ? 0 : Number(Buffer.from(cursor, 'base64url').toString());
  if (!Number.isSafeInteger(start) || start < 0) throw badRequest(call, 'The cursor is invalid.');
  const next =
    start + pageSize < users.length ? Buffer.from(String(start + pageSize)).toString('base64url') : undefined;
  const expand = call.query.list('expand');
  const entities = users.slice(start, start + pageSize).map((user) => userView(context, user, expand));
  return ok({
    entities,
    results: entities.length,
    selfUri: call.path,
    ...(next === undefined
      ? {}
      : { cursor: next, nextUri: `${call.path}?pageSize=${pageSize}&cursor=${next}` }),
  });
}

interface CreateUser {
  readonly name: string;
  readonly email: string;
  readonly divisionId?: string;
  readonly state?: UserState;
  readonly password?: string;
  readonly [attribute: string]: unknown;
}

function createUser(context: CloudContext, call: ApiCall): Answer {
  const { name, email, divisionId, state, password: _, ...attributes } = bodyOf<CreateUser>(call);
  if (name.trim() === '' || !/^[^\s@]+@[^\s@]+$/.test(email))
    throw badRequest(call, 'The name is blank or the email is no address.');
  if (state === 'deleted') throw badRequest(call, 'A user cannot be created deleted.');
  const user = context.state.users.create({
    name,
    email,
    state: state ?? 'inactive',
    divisionId: divisionIdOf(context, call, divisionId),
    attributes,
  });
  const { authorization } = context.state;
  const employee = authorization.roleByName('employee');
  if (employee !== undefined) authorization.grant(user.id, employee.id, authorization.homeDivision.id);
  return ok(userView(context, user));
}

function getUser(context: CloudContext, call: ApiCall): Answer {
  const id = param(call, 'userId');
  // `/users/me` is closed to client credentials.
  if (id === 'me') throw new ApiError(400, 'not.a.user', 'The token belongs to no user.');
  const expand = call.query.list('expand');
  if (call.query.string('state') !== 'deleted')
    return ok(userView(context, findUser(context, call, id), expand));
  const user = context.state.users.get(id);
  if (user?.state !== 'deleted') throw notFound(call, `user ${id}`);
  return ok(userView(context, user, expand));
}

interface UpdateUser {
  readonly version: number;
  readonly state?: UserState;
  readonly name?: string;
  readonly email?: string;
  readonly [attribute: string]: unknown;
}

/** Members that a body read before and sent back may hold; they change nothing. */
const readOnly = new Set(['id', 'selfUri', 'primaryContactInfo']);

function patchUser(context: CloudContext, call: ApiCall): Answer {
  const id = param(call, 'userId');
  const { version, state, name, email, ...rest } = bodyOf<UpdateUser>(call);
  const attributes = Object.fromEntries(Object.entries(rest).filter(([key]) => !readOnly.has(key)));
  const user = context.state.users.get(id);
  const isRestoring = user?.state === 'deleted' && state !== undefined;
  if (user === undefined || (user.state === 'deleted' && !isRestoring)) throw notFound(call, `user ${id}`);
  if (!isRestoring) findUser(context, call, id);
  const changesMore = name !== undefined || email !== undefined || Object.keys(attributes).length > 0;
  if (state !== undefined && changesMore)
    throw badRequest(call, 'state cannot be changed together with other fields.');
  if (version !== user.version) throw versionConflict(context, version, user.version);
  const changed = context.state.users.change(id, {
    ...(state === undefined ? {} : { state }),
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
    attributes: { ...user.attributes, ...attributes },
  });
  if (state === 'deleted') leaveQueues(context, id);
  return ok(userView(context, changed));
}

/** The two forms in which the platform was seen to answer a stale version. */
function versionConflict(context: CloudContext, sent: number, current: number): ApiError {
  return context.quirks.versionConflict === 'status-409'
    ? new ApiError(409, 'general.conflict', 'The user was changed meanwhile.')
    : new ApiError(400, 'general.conflict', `Version ${sent} does not match the current version ${current}.`);
}

/** Soft: the user keeps the e-mail address and can be restored. */
function deleteUser(context: CloudContext, call: ApiCall): Answer {
  const id = param(call, 'userId');
  const user = context.state.users.get(id);
  if (user === undefined) throw notFound(call, `user ${id}`);
  if (user.state !== 'deleted') {
    context.state.users.change(id, { state: 'deleted' });
    leaveQueues(context, id);
  }
  return ok({});
}

function leaveQueues(context: CloudContext, userId: string): void {
  for (const queue of context.state.queues.all()) queue.members.remove(userId);
}

function setAutoAnswer(context: CloudContext, call: ApiCall): Answer {
  const wanted = bodyOf<readonly { readonly id?: string; readonly acdAutoAnswer?: boolean }[]>(call);
  const users = wanted.map(({ id, acdAutoAnswer }) => {
    const user = findUser(context, call, id ?? '');
    return context.state.users.change(user.id, { attributes: { ...user.attributes, acdAutoAnswer } });
  });
  return ok({ entities: users.map((user) => userView(context, user)), total: users.length });
}
