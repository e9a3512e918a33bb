/** Turns queue DNs into queues: which name each gets, and which cannot have one. */
import type { Dbid } from '@exec/common/ids';
import type { EngageDn } from '../engage/snapshot.ts';
import type { Conflict } from './model.ts';
import { foldCase } from './names.ts';
import type { EngagePaths } from './paths.ts';

export interface NamedQueue {
  readonly dn: EngageDn;
  readonly switch: string;
  readonly name: string;
  readonly fallbackName: string;
}

/**
 * Names that differ in case only, or equal names on one switch: the first by DBID wins.
 *
 * @rule A queue is called by its alias, else by its number; of equal names on different switches the later DBID is
 *   called `<name>@<switch>`.
 * @test desired.test.ts: is called by its alias, else by its number
 * @test desired.test.ts: of an equal name on another switch is called <name>@<switch>, the later DBID
 * @test desired.test.ts: of an equal name on the same switch is a conflict
 */
export function namedQueues(
  dns: readonly EngageDn[],
  switchNames: ReadonlyMap<number, string>,
  paths: EngagePaths,
  conflicts: Conflict[],
): ReadonlyMap<Dbid, NamedQueue> {
  const queues = new Map<Dbid, NamedQueue>();
  const byName = new Map<string, NamedQueue>();
  for (const dn of [...dns].sort((a, b) => a.dbid - b.dbid)) {
    const switchName = switchNames.get(dn.switchDbid);
    if (switchName === undefined || dn.number === '') continue;
    const plain = dn.alias || dn.number;
    const withSwitch = `${plain}@${switchName}`;
    const holder = byName.get(foldCase(plain));
    const equal = holder?.name === plain;
    const name =
      holder === undefined ? plain : equal && holder.switch !== switchName ? withSwitch : undefined;
    const taken = name === undefined ? holder : byName.get(foldCase(name));
    if (name === undefined || taken !== undefined) {
      conflicts.push({
        reason: equal ? 'queue.duplicate-name' : 'queue.name-case',
        object: paths.queue(dn),
        detail: `The name ${equal ? 'is the same as' : 'differs in case only from'} that of ${
          taken === undefined ? 'another queue' : paths.queue(taken.dn).path
        }, which is mapped.`,
      });
      continue;
    }
    const queue = { dn, switch: switchName, name, fallbackName: withSwitch };
    byName.set(foldCase(name), queue);
    queues.set(dn.dbid, queue);
  }
  return queues;
}
