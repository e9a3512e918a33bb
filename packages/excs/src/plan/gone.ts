/** Names the Engage objects that are gone although something in the cloud still stands for them. */
import type { Dbid } from '@exec/common/ids';
import type { DiffContext } from './context.ts';

/** What stands for one of these in the cloud may be taken over by another object of Engage. */
export interface Gone {
  readonly persons: ReadonlySet<Dbid>;
  readonly queues: ReadonlySet<Dbid>;
}

/**
 * @rule A kind whose read was refused has nothing that is gone.
 * @test plan/diff.test.ts: names as gone whose counterpart another object may take over
 * @test sync/safety.test.ts: refuses the read of that kind, and everything of it stays
 */
export function goneOf(context: DiffContext): Gone {
  const { desired, known } = context;
  return {
    persons: context.isRefused('persons')
      ? new Set()
      : without(known.users.keys(), desired.users, desired.frozen.persons),
    queues: context.isRefused('queues')
      ? new Set()
      : without(known.queues.keys(), desired.queues, desired.frozen.queues),
  };
}

function without(
  linked: Iterable<Dbid>,
  mapped: ReadonlyMap<Dbid, unknown>,
  frozen: ReadonlySet<Dbid>,
): ReadonlySet<Dbid> {
  const gone = new Set<Dbid>();
  for (const dbid of linked) if (!mapped.has(dbid) && !frozen.has(dbid)) gone.add(dbid);
  return gone;
}
