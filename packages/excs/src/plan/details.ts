/** Names what must be read object by object before a comparison is possible. */
import type { CloudQueueId, Dbid } from '@exec/common/ids';
import type { Desired } from '../desired/model.ts';
import type { Known } from './known.ts';

export interface DetailsNeeded {
  /** Queues whose members are not known: adding to them would claim members that are not ours. */
  readonly members: readonly CloudQueueId[];
  readonly codes: readonly CloudQueueId[];
  /** Persons without a user, whose external identity may exist. */
  readonly externalIds: readonly Dbid[];
}

export function detailsNeeded(desired: Desired, known: Known): DetailsNeeded {
  const queues: CloudQueueId[] = [];
  for (const queue of desired.queues.values()) {
    const id = known.queues.get(queue.dbid)?.id ?? known.queueByName(queue.name)?.id;
    if (id !== undefined) queues.push(id);
  }
  const externalIds: Dbid[] = [];
  if (known.lookUpExternalIds)
    for (const dbid of desired.users.keys())
      if (!known.users.has(dbid) && !known.externalOwners.has(dbid)) externalIds.push(dbid);
  return {
    members: queues.filter((id) => known.members(id) === undefined),
    codes: desired.wrapupKnown ? queues.filter((id) => known.queueCodes(id) === undefined) : [],
    externalIds,
  };
}
