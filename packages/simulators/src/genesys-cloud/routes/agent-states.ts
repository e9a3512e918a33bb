/** Routes that read back what was injected, and the native presence and routing status beside it. */
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
import { nativeSource } from '../store/presence.ts';
import { fromNativeRoutingStatus } from '../store/routing-statuses.ts';
import { badRequest, findUser, notFound } from './lookups.ts';
import { presenceView, routingStatusView } from './user-views.ts';

interface PresenceBody {
  readonly id?: string;
  readonly presenceDefinition?: { readonly id?: string };
  readonly message?: string;
}

export function agentStateRoutes(context: CloudContext): Handlers {
  return {
    getUserRoutingstatus: (call) => ok(routingStatusView(context, param(call, 'userId'))),
    putUserRoutingstatus: (call) => putRoutingStatus(context, call),
    getUserPresence: (call) => getPresence(context, call, param(call, 'sourceId')),
    getUserPresencesPurecloud: (call) => getPresence(context, call, nativeSource),
    patchUserPresence: (call) => {
      const sourceId = param(call, 'sourceId');
      // Registered sources are written through the events only.
      if (context.state.presence.source(sourceId) !== undefined)
        throw new ApiError(
          409,
          'presenceservice.conflict',
          'A registered source cannot be written natively.',
        );
      return setPresence(context, call, sourceId);
    },
    patchUserPresencesPurecloud: (call) => setPresence(context, call, nativeSource),
    getUsersPresenceBulk: (call) => bulk(context, call),
    putUsersPresencesBulk: (call) => setMany(context, call),
  };
}

function putRoutingStatus(context: CloudContext, call: ApiCall): Answer {
  const user = findUser(context, call, param(call, 'userId'));
  const status = fromNativeRoutingStatus(bodyOf<{ readonly status?: string }>(call).status ?? '');
  if (status === undefined) throw badRequest(call, 'status is missing.');
  context.state.routingStatuses.set(user.id, { status, at: context.visibility.now() });
  return ok(routingStatusView(context, user.id));
}

function getPresence(context: CloudContext, call: ApiCall, sourceId: string): Answer {
  return ok(presenceView(context, findUser(context, call, param(call, 'userId')).id, sourceId));
}

function setPresence(context: CloudContext, call: ApiCall, sourceId: string): Answer {
  const user = findUser(context, call, param(call, 'userId'));
  apply(context, call, user.id, sourceId, bodyOf<PresenceBody>(call));
  return ok(presenceView(context, user.id, sourceId));
}

function apply(
  context: CloudContext,
  call: ApiCall,
  userId: string,
  sourceId: string,
  body: PresenceBody,
): void {
  const { presence } = context.state;
  const id = body.presenceDefinition?.id;
  if (id !== undefined && presence.definitions.get(id) === undefined)
    throw badRequest(call, `Unknown presence definition ${id}.`);
  presence.setPresence(userId, {
    sourceId,
    ...(id === undefined ? {} : { presenceDefinitionId: id }),
    ...(body.message === undefined ? {} : { message: body.message }),
    at: context.visibility.now(),
  });
}

function bulk(context: CloudContext, call: ApiCall): Answer {
  const sourceId = param(call, 'sourceId');
  const ids = call.query.list('id');
  for (const id of ids) if (context.state.users.get(id) === undefined) throw notFound(call, `user ${id}`);
  return ok(
    ids.map((userId) => {
      const { primary: _, ...view } = presenceView(context, userId, sourceId);
      return { ...view, userId };
    }),
  );
}

/** On-queue presences cannot be set this way. */
function setMany(context: CloudContext, call: ApiCall): Answer {
  const wanted = bodyOf<readonly PresenceBody[]>(call);
  const { definitions } = context.state.presence;
  for (const { presenceDefinition } of wanted)
    if (definitions.get(presenceDefinition?.id ?? '')?.systemPresence === 'OnQueue')
      throw new ApiError(
        400,
        'endpoint.does.not.support.on.queue',
        'On-queue presences cannot be set in bulk.',
      );
  const users = wanted.map((body) => findUser(context, call, body.id ?? ''));
  for (const [index, user] of users.entries())
    apply(context, call, user.id, nativeSource, wanted[index] ?? {});
  return ok(users.map((user) => presenceView(context, user.id, nativeSource)));
}
