/** Routes of queue members: no totals, additions and removals that show late, 100 users per call. */
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
import { pageWithoutTotals } from '../http/paging.ts';
import type { QueueMembership } from '../store/queue-members.ts';
import type { CloudQueue } from '../store/queues.ts';
import { badRequest, findQueue, findUser, nameMatches, notFound } from './lookups.ts';
import { routingStatusView, userView } from './user-views.ts';

interface MemberBody {
  readonly id?: string;
  readonly joined?: boolean;
  readonly ringNumber?: number;
}

export function queueMemberRoutes(context: CloudContext): Handlers {
  const queueOf = (call: ApiCall) => findQueue(context, call, param(call, 'queueId'));
  return {
    getRoutingQueueMembers: (call) => list(context, call, queueOf(call)),
    postRoutingQueueMembers: (call) => addOrRemove(context, call, queueOf(call)),
    patchRoutingQueueMembers: (call) => {
      const queue = queueOf(call);
      const wanted = bodyOf<readonly MemberBody[]>(call);
      for (const member of wanted) change(call, queue, member.id ?? '', member);
      const entities = wanted.flatMap(({ id }) => viewsOf(context, queue, id));
      return ok({ entities, pageSize: entities.length, pageNumber: 1 });
    },
  };
}

function list(context: CloudContext, call: ApiCall, queue: CloudQueue): Answer {
  const { query } = call;
  const name = query.string('name');
  const joined = query.boolean('joined');
  const expand = query.list('expand');
  const found = queue.members.visible().filter((member) => {
    const user = context.state.users.get(member.userId);
    // Members through groups do not exist here.
    return (
      user !== undefined &&
      query.string('memberBy') !== 'group' &&
      (joined === undefined || joined === member.joined) &&
      (name === undefined || nameMatches(name, user.name))
    );
  });
  return pageWithoutTotals(call, found, (member) => view(context, queue, member, expand));
}

/** Adding raises 404 for a user that is not there; removing one that is no member changes nothing. */
function addOrRemove(context: CloudContext, call: ApiCall, queue: CloudQueue): Answer {
  const ids = bodyOf<readonly MemberBody[]>(call).map(({ id }) => id ?? '');
  if (ids.includes('')) throw badRequest(call, 'A member has no id.');
  if (call.query.boolean('delete') === true) {
    for (const id of ids) queue.members.remove(id);
    return noContent;
  }
  for (const id of ids) findUser(context, call, id);
  for (const id of ids) queue.members.add(id);
  return noContent;
}

function change(call: ApiCall, queue: CloudQueue, userId: string, wanted: MemberBody): void {
  const { joined, ringNumber } = wanted;
  const isChanged = queue.members.change(userId, {
    ...(joined === undefined ? {} : { joined }),
    ...(ringNumber === undefined ? {} : { ringNumber }),
  });
  if (!isChanged) throw notFound(call, `member ${userId}`);
}

function viewsOf(context: CloudContext, queue: CloudQueue, userId: string | undefined): unknown[] {
  const members = queue.members.visible().filter((member) => member.userId === userId);
  return members.map((member) => view(context, queue, member, []));
}

function view(
  context: CloudContext,
  queue: CloudQueue,
  member: QueueMembership,
  expand: readonly string[],
): unknown {
  const user = context.state.users.get(member.userId);
  return {
    id: member.userId,
    name: user?.name,
    ...(user === undefined ? {} : { user: userView(context, user, expand) }),
    ringNumber: member.ringNumber,
    joined: member.joined,
    memberBy: 'user',
    ...(expand.includes('routingStatus') ? { routingStatus: routingStatusView(context, member.userId) } : {}),
    selfUri: `/api/v2/routing/queues/${queue.id}/members/${member.userId}`,
  };
}
