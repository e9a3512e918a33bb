/** Carries out the steps for queues: the objects, their members and their wrap-up codes. */
import { asId, type CloudQueueId, type Dbid } from '@exec/common/ids';
import { isSameName } from '../desired/names.ts';
import { queueFields } from '../desired/queue-fields.ts';
import { linkedTo } from '../organization/organization-state.ts';
import type { OperationOf } from '../plan/operation.ts';
import type { NamedQueue } from '../plan/organization.ts';
import {
  type ApplyContext,
  ignoringNotFound,
  onceVisible,
  record,
  type StepResult,
  taken,
} from './context.ts';
import { createOrFind } from './create-or-find.ts';
import { addMarked, unmarked } from './marking.ts';

/**
 * Creates the queue, or adopts the one that has its name meanwhile.
 * @throws CloudError `cloud.conflict` when that stands for another queue of Engage; what the cloud answered
 */
export async function createQueue(
  context: ApplyContext,
  operation: OperationOf<'queue.create'>,
): Promise<StepResult> {
  const { cloud, state, gone, signal } = context;
  const { queue, engage } = operation;
  const division = state.homeDivisionId;
  const { entity, created } = await createOrFind(
    context,
    () =>
      cloud.queues.create(
        { ...queue, ...(division === undefined ? {} : { division: { id: division } }) },
        { signal },
      ),
    async () =>
      (await cloud.queues.list({ name: queue.name, signal }).toArray()).find((found) =>
        isSameName(found.name ?? '', queue.name),
      ),
  );
  const found = { id: asId<CloudQueueId>(entity.id), ...queueFields.shown(entity) };
  const owner = linkedTo(state.queues, found.id);
  if (!created && owner !== undefined && owner !== engage.dbid && !gone.queues.has(owner))
    throw taken(`The name ${queue.name}`);
  if (created) {
    // Nobody else can have given it anything yet.
    state.queueMembers.set(found.id, new Map());
    state.codesOfQueues.set(found.id, new Map());
  }
  await linkQueue(context, engage.dbid, found, created);
  return created ? 'done' : 'adopted';
}

export async function adoptQueue(
  context: ApplyContext,
  operation: OperationOf<'queue.adopt'>,
): Promise<StepResult> {
  const queue = context.state.queueIndex.get(operation.cloudId);
  if (queue === undefined) return 'skipped';
  await linkQueue(context, operation.engage.dbid, queue, false);
  return 'done';
}

/**
 * @rule A queue is read, changed and written whole, because the cloud may reset what a write leaves out.
 * @test sync/rules.test.ts: a changed alias renames the queue; what else the queue has stays
 */
export async function updateQueue(
  context: ApplyContext,
  operation: OperationOf<'queue.update'>,
): Promise<StepResult> {
  const { cloud, state, signal, clock } = context;
  const { queue } = operation;
  const link = state.queues.get(operation.engage.dbid);
  if (link === undefined) return 'skipped';
  const now = await cloud.queues.get(link.id, { signal });
  const updated = await cloud.queues.update(link.id, { ...now, ...queue }, { signal });
  const changed = { ...link, ...queueFields.shown(updated, queue), at: clock.now() };
  state.queues.set(link.dbid, changed);
  state.queueIndex.set({ id: link.id, ...queueFields.pick(changed) });
  await record(context, context.ledger.keys.queue(changed));
  return 'done';
}

export async function addMembers(
  context: ApplyContext,
  operation: OperationOf<'queue-member.add'>,
): Promise<StepResult> {
  const { state, cloud, signal } = context;
  const link = state.queues.get(operation.engage.dbid);
  if (link === undefined) return 'skipped';
  const members = state.queueMembers.get(link.id);
  if (members === undefined) return 'skipped';
  const users = unmarked(
    operation.persons.map((person) => state.users.get(person)?.id),
    members,
  );
  return await addMarked(context, users, members, {
    where: { members: link.id },
    send: () => onceVisible(context, () => cloud.queues.addMembers(link.id, users, { signal })),
    wrote: (at) => state.queueWrites.set(link.id, at),
  });
}

export async function removeMembers(
  context: ApplyContext,
  operation: OperationOf<'queue-member.remove'>,
): Promise<StepResult> {
  const { state, cloud, ledger, signal, clock } = context;
  const { cloudId: id, users } = operation;
  const members = state.queueMembers.get(id);
  if (members === undefined || users.length === 0) return 'skipped';
  await context.count(operation);
  await cloud.queues.removeMembers(id, users, { signal });
  const at = clock.now();
  for (const user of users) members.delete(user);
  state.queueWrites.set(id, at);
  await record(context, ledger.keys.marks({ members: id }, [], users, at));
  return 'done';
}

export async function addCodes(
  context: ApplyContext,
  operation: OperationOf<'queue-wrapup-code.add'>,
): Promise<StepResult> {
  const { state, cloud, signal } = context;
  const link = state.queues.get(operation.engage.dbid);
  if (link === undefined) return 'skipped';
  const attached = state.codesOfQueues.get(link.id);
  if (attached === undefined) return 'skipped';
  const ids = unmarked(
    operation.codes.map((code) => state.wrapupCodes.get(code)?.id),
    attached,
  );
  return await addMarked(context, ids, attached, {
    where: { codes: link.id },
    send: () => onceVisible(context, () => cloud.queues.addWrapupCodes(link.id, ids, { signal })),
    wrote: (at) => state.queueWrites.set(link.id, at),
  });
}

export async function removeCode(
  context: ApplyContext,
  operation: OperationOf<'queue-wrapup-code.remove'>,
): Promise<StepResult> {
  const { state, cloud, ledger, signal, clock } = context;
  const { cloudId: id, code } = operation;
  const attached = state.codesOfQueues.get(id);
  if (attached === undefined) return 'skipped';
  await context.count(operation);
  await ignoringNotFound(() => cloud.queues.removeWrapupCode(id, code, { signal }));
  const at = clock.now();
  attached.delete(code);
  state.queueWrites.set(id, at);
  await record(context, ledger.keys.marks({ codes: id }, [], [code], at));
  return 'done';
}

async function linkQueue(
  context: ApplyContext,
  dbid: Dbid,
  queue: NamedQueue,
  written: boolean,
): Promise<void> {
  const { state, ledger, clock } = context;
  const at = written ? clock.now() : 0;
  const other = linkedTo(state.queues, queue.id);
  const former = other === dbid ? undefined : other;
  if (former !== undefined) state.queues.delete(former);
  const link = { dbid, id: queue.id, ...queueFields.pick(queue), at };
  state.queues.set(dbid, link);
  state.queueIndex.set(queue);
  const known = state.queueMembers.get(queue.id);
  const codes = state.codesOfQueues.get(queue.id);
  await record(context, [
    ...ledger.keys.queue(link, former),
    ...(known === undefined ? [] : ledger.keys.marks({ members: queue.id }, known, [], at)),
    ...(codes === undefined ? [] : ledger.keys.marks({ codes: queue.id }, codes, [], at)),
  ]);
}
