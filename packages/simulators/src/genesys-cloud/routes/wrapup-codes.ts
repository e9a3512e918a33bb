/** Routes of wrap-up codes, and of the codes attached to a queue. */
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
import type { CloudWrapupCode } from '../store/wrapup-codes.ts';
import {
  badRequest,
  divisionIdOf,
  divisionView,
  findQueue,
  findWrapupCode,
  nameMatches,
  notFound,
} from './lookups.ts';

interface CodeBody {
  readonly name: string;
  readonly division?: { readonly id?: string };
  readonly description?: string;
}

export function wrapupCodeRoutes(context: CloudContext): Handlers {
  const { wrapupCodes } = context.state;
  const codeOf = (call: ApiCall) => findWrapupCode(context, call, param(call, 'codeId'));
  return {
    getRoutingWrapupcodes: (call) => page(call, listed(context, call), (code) => view(context, code)),
    postRoutingWrapupcodes: (call) => {
      const { divisionId, ...rest } = wanted(context, call);
      return ok(
        view(context, wrapupCodes.create({ ...rest, ...(divisionId === undefined ? {} : { divisionId }) })),
      );
    },
    getRoutingWrapupcode: (call) => ok(view(context, codeOf(call))),
    putRoutingWrapupcode: (call) =>
      ok(view(context, wrapupCodes.change(codeOf(call).id, wanted(context, call)))),
    getRoutingQueueWrapupcodes: (call) => codesOfQueue(context, call),
    postRoutingQueueWrapupcodes: (call) => attach(context, call),
    deleteRoutingQueueWrapupcode: (call) => {
      const queue = findQueue(context, call, param(call, 'queueId'));
      const id = param(call, 'codeId');
      if (!queue.wrapupCodeIds.has(id)) throw notFound(call, `wrap-up code ${id} of the queue`);
      detach(context, queue.id, id);
      return ok();
    },
  };
}

function wanted(
  context: CloudContext,
  call: ApiCall,
): { readonly name: string; readonly divisionId?: string; readonly description?: string } {
  const { name, division, description } = bodyOf<CodeBody>(call);
  if (name.trim() === '') throw badRequest(call, 'The name is blank.');
  // `*` stands for all divisions.
  const divisionId = division?.id === '*' ? '*' : division && divisionIdOf(context, call, division.id);
  return {
    name,
    ...(divisionId === undefined ? {} : { divisionId }),
    ...(description === undefined ? {} : { description }),
  };
}

function listed(context: CloudContext, call: ApiCall): CloudWrapupCode[] {
  const { query } = call;
  const ids = new Set(query.list('id'));
  const divisions = new Set(query.list('divisionId'));
  const name = query.string('name');
  const found = [...context.state.wrapupCodes.all()].filter(
    (code) =>
      context.visibility.isReached(code.visibleFrom) &&
      (ids.size === 0 || ids.has(code.id)) &&
      (divisions.size === 0 || divisions.has(code.divisionId)) &&
      (name === undefined || nameMatches(name, code.name)),
  );
  found.sort((left, right) => (left.name.toLowerCase() < right.name.toLowerCase() ? -1 : 1));
  if (query.string('sortOrder') === 'descending') found.reverse();
  return found;
}

function codesOfQueue(context: CloudContext, call: ApiCall): Answer {
  const queue = findQueue(context, call, param(call, 'queueId'));
  const name = call.query.string('name');
  const codes = [...queue.wrapupCodeIds].flatMap((id) => {
    const code = context.state.wrapupCodes.get(id);
    return code === undefined || (name !== undefined && !nameMatches(name, code.name)) ? [] : [code];
  });
  return page(call, codes, (code) => view(context, code));
}

/** Additive. */
function attach(context: CloudContext, call: ApiCall): Answer {
  const queue = findQueue(context, call, param(call, 'queueId'));
  const codes = bodyOf<readonly { readonly id?: string }[]>(call).map(({ id }) =>
    findWrapupCode(context, call, id ?? ''),
  );
  context.state.queues.change(queue.id, {
    wrapupCodeIds: new Set([...queue.wrapupCodeIds, ...codes.map((code) => code.id)]),
  });
  return ok(codes.map((code) => view(context, code)));
}

function detach(context: CloudContext, queueId: string, codeId: string): void {
  const queue = context.state.queues.get(queueId);
  if (queue?.wrapupCodeIds.has(codeId) !== true) return;
  const rest = [...queue.wrapupCodeIds].filter((id) => id !== codeId);
  context.state.queues.change(queueId, { wrapupCodeIds: new Set(rest) });
}

function view(context: CloudContext, code: CloudWrapupCode): unknown {
  return {
    id: code.id,
    name: code.name,
    division: divisionView(context, code.divisionId),
    ...(code.description === undefined ? {} : { description: code.description }),
    dateCreated: isoTime(code.createdAt),
    dateModified: isoTime(code.modifiedAt),
    selfUri: `/api/v2/routing/wrapupcodes/${code.id}`,
  };
}
