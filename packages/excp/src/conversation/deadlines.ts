/** Waits: when the next one is over, and what happens then. Waits are data; whoever owns the clock calls. */
import { cancelConsult, endLeg, mergeConsult } from './consult.ts';
import { type Draft, isOpen, isPresent } from './draft.ts';
import { decideParties } from './parties.ts';
import type { Conversation, Leg } from './state.ts';
import { transferTo } from './transfer.ts';

/** Stream time of the earliest wait that ends; undefined when there is none. */
export function nextDue(state: Conversation, lostMs: number): number | undefined {
  let due = state.keepUntil ?? state.touchedAt + lostMs;
  for (const leg of state.legs) {
    if (leg.leaving !== undefined) due = Math.min(due, leg.leaving.until);
    if (leg.disposed !== true && leg.disposableUntil !== undefined && leg.endedAt !== undefined)
      due = Math.min(due, leg.disposableUntil);
  }
  for (const consult of state.consults)
    if (consult.phase === 'joined' && consult.until !== undefined) due = Math.min(due, consult.until);
  for (const call of state.calls) {
    for (const party of call.parties)
      if (party.undecided !== undefined) due = Math.min(due, party.undecided.until);
  }
  return due;
}

/** Whether anything here waits for what another connection may still tell. */
export function isWaiting(state: Conversation): boolean {
  return (
    state.legs.some(({ leaving }) => leaving?.why === 'queue' || leaving?.towards !== undefined) ||
    state.calls.some((call) => call.parties.some((party) => party.undecided !== undefined))
  );
}

/**
 * Ends the waits that are over by the stream's clock, by the events' own clock (`eventTime`, microseconds: a later
 * event of this conversation proves that earlier ones have come), or because the other connection has caught up.
 */
export function settleWaits(draft: Draft, eventTime?: number): void {
  const { world } = draft;
  // Between connections events may be two seconds apart, on top of the wait itself.
  const horizon = eventTime === undefined ? undefined : eventTime - 2 * world.settings.waitMs * 1000;
  const over = (wait: { readonly at: number; readonly until: number }) =>
    wait.until <= world.now || (horizon !== undefined && wait.at < horizon);
  decideParties(draft, (party) => party.undecided !== undefined && over(party.undecided));
  for (const consult of draft.state.consults)
    if (consult.phase === 'joined' && consult.until !== undefined)
      if (over({ at: consult.joinedAt ?? 0, until: consult.until }))
        mergeConsult(draft, consult, consult.joinedAt ?? 0);
  for (const leg of draft.state.legs) {
    const leaving = leg.leaving;
    if (leaving === undefined || !isOpen(leg)) continue;
    const target = draft.leg(leaving.towards);
    if (target !== undefined && isPresent(target)) {
      if (over(leaving) || world.caughtUp(leg.site, 'queues', target.at))
        transferTo(draft, leg, target, Math.max(target.at, leaving.at));
      continue;
    }
    const known = leaving.why === 'queue' && world.caughtUp(leg.site, 'queues', leaving.at);
    if (known || over(leaving)) endLeg(draft, leg, leaving.otherwise, leaving.at);
  }
}

/** A conversation that nothing was heard of for very long: everything in it is ended as found gone. */
export function closeAsGone(draft: Draft, at: number): void {
  for (const consult of draft.state.consults) if (consult.phase !== 'over') cancelConsult(draft, consult, at);
  for (const leg of draft.state.legs) if (isOpen(leg)) endLeg(draft, leg, 'System', at);
  for (const call of draft.state.calls) {
    call.parties = [];
    call.endedAt ??= at;
  }
}

/** Legs that a disposition may still come for. */
export function awaitsDisposition(leg: Leg): boolean {
  return leg.kind === 'user' && leg.disposed !== true && leg.disposableUntil !== undefined;
}
