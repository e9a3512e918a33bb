/** Which changes are published now, and in which order: by time, and never a leg's before the leg. */
import { type EngageMicros, latest } from '@exec/common/instants';
import type { Change } from './changes.ts';
import type { Draft } from './draft.ts';
import { type LegKey, limits } from './state.ts';

/**
 * @rule A call that never reaches a mapped queue or agent does not appear: until then nothing is published of it.
 * @scenario untouched-call, unmapped-queue
 */
export function toPublish(draft: Draft): Change[] {
  const { state } = draft;
  const changes = withinLimit(draft, [...state.unpublished, ...draft.changes]);
  if (!state.reportable) {
    state.unpublished = changes;
    return [];
  }
  state.unpublished = [];
  if (changes.length === 0) return [];
  const ordered = inOrder(changes);
  const published = neverEmpty(draft, state.published ? ordered : fromLastBeginning(ordered));
  state.published = true;
  return withoutLeftOut(draft, changes, published);
}

/** Legs that were established in `changes` but are not published: nothing speaks of them, now or later. */
function withoutLeftOut(draft: Draft, changes: readonly Change[], toSend: readonly Change[]): Change[] {
  const sent = establishedIn(toSend);
  const skipped = establishedIn(changes);
  for (const leg of draft.state.legs) if (skipped.has(leg.key) && !sent.has(leg.key)) leg.leftOut = true;
  const leftOut = new Set(draft.state.legs.filter((leg) => leg.leftOut === true).map((leg) => leg.key));
  if (leftOut.size === 0) return [...toSend];
  return toSend
    .filter((change) => !legsOf(change).some((leg) => leftOut.has(leg)))
    .map((change) => {
      const invited = change.change === 'established' && change.invitedBy !== undefined;
      return invited && leftOut.has(change.invitedBy ?? '') ? { ...change, invitedBy: undefined } : change;
    });
}

/**
 * A conversation ends with its last leg. What had ended altogether before a mapped queue or agent came is left out:
 * the conversation begins with the legs that are there without a break.
 */
function fromLastBeginning(changes: readonly Change[]): Change[] {
  const open = new Set<LegKey>();
  let begin = 0;
  for (const [index, change] of changes.entries()) {
    if (change.change === 'established') {
      if (open.size === 0) begin = index;
      open.add(change.leg);
    } else if (change.change === 'ended') open.delete(change.leg);
  }
  const kept = changes.slice(begin);
  const established = establishedIn(kept);
  return kept.filter((change) => legsOf(change).every((leg) => established.has(leg)));
}

/** The cloud closes a conversation with its last leg: within one step that end comes after every other change. */
function neverEmpty(draft: Draft, changes: readonly Change[]): readonly Change[] {
  if (changes.length < 2) return changes;
  const open = openBefore(draft, changes);
  const result: Change[] = [];
  let postponed: Change[] = [];
  let toCome = changes.filter((change) => change.change !== 'disposition').length;
  const take = (change: Change) => {
    result.push(change);
    if (change.change === 'established') open.add(change.leg);
    if (change.change === 'ended') open.delete(change.leg);
  };
  for (const change of changes) {
    if (change.change !== 'disposition') toCome--;
    const isLast = change.change === 'ended' && open.size === 1 && open.has(change.leg);
    const follows = postponed.some((other) => sharesLeg(other, change)) && isOfLeg(change);
    if (follows || (isLast && toCome > 0)) postponed.push(change);
    else take(change);
    if (change.change !== 'established') continue;
    for (const late of postponed) take(late);
    postponed = [];
  }
  for (const late of postponed) take(late);
  return result;
}

/** Legs that were open when the step began. */
function openBefore(draft: Draft, changes: readonly Change[]): Set<LegKey> {
  const now = establishedIn(changes);
  const ended = new Set(changes.flatMap((change) => (change.change === 'ended' ? [change.leg] : [])));
  return new Set(
    draft.state.legs
      .filter((leg) => !now.has(leg.key) && leg.leftOut !== true)
      .filter((leg) => leg.endedAt === undefined || ended.has(leg.key))
      .map((leg) => leg.key),
  );
}

function isOfLeg(change: Change): boolean {
  return 'leg' in change;
}

function sharesLeg(one: Change, two: Change): boolean {
  const legs = new Set(legsOf(one));
  return legsOf(two).some((leg) => legs.has(leg));
}

function establishedIn(changes: readonly Change[]): ReadonlySet<LegKey> {
  return new Set(changes.flatMap((change) => (change.change === 'established' ? [change.leg] : [])));
}

/** Bounds `unpublished`: drops changes of legs that ended before the conversation was reportable. */
function withinLimit(draft: Draft, changes: Change[]): Change[] {
  if (draft.state.reportable || changes.length <= limits.unpublished) return changes;
  draft.note('too-large');
  const ended = new Set(changes.flatMap((change) => (change.change === 'ended' ? [change.leg] : [])));
  for (const leg of draft.state.legs) if (ended.has(leg.key)) leg.leftOut = true;
  const kept = changes.filter((change) => legsOf(change).every((leg) => !ended.has(leg)));
  if (kept.length <= limits.unpublished) return kept;
  // Nothing but repetitions on legs that last: the establishments and the newest are what counts.
  const first = kept.filter((change) => change.change === 'established');
  const rest = kept.filter((change) => change.change !== 'established');
  return [...first, ...rest.slice(-(limits.unpublished / 2))].slice(0, limits.unpublished);
}

/**
 * By time; but the times come from three connections, and what speaks of a leg comes after its establishment and in
 * the order in which it became known, all the same.
 */
function inOrder(changes: readonly Change[]): Change[] {
  const newest = new Map<LegKey, EngageMicros>();
  const established = new Set(
    changes.flatMap((change) => (change.change === 'established' ? [change.leg] : [])),
  );
  return changes
    .map((change, index) => {
      const legs = legsOf(change);
      const at = latest(change.at, ...legs.map((leg) => newest.get(leg) ?? change.at));
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
