/** Routes of queues. */
import {
  type Answer,
  type ApiCall,
  bodyOf,
  type CloudContext,
  type Handlers,
  isoTime,
  ok,
  param,
} from '../http/handler.ts';
import { page } from '../http/paging.ts';
import type { CloudQueue } from '../store/queues.ts';
import { badRequest, divisionIdOf, divisionView, findQueue, findUser, nameMatches } from './lookups.ts';

export function queueRoutes(context: CloudContext): Handlers {
  const { queues } = context.state;
  return {
    getRoutingQueues: (call) => page(call, listed(context, call), (queue) => queueView(context, queue)),
    postRoutingQueues: (call) => create(context, call),
    getRoutingQueue: (call) => ok(queueView(context, findQueue(context, call, param(call, 'queueId')))),
    putRoutingQueue: (call) => replace(context, call),
    deleteRoutingQueue: (call) => {
      queues.remove(findQueue(context, call, param(call, 'queueId')).id);
      return ok();
    },
    getUserQueues: (call) => queuesOfUser(context, call),
  };
}

function listed(context: CloudContext, call: ApiCall): CloudQueue[] {
  const { query } = call;
  const ids = new Set(query.list('id'));
  const divisions = new Set(query.list('divisionId'));
  const peers = new Set(query.list('peerId'));
  const name = query.string('name');
  const hasPeer = query.boolean('hasPeer');
  const found = [...context.state.queues.all()].filter(
    (queue) =>
      context.visibility.isReached(queue.visibleFrom) &&
      (ids.size === 0 || ids.has(queue.id)) &&
      (divisions.size === 0 || divisions.has(queue.divisionId)) &&
      (peers.size === 0 || peers.has(String(queue.attributes.peerId))) &&
      (hasPeer === undefined || hasPeer === (queue.attributes.peerId !== undefined)) &&
      (name === undefined || nameMatches(name, queue.name)),
  );
  found.sort((left, right) => (left.name.toLowerCase() < right.name.toLowerCase() ? -1 : 1));
  if (query.string('sortOrder') === 'desc') found.reverse();
  return found;
}

interface QueueBody {
  readonly name: string;
  readonly division?: { readonly id?: string };
  readonly [attribute: string]: unknown;
}

/** Members that are counted or set by the platform. */
const readOnly = new Set([
  'id',
  'selfUri',
  'memberCount',
  'userMemberCount',
  'joinedMemberCount',
  'dateCreated',
  'dateModified',
  'createdBy',
  'modifiedBy',
  'sourceQueueId',
]);

function attributesOf(body: QueueBody): Readonly<Record<string, unknown>> {
  const { name: _name, division: _division, ...rest } = body;
  return Object.fromEntries(Object.entries(rest).filter(([key]) => !readOnly.has(key)));
}

function create(context: CloudContext, call: ApiCall): Answer {
  const body = bodyOf<QueueBody>(call);
  if (body.name.trim() === '') throw badRequest(call, 'The name is blank.');
  const queue = context.state.queues.create({
    name: body.name,
    divisionId: divisionIdOf(context, call, body.division?.id),
    attributes: attributesOf(body),
  });
  return ok(queueView(context, queue));
}

/** The whole object: settings that the body leaves out are gone. The division stays; it has an operation of its own. */
function replace(context: CloudContext, call: ApiCall): Answer {
  const body = bodyOf<QueueBody>(call);
  if (body.name.trim() === '') throw badRequest(call, 'The name is blank.');
  const queue = findQueue(context, call, param(call, 'queueId'));
  const changed = context.state.queues.change(queue.id, { name: body.name, attributes: attributesOf(body) });
  return ok(queueView(context, changed));
}

function queuesOfUser(context: CloudContext, call: ApiCall): Answer {
  const user = findUser(context, call, param(call, 'userId'));
  const joined = call.query.boolean('joined') ?? true;
  const found = listedOf(context, call).flatMap((queue) => {
    const member = queue.members.visible().find((shown) => shown.userId === user.id);
    return member === undefined || member.joined !== joined ? [] : [queue];
  });
  return page(call, found, (queue) => ({ ...queueView(context, queue), joined }));
}

/** `divisionId` is the only filter that this listing shares with the others. */
function listedOf(context: CloudContext, call: ApiCall): CloudQueue[] {
  const divisions = new Set(call.query.list('divisionId'));
  return [...context.state.queues.all()].filter(
    (queue) => divisions.size === 0 || divisions.has(queue.divisionId),
  );
}

function queueView(context: CloudContext, queue: CloudQueue): Readonly<Record<string, unknown>> {
  const members = queue.members.visible();
  return {
    ...queue.attributes,
    id: queue.id,
    name: queue.name,
    division: divisionView(context, queue.divisionId),
    dateCreated: isoTime(queue.createdAt),
    dateModified: isoTime(queue.modifiedAt),
    memberCount: members.length,
    userMemberCount: members.length,
    joinedMemberCount: members.filter((member) => member.joined).length,
    selfUri: `/api/v2/routing/queues/${queue.id}`,
  };
}
