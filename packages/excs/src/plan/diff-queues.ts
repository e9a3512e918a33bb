/** Compares queues: created, adopted by name, renamed; never deleted. */
import type { CloudQueueId, Dbid } from '@exec/common/ids';
import type { DesiredQueue } from '../desired/model.ts';
import { queueFields } from '../desired/queue-fields.ts';
import type { DiffContext } from './context.ts';
import type { NamedQueue } from './organization.ts';
import { orderRenames, type Rename } from './renames.ts';

/** Cloud IDs of the desired queues that exist. */
export type QueueIds = ReadonlyMap<Dbid, CloudQueueId>;

/**
 * Operations for queues.
 *
 * @rule A queue is created, adopted by name or renamed, never deleted. A name that another queue keeps is conflict
 *   queue.name-taken, not a request that the cloud refuses again and again.
 * @test plan/taken-names.test.ts: whose name its holder keeps is a conflict, not a creation that is refused again and again
 * @test sync/rules.test.ts: a changed alias renames the queue; what else the queue has stays
 * @test sync/rules.test.ts: a queue stays and loses its members
 * @returns the cloud IDs of the desired queues that exist
 */
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
    else if (queueFields.differing(queue, link).length > 0) update(context, queue, link, queue.name);
  }
  const givenUp = renameQueues(context, renames, owners);

  for (const queue of desired.queues.values()) {
    if (ids.has(queue.dbid)) continue;
    const found = known.queueByName(queue.name);
    const serialKey = renames.length > 0 ? 'queues' : `queue/${queue.dbid}`;
    if (found !== undefined && owners.has(found.id) && !givenUp.has(found.id)) {
      reportTaken(context, queue.dbid, queue.name);
      continue;
    }
    if (found === undefined || owners.has(found.id)) {
      context.add({
        ...context.about('queue.create', 'queue', queue.dbid, queue.name),
        reason: 'new in Engage',
        after: queue.name,
        serialKey,
        queue: queueFields.pick(queue),
      });
      continue;
    }
    const added = context.add({
      ...context.about('queue.adopt', 'queue', queue.dbid, queue.name),
      cloudId: found.id,
      reason: 'a queue of that name exists',
      before: found.name,
      after: queue.name,
      serialKey,
    });
    if (!added) continue;
    ids.set(queue.dbid, found.id);
    owners.set(found.id, queue.dbid);
    if (queueFields.differing(queue, found).length > 0) update(context, queue, found, queue.name, serialKey);
  }
  return ids;
}

/** @returns the queues that give up the name that they have */
function renameQueues(
  context: DiffContext,
  renames: readonly Rename<Dbid>[],
  owners: ReadonlyMap<string, Dbid>,
): ReadonlySet<CloudQueueId> {
  const givenUp = new Set<CloudQueueId>();
  const { desired, known } = context;
  const moving = new Set(renames.map((rename) => rename.key));
  const { ordered, blocked } = orderRenames(renames, (name) => {
    const holder = known.queueByName(name);
    return holder !== undefined && !isMoving(holder.id, known, moving, owners);
  });
  for (const { key, to } of ordered) {
    const queue = desired.queues.get(key);
    const link = known.queues.get(key);
    if (queue === undefined || link === undefined) continue;
    update(context, queue, link, to, 'queues');
    givenUp.add(link.id);
  }
  for (const { key, to } of blocked) {
    const queue = desired.queues.get(key);
    const link = known.queues.get(key);
    reportTaken(context, key, to);
    if (queue === undefined || link === undefined) continue;
    if (queueFields.differing({ ...queue, name: link.name }, link).length > 0)
      update(context, queue, link, link.name, 'queues');
  }
  return givenUp;
}

function reportTaken(context: DiffContext, dbid: Dbid, name: string): void {
  context.report(
    'queue.name-taken',
    'queue',
    dbid,
    name,
    `The name "${name}" is held by another queue of the EX organisation; rename that one or the alias.`,
  );
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
  now: NamedQueue,
  name: string,
  serialKey = `queue/${queue.dbid}`,
): void {
  const wanted = { ...queueFields.pick(queue), name };
  context.add({
    ...context.about('queue.update', 'queue', queue.dbid, queue.name),
    cloudId: now.id,
    reason: queueFields.explain(wanted, now),
    before: queueFields.show(now),
    after: queueFields.show(wanted),
    serialKey,
    queue: wanted,
  });
}
