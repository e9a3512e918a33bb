/** Which changes are told now, and in which order: by time, and never a leg's before the leg. */
import type { Change } from './changes.ts';
import type { Draft } from './draft.ts';
import { type LegKey, limits } from './state.ts';

/** A call that never reaches a mapped queue or agent must not appear: until then nothing is told. */
export function tellable(draft: Draft): Change[] {
  const { state } = draft;
  if (state.open) {
    const told = inOrder([...state.untold, ...draft.changes]);
    state.untold = [];
    return told;
  }
  state.untold = withinLimit(draft, [...state.untold, ...draft.changes]);
  return [];
}

/** A call that goes round and round without being told: what has ended long ago is no loss. */
function withinLimit(draft: Draft, changes: readonly Change[]): Change[] {
  if (changes.length <= limits.untold) return [...changes];
  draft.note('too-large');
  const ended = new Set(changes.flatMap((change) => (change.change === 'ended' ? [change.leg] : [])));
  const kept = changes.filter((change) => legsOf(change).every((leg) => !ended.has(leg)));
  const established = new Set(
    kept.flatMap((change) => (change.change === 'established' ? [change.leg] : [])),
  );
  // What cannot be cut without cutting a leg in two is cut with its leg.
  return kept.slice(-limits.untold).filter((change) => legsOf(change).every((leg) => established.has(leg)));
}

/**
 * By time; but the times come from three connections, and what speaks of a leg comes after its establishment and in
 * the order in which it became known, all the same.
 */
function inOrder(changes: readonly Change[]): Change[] {
  const newest = new Map<LegKey, number>();
  const established = new Set(
    changes.flatMap((change) => (change.change === 'established' ? [change.leg] : [])),
  );
  return changes
    .map((change, index) => {
      const legs = legsOf(change);
      const at = Math.max(change.at, ...legs.map((leg) => newest.get(leg) ?? 0));
      for (const leg of legs) newest.set(leg, at);
      return { change, index, at };
    })
    .sort((a, b) => a.at - b.at || a.index - b.index)
    .map(({ change }, position, all) => withInviter(change, all.slice(0, position), established));
}

/** A leg can only be invited by one that is there already. */
function withInviter(
  change: Change,
  before: readonly { readonly change: Change }[],
  established: ReadonlySet<LegKey>,
): Change {
  if (change.change !== 'established' || change.invitedBy === undefined) return change;
  const { invitedBy } = change;
  const known =
    !established.has(invitedBy) ||
    before.some(({ change: other }) => other.change === 'established' && other.leg === invitedBy);
  return known ? change : { ...change, invitedBy: undefined };
}

function legsOf(change: Change): readonly LegKey[] {
  if ('leg' in change) return [change.leg];
  if (change.change === 'transferred') return [change.initiating, change.object, change.target];
  return [change.initiating, change.object, change.target, change.reached];
}
