/** Compares queues: created, adopted by name, renamed; never deleted. */
import type { CloudQueueId, Dbid } from '@exec/common/ids';
import type { DesiredQueue } from '../desired/model.ts';
import type { DiffContext } from './context.ts';
import { phases } from './operation.ts';
import { orderRenames, type Rename } from './renames.ts';

/** Cloud IDs of the desired queues that exist. */
export type QueueIds = ReadonlyMap<Dbid, CloudQueueId>;

export function diffQueues(context: DiffContext): QueueIds {
  const { desired, known } = context;
  const ids = new Map<Dbid, CloudQueueId>();
  if (context.isRefused('queues')) return ids;
  const owners = new Map<string, Dbid>();
  for (const [dbid, link] of known.queues)
    if (desired.queues.has(dbid) || desired.frozen.queues.has(dbid)) owners.set(link.id, dbid);

  const renames: Rename<Dbid>[] = [];
  for (const queue of desired.queues.values()) {
    const link = known.queues.get(queue.dbid);
    if (link === undefined) continue;
    ids.set(queue.dbid, link.id);
    if (link.name !== queue.name)
      renames.push({ key: queue.dbid, from: link.name, to: queue.name, fallback: queue.fallbackName });
    else if (link.peerId !== queue.peerId) update(context, queue, link, queue.name);
  }
  renameQueues(context, renames, owners);

  for (const queue of desired.queues.values()) {
    if (ids.has(queue.dbid)) continue;
    const found = known.queueByName(queue.name);
    const lane = renames.length > 0 ? 'queues' : `queue/${queue.dbid}`;
    const engage = context.engage('queue', queue.dbid, queue.name);
    if (found === undefined || owners.has(found.id)) {
      context.add({
        id: `queue/create/${queue.dbid}`,
        kind: 'queue',
        operation: 'create',
        engage,
        reason: 'new in Engage',
        after: queue.name,
        phase: phases.objects,
        lane,
        work: { do: 'create-queue' },
      });
      continue;
    }
    const added = context.add({
      id: `queue/adopt/${queue.dbid}`,
      kind: 'queue',
      operation: 'adopt',
      engage,
      cloudId: found.id,
      reason: 'a queue of that name exists',
      before: found.name,
      after: queue.name,
      phase: phases.objects,
      lane,
      work: { do: 'link', cloudId: found.id },
    });
    if (!added) continue;
    ids.set(queue.dbid, found.id);
    owners.set(found.id, queue.dbid);
    if (found.name !== queue.name || found.peerId !== queue.peerId)
      update(context, queue, found, queue.name, lane);
  }
  return ids;
}

function renameQueues(
  context: DiffContext,
  renames: readonly Rename<Dbid>[],
  owners: ReadonlyMap<string, Dbid>,
): void {
  const { desired, known } = context;
  const moving = new Set(renames.map((rename) => rename.key));
  const { ordered, blocked } = orderRenames(renames, (name) => {
    const holder = known.queueByName(name);
    return holder !== undefined && !isMoving(holder.id, known, moving, owners);
  });
  for (const { key, to } of ordered) {
    const queue = desired.queues.get(key);
    const link = known.queues.get(key);
    if (queue !== undefined && link !== undefined) update(context, queue, link, to, 'queues');
  }
  for (const { key, to } of blocked) {
    const queue = desired.queues.get(key);
    const link = known.queues.get(key);
    context.report(
      'queue.name-taken',
      'queue',
      key,
      to,
      `The name "${to}" is held by another queue of the EX organisation; rename that one or the alias.`,
    );
    if (queue !== undefined && link !== undefined && link.peerId !== queue.peerId)
      update(context, queue, link, link.name, 'queues');
  }
}

/** The holder of a name moves when it is one of those to be renamed, under whatever DBID it is linked. */
function isMoving(
  id: CloudQueueId,
  known: DiffContext['known'],
  moving: ReadonlySet<Dbid>,
  owners: ReadonlyMap<string, Dbid>,
): boolean {
  const owner = owners.get(id);
  return owner !== undefined && moving.has(owner) && known.queues.get(owner)?.id === id;
}

function update(
  context: DiffContext,
  queue: DesiredQueue,
  now: { readonly id: CloudQueueId; readonly name: string; readonly peerId: string },
  name: string,
  lane = `queue/${queue.dbid}`,
): void {
  context.add({
    id: `queue/update/${queue.dbid}`,
    kind: 'queue',
    operation: 'update',
    engage: context.engage('queue', queue.dbid, queue.name),
    cloudId: now.id,
    reason: now.name === name ? 'the external number differs' : 'the name differs',
    before: `${now.name} (${now.peerId})`,
    after: `${name} (${queue.peerId})`,
    phase: phases.objects,
    lane,
    work: { do: 'update-queue', name },
  });
}
