/** Consultations: begun when the consulted party or queue is there, then completed, merged into a conference, or given up. */
import { type Draft, isOpen, isPresent } from './draft.ts';
import { end } from './legs.ts';
import type { Call, Consult, Disconnect, Leg, Party } from './state.ts';
import { isTransferCause, newTarget, objectOf, transferTo } from './transfer.ts';

/** The one who consults has become known. */
export function initiatorFound(draft: Draft, consult: Consult, leg: Leg, at: number): void {
  consult.initiator ??= leg.key;
  beginConsult(draft, consult, at);
}

/** A leg is new: it may be consulted, or be what a party that has left was waiting to be transferred to. */
export function legIsNew(draft: Draft, leg: Leg, at: number): void {
  const consult = draft.state.consults.find((candidate) => candidate.call === leg.consult);
  if (consult !== undefined && consult.phase !== 'over') {
    const target = draft.leg(consult.target);
    // Another party in the same consultation is not the one that was called; behind a queue it is.
    const free = target === undefined || !isOpen(target);
    if ((free || target.kind === 'queue') && leg.kind !== 'queue') consult.reached = leg.key;
    if (free && consult.phase === 'waiting') consult.target = leg.key;
    beginConsult(draft, consult, at);
  }
  newTarget(draft, leg, at);
}

function beginConsult(draft: Draft, consult: Consult, at: number): void {
  // The end of a consultation does not say whose: there is one at a time.
  if (consult.phase !== 'waiting' || running(draft).length > 0) return;
  const initiator = draft.leg(consult.initiator);
  const target = draft.leg(consult.target);
  if (initiator === undefined || target === undefined || !isOpen(initiator) || !isPresent(target)) return;
  const object = objectOf(draft, initiator, target);
  if (object === undefined) return;
  consult.object = object.key;
  consult.phase = 'begun';
  tell(draft, consult, 'consult-begun', Math.max(at, target.at));
  // The transfer was completed before anything told whom it goes to.
  const { leaving } = initiator;
  if (leaving?.why === 'transfer' || leaving?.why === 'unsure')
    completeConsult(draft, consult, initiator, leaving.at);
}

/** The consulted party takes part in the main call: completion or conference. */
export function joinMain(draft: Draft, main: Call, leg: Leg, party: Party): void {
  const consult = running(draft).find(
    (candidate) => candidate.main === main.key && candidate.reached === leg.key,
  );
  if (consult === undefined) return;
  const initiator = draft.leg(consult.initiator);
  if (initiator === undefined || !isOpen(initiator)) consult.phase = 'over';
  else if (party.cause === 'Conference') mergeConsult(draft, consult, party.at);
  else if (initiator.leaving !== undefined) completeConsult(draft, consult, initiator, initiator.leaving.at);
  else {
    consult.phase = 'joined';
    consult.joinedAt = party.at;
    consult.until = draft.waitEnd;
  }
}

/**
 * The one who consults leaves the main call while others stay in it.
 * Answers whether that completed the transfer.
 */
export function initiatorLeft(
  draft: Draft,
  main: Call,
  leg: Leg,
  cause: Party['cause'],
  at: number,
): boolean {
  const consult = running(draft).find(
    (candidate) => candidate.main === main.key && candidate.initiator === leg.key,
  );
  if (consult === undefined) return false;
  if (consult.phase !== 'joined' && !isTransferCause(cause)) return false;
  completeConsult(draft, consult, leg, at);
  return true;
}

/** The leg that leaves hands the call to a target: by completing its consultation with it, or without one. */
export function handOver(draft: Draft, leg: Leg, target: Leg, at: number): void {
  const consult = running(draft).find(
    ({ initiator, target: first, reached }) =>
      initiator === leg.key && (first === target.key || reached === target.key),
  );
  if (consult === undefined) transferTo(draft, leg, target, at);
  else completeConsult(draft, consult, leg, at);
}

export function completeConsult(draft: Draft, consult: Consult, initiator: Leg, at: number): void {
  const moved = [draft.leg(consult.object), draft.leg(consult.reached ?? consult.target)];
  // Nobody is left to be handed over, or to be handed over to: then it only ends.
  if (moved.every((leg) => leg !== undefined && isOpen(leg))) tell(draft, consult, 'consult-progressed', at);
  tell(draft, consult, 'consult-ended', at);
  consult.phase = 'over';
  end(draft, initiator, 'TransferConsult', at);
  beginNext(draft, at);
}

/** All stay: a conference. No transfer has made progress, so only its end is told. */
export function mergeConsult(draft: Draft, consult: Consult, at: number): void {
  tell(draft, consult, 'consult-ended', at);
  consult.phase = 'over';
  beginNext(draft, at);
}

/** Given up: the consulted party has gone, or the main call has. */
export function cancelConsult(draft: Draft, consult: Consult, at: number): void {
  if (consult.phase === 'begun' || consult.phase === 'joined') tell(draft, consult, 'consult-ended', at);
  // Another party may be called in the same consultation.
  consult.phase = 'waiting';
  delete consult.target;
  delete consult.reached;
  delete consult.until;
  beginNext(draft, at);
}

/** A consultation that had to wait for the end of another one. */
function beginNext(draft: Draft, at: number): void {
  for (const consult of draft.state.consults) beginConsult(draft, consult, at);
}

/** A party's leg has ended before it took part in the main call; a queue may deliver to another one. */
function targetEnded(draft: Draft, leg: Leg, at: number): void {
  for (const consult of running(draft)) {
    if (consult.reached !== leg.key) continue;
    delete consult.reached;
    if (consult.target === leg.key) cancelConsult(draft, consult, at);
  }
}

/** The agent takes the main call back: a consulted party that has left its call is not going to return. */
export function retrieved(draft: Draft, main: Call, leg: Leg, at: number): void {
  for (const consult of running(draft)) {
    if (consult.main !== main.key || consult.initiator !== leg.key) continue;
    const target = draft.leg(consult.reached);
    if (consult.phase === 'joined') mergeConsult(draft, consult, consult.joinedAt ?? at);
    else if (target?.leaving?.why === 'consult') {
      endLeg(draft, target, target.leaving.otherwise, target.leaving.at);
    }
  }
}

/** Ends a leg, and the consultation that it was called in; before it where nothing is left afterwards. */
export function endLeg(draft: Draft, leg: Leg, how: Disconnect, at: number): void {
  if (draft.openLegs().every((other) => other === leg))
    for (const consult of running(draft)) cancelConsult(draft, consult, at);
  end(draft, leg, how, at);
  targetEnded(draft, leg, at);
}

export function running(draft: Draft): Consult[] {
  return draft.state.consults.filter((consult) => consult.phase === 'begun' || consult.phase === 'joined');
}

function tell(
  draft: Draft,
  consult: Consult,
  change: 'consult-begun' | 'consult-progressed' | 'consult-ended',
  at: number,
): void {
  const { initiator, target, object } = consult;
  if (initiator === undefined || target === undefined || object === undefined) return;
  draft.changes.push({
    change,
    at,
    initiating: initiator,
    target,
    reached: consult.reached ?? target,
    object,
  });
}
