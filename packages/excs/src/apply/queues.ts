/** Carries out the steps for queues: the objects, their members and their wrap-up codes. */
import {
  asId,
  type CloudQueueId,
  type CloudUserId,
  type CloudWrapupCodeId,
  type Dbid,
} from '@exec/common/ids';
import { isSameName, linkedTo } from '../cloud/absorb.ts';
import type { NamedQueue } from '../cloud/known-state.ts';
import type { Owner } from '../plan/known.ts';
import type { Operation } from '../plan/operation.ts';
import {
  type ApplyContext,
  ignoringNotFound,
  isUnknown,
  onceVisible,
  record,
  type StepResult,
  taken,
} from './context.ts';
import { createOrFind } from './objects.ts';

export async function createQueue(context: ApplyContext, operation: Operation): Promise<StepResult> {
  const { cloud, desired, state, signal } = context;
  const queue = desired.queues.get(operation.engage.dbid);
  if (queue === undefined) return 'skipped';
  const division = state.homeDivisionId;
  const { entity, created } = await createOrFind(
    context,
    () =>
      cloud.queues.create(
        {
          name: queue.name,
          peerId: queue.peerId,
          ...(division === undefined ? {} : { division: { id: division } }),
        },
        { signal },
      ),
    async () =>
      (await cloud.queues.list({ name: queue.name, signal }).toArray()).find((found) =>
        isSameName(found.name ?? '', queue.name),
      ),
  );
  const found = {
    id: asId<CloudQueueId>(entity.id),
    name: entity.name ?? queue.name,
    peerId: entity.peerId ?? '',
  };
  const owner = linkedTo(state.queues, found.id);
  if (!created && owner !== undefined && owner !== queue.dbid && desired.queues.has(owner))
    throw taken(`The name ${queue.name}`);
  if (created) {
    // Nobody else can have given it anything yet.
    state.queueMembers.set(found.id, new Map());
    state.codesOfQueues.set(found.id, new Map());
  }
  await linkQueue(context, queue.dbid, found, created);
  return created ? 'done' : 'adopted';
}

export async function adoptQueue(
  context: ApplyContext,
  operation: Operation,
  cloudId: string,
): Promise<StepResult> {
  const queue = context.state.queueIndex.get(asId<CloudQueueId>(cloudId));
  if (queue === undefined) return 'skipped';
  await linkQueue(context, operation.engage.dbid, queue, false);
  return 'done';
}

/** The cloud may reset what a write leaves out: the queue is read, changed and written whole. */
export async function updateQueue(
  context: ApplyContext,
  operation: Operation,
  name: string,
): Promise<StepResult> {
  const { cloud, desired, state, signal, clock } = context;
  const queue = desired.queues.get(operation.engage.dbid);
  const link = state.queues.get(operation.engage.dbid);
  if (queue === undefined || link === undefined) return 'skipped';
  const now = await cloud.queues.get(link.id, { signal });
  const updated = await cloud.queues.update(link.id, { ...now, name, peerId: queue.peerId }, { signal });
  const changed = {
    ...link,
    name: updated.name ?? name,
    peerId: updated.peerId ?? queue.peerId,
    at: clock.now(),
  };
  state.queues.set(link.dbid, changed);
  state.queueIndex.set({ id: link.id, name: changed.name, peerId: changed.peerId });
  await record(context, context.ledger.keys.queue(changed));
  return 'done';
}

export async function addMembers(
  context: ApplyContext,
  operation: Operation,
  persons: readonly Dbid[],
): Promise<StepResult> {
  const { state, cloud, ledger, signal } = context;
  const link = state.queues.get(operation.engage.dbid);
  const members = link && state.queueMembers.get(link.id);
  if (link === undefined || members === undefined) return 'skipped';
  const users: CloudUserId[] = [];
  for (const person of persons) {
    const user = state.users.get(person)?.id;
    const owner = user === undefined ? undefined : members.get(user);
    if (user !== undefined && owner !== 'ours' && owner !== 'foreign') users.push(user);
  }
  return await addMarked(context, users, members, {
    where: { members: link.id },
    send: () => onceVisible(context, () => cloud.queues.addMembers(link.id, users, { signal })),
    wrote: (at) => state.queueWrites.set(link.id, at),
    keys: ledger.keys,
  });
}

export async function removeMembers(
  context: ApplyContext,
  operation: Operation,
  users: readonly CloudUserId[],
): Promise<StepResult> {
  const { state, cloud, ledger, signal, clock } = context;
  const id = asId<CloudQueueId>(operation.cloudId ?? '');
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
  operation: Operation,
  codes: readonly Dbid[],
): Promise<StepResult> {
  const { state, cloud, ledger, signal } = context;
  const link = state.queues.get(operation.engage.dbid);
  const attached = link && state.codesOfQueues.get(link.id);
  if (link === undefined || attached === undefined) return 'skipped';
  const ids: CloudWrapupCodeId[] = [];
  for (const code of codes) {
    const id = state.wrapupCodes.get(code)?.id;
    const owner = id === undefined ? undefined : attached.get(id);
    if (id !== undefined && owner !== 'ours' && owner !== 'foreign') ids.push(id);
  }
  return await addMarked(context, ids, attached, {
    where: { codes: link.id },
    send: () => onceVisible(context, () => cloud.queues.addWrapupCodes(link.id, ids, { signal })),
    wrote: (at) => state.queueWrites.set(link.id, at),
    keys: ledger.keys,
  });
}

export async function removeCode(
  context: ApplyContext,
  operation: Operation,
  code: CloudWrapupCodeId,
): Promise<StepResult> {
  const { state, cloud, ledger, signal, clock } = context;
  const id = asId<CloudQueueId>(operation.cloudId ?? '');
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

interface MarkedAdd {
  readonly where: Parameters<ApplyContext['ledger']['keys']['marks']>[0];
  readonly send: () => Promise<void>;
  readonly wrote: (at: number) => void;
  readonly keys: ApplyContext['ledger']['keys'];
}

/**
 * Marks what is about to be added as ours before the request, so that it can be told from what others added even
 * if the process ends in between.
 */
export async function addMarked<Id extends string>(
  context: ApplyContext,
  ids: readonly Id[],
  marks: Map<Id, Owner>,
  add: MarkedAdd,
): Promise<StepResult> {
  if (ids.length === 0) return 'skipped';
  const mark = (owner: Owner, at?: number) =>
    record(
      context,
      add.keys.marks(
        add.where,
        ids.map((id) => [id, owner] as const),
        [],
        at,
      ),
    );
  for (const id of ids) marks.set(id, 'adding');
  await mark('adding', context.clock.now());
  try {
    await add.send();
  } catch (error) {
    if (!isUnknown(error) && !context.signal.aborted) {
      for (const id of ids) marks.delete(id);
      await record(context, add.keys.marks(add.where, [], ids));
    }
    throw error;
  }
  const at = context.clock.now();
  for (const id of ids) marks.set(id, 'ours');
  add.wrote(at);
  await mark('ours', at);
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
  const link = { dbid, id: queue.id, name: queue.name, peerId: queue.peerId, at };
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
