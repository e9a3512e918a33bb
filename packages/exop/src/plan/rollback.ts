/** Which VMs a rollback takes back: those that the newest run changed, and no others. */
import { type ActiveRecord, newestRun } from './difference.ts';

export interface Recorded {
  readonly name: string;
  readonly active: ActiveRecord | undefined;
}

export interface Return {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly record: ActiveRecord;
}

/**
 * An upgrade that stopped half-way changed only some VMs; the others still run the earlier release and must not
 * go back one further. A rollback that is run again goes on where it stopped: what it took back is marked. Nor do VMs
 * go back further when the one that was changed does not answer.
 */
export function returnsOf(instances: readonly Recorded[]): readonly Return[] {
  const newest = newestRun(instances.map(({ active }) => active));
  return instances.flatMap(({ name, active }) => {
    if (
      active === undefined ||
      active.run !== newest ||
      active.state === 'undone' ||
      active.previous === null
    )
      return [];
    const record: ActiveRecord = { ...active, current: active.previous, previous: null, state: 'undone' };
    return [{ name, from: active.current, to: active.previous, record }];
  });
}
